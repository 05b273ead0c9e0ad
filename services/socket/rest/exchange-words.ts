const maxSaidLength = 200;

/**
 * What the exchange itself says about a refusal: `{"code":-1104,"msg":"…"}` as `code -1104: …`, bounded, without the
 * full stop at its end; empty for anything else.
 */
export const saidIn = (text: string): { readonly code: unknown; readonly words: string } => {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return { code: undefined, words: '' };
    const { code, msg } = body as Readonly<Record<string, unknown>>;
    const said = [code === undefined ? '' : `code ${String(code)}`, typeof msg === 'string' ? msg : '']
      .filter(Boolean)
      .join(': ');
    return {
      code,
      words: said
        .replace(/\p{Cc}+/gu, ' ')
        .slice(0, maxSaidLength)
        .replace(/[.\s]+$/, ''),
    };
  } catch {
    return { code: undefined, words: '' };
  }
};

/** `HTTP 400, code -1104: …` */
export const answerInWords = (status: number, words: string): string =>
  [`HTTP ${status}`, words].filter(Boolean).join(', ');

/** The port of an address, also where it is the scheme's own. */
export const portOf = (address: string): string => {
  const { protocol, port } = new URL(address);
  return port || (protocol === 'https:' || protocol === 'wss:' ? '443' : '80');
};
