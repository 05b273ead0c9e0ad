import { type Decimal, divide, formatDecimal, isZero, multiply, parseDecimal, subtract } from '@tickfolio/lib/money';

/** One row of the archive's table, as JSON text is made of it. Prices are the exchange's own texts. */
export interface TickerRow {
  /** The same for the same ticker however often it is received. */
  readonly message_id: string;
  readonly event_type: string;
  /** `YYYY-MM-DD hh:mm:ss.mmm`, UTC. */
  readonly event_time: string;
  readonly receive_time: string;
  /** Upper case. */
  readonly symbol: string;
  readonly close_price: string;
  readonly open_price: string;
  readonly high_price: string;
  readonly low_price: string;
  readonly change_price: string;
  /** In percent of the opening price, 8 decimals kept. */
  readonly change_percent: string;
}

export interface MiniTicker {
  readonly eventMs: number;
  readonly row: TickerRow;
}

const hundred: Decimal = { units: 100n, scale: 0 };
const percentScale = 8;
/** Past this a time has no four-digit year. */
const maxTimeMs = 253_402_300_799_999;

const timeText = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);
const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= maxTimeMs;

/** Reads a miniTicker payload (JSON text). @returns the reason, as text, when it is none. */
export const parseMiniTicker = (payload: string, receiveMs: number): MiniTicker | string => {
  let fields: Readonly<Record<string, unknown>> | null;
  try {
    fields = JSON.parse(payload);
  } catch {
    return 'not JSON';
  }
  if (typeof fields !== 'object' || fields === null) return 'not an object';
  const { e, E, s, c, o, h, l } = fields;
  if (e !== '24hrMiniTicker') return 'not a miniTicker';
  if (typeof s !== 'string' || s === '') return 's is not a text';
  if (!isTime(E) || !isTime(receiveMs)) return 'E is not a time';
  if (typeof c !== 'string' || typeof o !== 'string' || typeof h !== 'string' || typeof l !== 'string') return 'a price is not a text';
  try {
    parseDecimal(h);
    parseDecimal(l);
    const open = parseDecimal(o);
    const change = subtract(parseDecimal(c), open);
    const percent = isZero(open) ? open : divide(multiply(change, hundred), open, percentScale);
    const row: TickerRow = {
      message_id: `${s}-${E}`,
      event_type: e,
      event_time: timeText(E),
      receive_time: timeText(receiveMs),
      symbol: s,
      close_price: c,
      open_price: o,
      high_price: h,
      low_price: l,
      change_price: formatDecimal(change),
      change_percent: formatDecimal(percent),
    };
    return { eventMs: E, row };
  } catch (err) {
    return `a price: ${err instanceof Error ? err.message : String(err)}`;
  }
};

/** Tickers of a symbol that are remembered to tell repeats; two streams overlap for far less time than this many seconds. */
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
