/** How error replies look; both have been seen from the exchange. */
export type ErrorShape = 'flat' | 'nested';

/** What a control message can ask of its connection. */
export interface ControlSession {
  combined: boolean;
  /** @returns false, changing nothing, when the connection would have more streams than allowed. */
  subscribe(streams: readonly string[]): boolean;
  unsubscribe(streams: readonly string[]): void;
  /** Why a message that could be answered is refused all the same, if it is. */
  refusal?(method: string, streams: readonly string[]): Fault | undefined;
  subscriptions(): readonly string[];
}

/** An error reply. */
export interface Fault {
  readonly code: number;
  readonly msg: string;
}

const methods = ['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS', 'SET_PROPERTY', 'GET_PROPERTY'] as const;
const unknownProperty: Fault = { code: 0, msg: 'Unknown property' };
const invalid = (what: string): Fault => ({ code: 2, msg: `Invalid request: ${what}` });
const isFault = (value: unknown): value is Fault => typeof value === 'object' && value !== null && 'code' in value;

/** Answers one control message with the text of the reply. Never throws. */
export const answerControl = (
  text: string,
  session: ControlSession,
  isStream: (name: string) => boolean,
  shape: ErrorShape,
): string => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (err) {
    return errorReply(
      { code: 3, msg: `Invalid JSON: expected value at ${place(text, jsonErrorOffset(err))}` },
      undefined,
      shape,
    );
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return errorReply(invalid(`invalid type, expected an object at ${place(text, text.length)}`), undefined, shape);
  }
  const message = parsed as Readonly<Record<string, unknown>>;
  const id = idText(message.id, text);
  if (id === undefined) return errorReply(invalid('request ID must be an unsigned integer'), undefined, shape);
  const result = perform(message, text, session, isStream);
  return isFault(result) ? errorReply(result, id, shape) : `{"result":${JSON.stringify(result)},"id":${id}}`;
};

const perform = (
  message: Readonly<Record<string, unknown>>,
  text: string,
  session: ControlSession,
  isStream: (name: string) => boolean,
): unknown => {
  const { method, params } = message;
  if (method === undefined) return invalid(`missing field \`method\` at ${place(text, text.length)}`);
  const known = methods.find((name) => name === method);
  if (!known) {
    const written = JSON.stringify(method);
    const expected = methods.map((name) => `\`${name}\``).join(', ');
    const named = typeof method === 'string' ? method : written;
    return invalid(
      `unknown variant ${named}, expected one of ${expected} at ${place(text, text.indexOf(written) + written.length)}`,
    );
  }
  const refusal = session.refusal?.(
    known,
    Array.isArray(params) ? params.filter((name) => typeof name === 'string') : [],
  );
  if (refusal) return refusal;
  if (known === 'LIST_SUBSCRIPTIONS') return session.subscriptions();
  if (!Array.isArray(params)) return invalid(`missing field \`params\` at ${place(text, text.length)}`);
  if (known === 'GET_PROPERTY' || known === 'SET_PROPERTY') return property(known, params, session);
  const streams = params.filter((name): name is string => typeof name === 'string');
  if (streams.length !== params.length || !streams.every(isStream)) return invalid('invalid stream');
  if (known === 'UNSUBSCRIBE') session.unsubscribe(streams);
  // The documents give the limit (1024), not the words of its error.
  else if (!session.subscribe(streams)) return invalid('too many streams');
  return null;
};

const property = (
  method: 'GET_PROPERTY' | 'SET_PROPERTY',
  params: readonly unknown[],
  session: ControlSession,
): unknown => {
  const [name, value] = params;
  if (params.length > (method === 'GET_PROPERTY' ? 1 : 2)) return invalid('too many parameters');
  if (typeof name !== 'string') return invalid('property name must be a string');
  if (name !== 'combined') return unknownProperty;
  if (method === 'GET_PROPERTY') return session.combined;
  if (typeof value !== 'boolean') return { code: 1, msg: 'Invalid value type: expected Boolean' } satisfies Fault;
  session.combined = value;
  return null;
};

const errorReply = (fault: Fault, id: string | undefined, shape: ErrorShape): string => {
  const withId = id === undefined ? '' : `,"id":${id}`;
  const body = `"code":${fault.code},"msg":${JSON.stringify(fault.msg)}`;
  return shape === 'flat' ? `{${body}${withId}}` : `{"error":{${body}}${withId}}`;
};

const longs = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/**
 * The id as JSON text, exact even where a number would lose digits; undefined when it is none. A missing id is null.
 */
const idText = (id: unknown, text: string): string | undefined => {
  if (id === undefined || id === null) return 'null';
  if (typeof id === 'string') return /^[A-Za-z0-9_-]{0,36}$/.test(id) ? JSON.stringify(id) : undefined;
  if (typeof id !== 'number') return undefined;
  if (Number.isSafeInteger(id)) return String(id);
  const digits = /"id"\s*:\s*(-?\d+)\s*[,}]/.exec(text)?.[1];
  return digits !== undefined && BigInt(digits) >= longs.min && BigInt(digits) <= longs.max ? digits : undefined;
};

const jsonErrorOffset = (err: unknown): number =>
  Number(/position (\d+)/.exec(err instanceof Error ? err.message : '')?.[1] ?? 0) + 1;

const place = (text: string, offset: number): string => {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length} column ${Math.max(1, before.at(-1)?.length ?? 1)}`;
};
