/** The exchange streams this service knows. */
export type StreamKind = 'aggTrade' | 'miniTicker';

/** `btcusdt@aggTrade`: the exchange's name of a stream. */
export const streamNameOf = (symbol: string, kind: StreamKind): string => `${symbol}@${kind}`;

/** One data frame of a stream. */
export interface ExchangeFrame {
  readonly stream: string;
  readonly kind: StreamKind;
  /** The exchange's JSON text, without the combined-stream wrapper. */
  readonly payload: string;
  /** What orders the stream: the aggregate trade id, or the event time of a mini-ticker. */
  readonly order: number;
  readonly eventTimeMs: number;
  /** The last price a mini-ticker names; empty for a trade. */
  readonly close: string;
}

export type Incoming =
  | { readonly type: 'frame'; readonly frame: ExchangeFrame }
  | { readonly type: 'reply'; readonly id: number | undefined; readonly error: string | undefined }
  /** The server is about to go; it comes unasked. */
  | { readonly type: 'shutdown' }
  | { readonly type: 'malformed'; readonly why: string };

const malformed = (why: string): Incoming => ({ type: 'malformed', why });
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const decimal = /^\d{1,40}(\.\d{1,40})?$/;
const isDecimal = (value: unknown): value is string => typeof value === 'string' && decimal.test(value);
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const readTrade = (stream: string, payload: string, data: Record<string, unknown>): Incoming => {
  const { a, E, p, q, f, l, T, m } = data;
  if (!isCount(a) || !isCount(f) || !isCount(l)) return malformed('a trade without its ids');
  if (!isCount(E) || !isCount(T)) return malformed('a trade without its times');
  if (!isDecimal(p) || !isDecimal(q) || typeof m !== 'boolean') return malformed('a trade whose price, quantity or side cannot be read');
  return { type: 'frame', frame: { stream, kind: 'aggTrade', payload, order: a, eventTimeMs: E, close: '' } };
};

const readTicker = (stream: string, payload: string, data: Record<string, unknown>): Incoming => {
  const { E, c, o, h, l, v, q } = data;
  if (!isCount(E)) return malformed('a mini-ticker without its time');
  if (![c, o, h, l, v, q].every(isDecimal)) return malformed('a mini-ticker whose figures cannot be read');
  return { type: 'frame', frame: { stream, kind: 'miniTicker', payload, order: E, eventTimeMs: E, close: String(c) } };
};

const readData = (stream: string, payload: string, data: Record<string, unknown>): Incoming => {
  if (data.e === 'serverShutdown') return { type: 'shutdown' };
  const at = stream.indexOf('@');
  if (typeof data.s !== 'string' || data.s.toLowerCase() !== stream.slice(0, at))
    return malformed('a payload of another symbol than its stream');
  const kind = stream.slice(at + 1);
  if (kind === 'aggTrade' && data.e === 'aggTrade') return readTrade(stream, payload, data);
  if (kind === 'miniTicker' && data.e === '24hrMiniTicker') return readTicker(stream, payload, data);
  return malformed('a stream of an unknown kind');
};

const readReply = (message: Record<string, unknown>): Incoming => {
  // Errors come flat, as documented, and nested, as seen on the wire.
  const fault = isObject(message.error) ? message.error : message;
  const failed = 'code' in fault || 'error' in message;
  const id = typeof message.id === 'string' && /^\d{1,15}$/.test(message.id) ? Number(message.id) : message.id;
  const error = failed ? `${String(fault.msg ?? 'no reason given')} (code ${String(fault.code)})` : undefined;
  return { type: 'reply', id: isCount(id) ? id : undefined, error };
};

const opening = '{"stream":"';
const between = '","data":';

/** Reads one text message of a combined-stream connection. Never throws. */
export const readMessage = (text: string): Incoming => {
  if (text.startsWith(opening) && text.endsWith('}')) {
    const end = text.indexOf('"', opening.length);
    if (end > 0 && text.startsWith(between, end)) {
      // The payload is cut out as it came: writing it anew would cost time and might change it.
      const payload = text.slice(end + between.length, -1);
      const data = parse(payload);
      if (isObject(data)) return readData(text.slice(opening.length, end), payload, data);
    }
  }
  const message = parse(text);
  if (!isObject(message)) return malformed('not a JSON object');
  if (message.e === 'serverShutdown') return { type: 'shutdown' };
  if (typeof message.stream === 'string') {
    if (!isObject(message.data)) return malformed('a stream message without a payload');
    return readData(message.stream, JSON.stringify(message.data), message.data); // Same content in another layout.
  }
  if ('result' in message || 'error' in message || 'code' in message) return readReply(message);
  return malformed('neither data nor a reply');
};
