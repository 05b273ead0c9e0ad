import { isMarketTime } from '../market/market-time.js';
import { isPrice } from '../money/money.js';
import { isCount } from './second-stat.js';

/** The last known trade price of a symbol. */
export interface LastPrice {
  /** Lower case. */
  readonly symbol: string;
  /** Decimal text in the quote asset. */
  readonly price: string;
  /** Trade time, epoch milliseconds. */
  readonly timeMs: number;
  /** Aggregate trade id. */
  readonly tradeId: number;
  /** Whether the price is real or simulated; missing where whoever published it did not say. */
  readonly simulated?: boolean;
}

/**
 * Ids that fall while time goes on by this much are a new series (an exchange that began to count anew), not an old
 * trade.
 */
const newSeriesAfterMs = 2_000;

type TradeMoment = Pick<LastPrice, 'timeMs' | 'tradeId'>;

/**
 * Whether a price replaces a known one: the exchange's trade ids say what came first; times may be equal, or be
 * corrected.
 */
export const isLaterPrice = (next: TradeMoment, known: TradeMoment): boolean =>
  next.tradeId > known.tradeId || (next.tradeId < known.tradeId && next.timeMs > known.timeMs + newSeriesAfterMs);

/**
 * Reads a LastPrice from what JSON holds. @returns undefined when it is none: a price of 0 and a time past 2299 are
 * none either.
 */
export const toLastPrice = (value: unknown): LastPrice | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { symbol, price, timeMs, tradeId, simulated } = value as Record<string, unknown>;
  return typeof symbol === 'string' && symbol !== '' && isPrice(price) && isMarketTime(timeMs) && isCount(tradeId)
    ? { symbol, price, timeMs, tradeId, ...(typeof simulated === 'boolean' ? { simulated } : {}) }
    : undefined;
};

/** Reads a LastPrice from JSON. @returns undefined when it is none. */
export const decodeLastPrice = (text: string): LastPrice | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return toLastPrice(value);
};
