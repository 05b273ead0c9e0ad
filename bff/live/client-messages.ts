/** What a client says on its socket. */
export type ClientMessage =
  | { readonly type: 'refresh'; readonly accessToken: string }
  /** Frames of this portfolio from now on. */
  | { readonly type: 'view'; readonly portfolioId: string };

/** What is understood, for whoever said something else. */
export const understood =
  'Only {"type":"refresh","accessToken":"…"} and {"type":"view","portfolioId":"…"} are understood here.';

/** The one text field of each. */
const fields = { refresh: 'accessToken', view: 'portfolioId' } as const;

/** Undefined for what is not understood, such as a field that nobody knows. */
export const readClientMessage = (text: string): ClientMessage | undefined => {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, ...rest } = message as Record<string, unknown>;
  if (type !== 'refresh' && type !== 'view') return undefined;
  const [[name, value] = [], ...more] = Object.entries(rest);
  if (name !== fields[type] || typeof value !== 'string' || more.length > 0) return undefined;
  return { type, [fields[type]]: value } as unknown as ClientMessage;
};
