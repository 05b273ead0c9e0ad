import { simulatedMark, type TickerMessage } from '@tickfolio/lib/events/mini-ticker';
import {
  type Decimal,
  type DecimalBounds,
  divide,
  formatDecimal,
  isZero,
  multiply,
  parseDecimal,
  subtract,
  zero,
} from '@tickfolio/lib/money';

export interface MiniTicker {
  readonly eventMs: number;
  readonly row: TickerMessage;
}

const hundred: Decimal = { units: 100n, scale: 0 };
const percentScale = 8;
/** Far more than any price has: a longer text is none. */
const priceBounds: DecimalBounds = { maxIntegerDigits: 120, maxFractionDigits: 120 };
const plainText = /^\d{1,10}(\.\d{1,8})?$/;
/** What Decimal(38, 8), the column of a volume, holds of it: all but zeros that say nothing. */
const volumeText = /^0*(\d{1,30})(?:\.(\d{1,8})0*)?$/;
/** The last moment of 2299, as far as DateTime64(3) goes. */
const maxTimeMs = 10_413_791_999_999;

const timeText = (ms: number): string | number =>
  ms <= maxTimeMs ? new Date(ms).toISOString().replace('T', ' ').slice(0, 23) : ms;
/** There is no Date after it. */
const lastDateMs = 8.64e15;
const isTime = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= lastDateMs;

/**
 * @returns the volume as its column takes it, where that holds it, null where there is none, undefined for what is no
 * volume.
 */
const readVolume = (value: unknown): string | null | undefined => {
  if (value === undefined) return null;
  if (typeof value !== 'string' || !/^\d+(\.\d+)?$/.test(value)) return undefined;
  const [, whole, fraction] = volumeText.exec(value) ?? [];
  if (whole === undefined) return value;
  return fraction === undefined ? whole : `${whole}.${fraction}`;
};

/**
 * Reads a miniTicker payload (JSON text). @param simulated the row says so @returns the reason, as text, when it is
 * none.
 */
export const parseMiniTicker = (payload: string, receiveMs: number, simulated = false): MiniTicker | string => {
  let fields: Readonly<Record<string, unknown>> | null;
  try {
    fields = JSON.parse(payload);
  } catch {
    return 'not JSON';
  }
  if (typeof fields !== 'object' || fields === null) return 'not an object';
  const { e, E, s, c, o, h, l, v, q } = fields;
  if (e !== '24hrMiniTicker') return 'not a miniTicker';
  if (typeof s !== 'string' || s === '') return 's is not a text';
  if (!isTime(E) || !isTime(receiveMs)) return 'E is not a time';
  if (typeof c !== 'string' || typeof o !== 'string' || typeof h !== 'string' || typeof l !== 'string')
    return 'a price is not a text';
  const values = new Map<string, Decimal>();
  try {
    for (const text of [c, o, h, l]) values.set(text, parseDecimal(text, priceBounds));
  } catch (err) {
    return `a price: ${err instanceof Error ? err.message : String(err)}`;
  }
  for (const { units } of values.values()) if (units < 0n) return 'a price is negative';
  const [close = zero, open = zero] = [values.get(c), values.get(o)];
  const change = subtract(close, open);
  const percent = isZero(open) ? zero : divide(multiply(change, hundred), open, percentScale);
  const [volume, quoteVolume] = [readVolume(v), readVolume(q)];
  if (volume === undefined || quoteVolume === undefined) return 'a volume is not a decimal text';
  const priceText = (text: string): string => (plainText.test(text) ? text : formatDecimal(values.get(text) ?? zero));
  const symbol = s.toUpperCase();
  const row: TickerMessage = {
    message_id: `${symbol}-${E}`,
    event_type: simulated ? `${simulatedMark} ${e}` : e,
    event_time: timeText(E),
    receive_time: timeText(receiveMs),
    symbol,
    close_price: priceText(c),
    open_price: priceText(o),
    high_price: priceText(h),
    low_price: priceText(l),
    change_price: formatDecimal(change),
    change_percent: formatDecimal(percent),
    volume,
    quote_volume: quoteVolume,
  };
  return { eventMs: E, row };
};

/**
 * Tickers of a symbol that are remembered to tell repeats; two streams overlap for far less time than this many
 * seconds.
 */
const rememberedPerSymbol = 8;

/** Tells repeated tickers, which come whenever two streams overlap. */
export interface TickerMemory {
  /** @returns false when this ticker was seen before. */
  isNew(symbol: string, eventMs: number): boolean;
  forget(symbol: string): void;
}

export const createTickerMemory = (): TickerMemory => {
  const seen = new Map<string, number[]>();
  return {
    isNew: (symbol, eventMs) => {
      const times = seen.get(symbol) ?? [];
      if (times.includes(eventMs)) return false;
      times.push(eventMs);
      if (times.length > rememberedPerSymbol) times.shift();
      seen.set(symbol, times);
      return true;
    },
    forget: (symbol) => void seen.delete(symbol),
  };
};
