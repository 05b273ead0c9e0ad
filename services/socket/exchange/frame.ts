import type { MiniTicker } from '@tickfolio/gen/market/v1';
import { tradeFault, tradeFaults } from '@tickfolio/lib/market/agg-trade';
import { isMarketTime } from '@tickfolio/lib/market/market-time';
import { tickerFault } from '@tickfolio/lib/market/ticker-figures';
import { memberText } from './json-member.js';
import { allTickersStream, readTickerArray } from './ticker-array.js';

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
  /** 0 where it cannot be read. */
  readonly eventTimeMs: number;
  /** The last price a mini-ticker names; empty for a trade. */
  readonly close: string;
  /**
   * Why nothing of it can be used though it is a frame of its stream, in words of a small fixed set; undefined for a
   * good one.
   */
  readonly fault: string | undefined;
}

export type Incoming =
  | { readonly type: 'frame'; readonly frame: ExchangeFrame }
  | {
      readonly type: 'reply';
      readonly id: number | undefined;
      /** In words; undefined for a success. */
      readonly error: string | undefined;
      /** The error's number, as it came. */
      readonly code?: unknown;
      readonly result?: unknown;
    }
  /** Of all symbols that changed; what cannot be read is left out. */
  | { readonly type: 'tickers'; readonly tickers: readonly MiniTicker[] }
  /** The server is about to go; it comes unasked. */
  | { readonly type: 'shutdown' }
  | { readonly type: 'malformed'; readonly why: string };

const malformed = (why: string): Incoming => ({ type: 'malformed', why });
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * A trade whose id can be read keeps its place in the stream, whatever else is wrong with it: else it would be missing
 * for ever.
 */
const readTrade = (stream: string, payload: string, data: Record<string, unknown>): Incoming => {
  const { a, E, p, q, f, l, T, m } = data;
  if (!isCount(a)) return malformed('a trade without its id');
  const isTimed = isMarketTime(E) && isMarketTime(T);
  const fault = tradeFault(p, q, f, l, m) ?? (isTimed ? undefined : tradeFaults.time);
  return {
    type: 'frame',
    frame: { stream, kind: 'aggTrade', payload, order: a, eventTimeMs: isMarketTime(E) ? E : 0, close: '', fault },
  };
};

const readTicker = (stream: string, payload: string, data: Record<string, unknown>): Incoming => {
  const { E, c, o, h, l, v, q } = data;
  const fault = tickerFault({ c, o, h, l, v, q }) ?? (isMarketTime(E) ? undefined : 'its time cannot be right');
  const timeMs = isMarketTime(E) ? E : 0;
  return {
    type: 'frame',
    frame: { stream, kind: 'miniTicker', payload, order: timeMs, eventTimeMs: timeMs, close: String(c), fault },
  };
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

const readArray = (stream: string, items: readonly unknown[]): Incoming =>
  stream === allTickersStream
    ? { type: 'tickers', tickers: readTickerArray(items) }
    : malformed('a stream of an unknown kind');

const readReply = (message: Record<string, unknown>): Incoming => {
  // Errors come flat, as documented, and nested, as seen on the wire.
  const fault = isObject(message.error) ? message.error : message;
  const failed = 'code' in fault || 'error' in message;
  const id = typeof message.id === 'string' && /^\d{1,15}$/.test(message.id) ? Number(message.id) : message.id;
  const error = failed ? `${String(fault.msg ?? 'no reason given')} (code ${String(fault.code)})` : undefined;
  const parts = failed ? { code: fault.code } : { result: message.result };
  return { type: 'reply', id: isCount(id) ? id : undefined, error, ...parts };
};

const opening = '{"stream":"';
const between = '","data":';
/**
 * Where the name of the stream ends in the layout that the exchange uses; -1 for a name with escapes, or with what no
 * JSON text has.
 */
const nameEnd = (text: string): number => {
  for (let at = opening.length; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at;
    if (code < 0x20 || code === 0x5c) return -1;
  }
  return -1;
};

/** Reads a message by taking all of it apart, whatever layout it has. Never throws. */
export const readAnyMessage = (text: string): Incoming => {
  const message = parse(text);
  if (!isObject(message)) return malformed('not a JSON object');
  if (message.e === 'serverShutdown') return { type: 'shutdown' };
  if (typeof message.stream === 'string') {
    if (Array.isArray(message.data)) return readArray(message.stream, message.data);
    if (!isObject(message.data)) return malformed('a stream message without a payload');
    return readData(message.stream, memberText(text, 'data') ?? '', message.data);
  }
  if ('result' in message || 'error' in message || 'code' in message) return readReply(message);
  return malformed('neither data nor a reply');
};

/**
 * Reads one text message of a combined-stream connection: at a glance in the layout that the exchange uses. Never
 * throws.
 */
export const readMessage = (text: string): Incoming => {
  if (text.startsWith(opening) && text.endsWith('}')) {
    const end = nameEnd(text);
    if (end > 0 && text.startsWith(between, end)) {
      // The payload is cut out as it came: writing it anew would cost time and might change it.
      const payload = text.slice(end + between.length, -1);
      const data = parse(payload);
      const stream = text.slice(opening.length, end);
      if (isObject(data)) return readData(stream, payload, data);
      if (Array.isArray(data)) return readArray(stream, data);
    }
  }
  return readAnyMessage(text);
};
