import { isMarketTime } from '../market/market-time.js';
import { isCount } from './second-stat.js';

/** One published second, as far as it matters to who goes on. */
export interface PublishedSecond {
  /** Start, epoch milliseconds. */
  readonly second: number;
  /** Its last trade: aggregate trade id, and time in epoch milliseconds. */
  readonly tradeId: number;
  readonly tradeTimeMs: number;
  /** Of its next publication, if there is one. */
  readonly revision: number;
  /** Whether it is published for good. */
  readonly final: boolean;
}

/** How far the seconds of a symbol are published: with this somebody else goes on exactly behind it. */
export interface PublishedThrough {
  /** Lower case. */
  readonly symbol: string;
  /** The last second of which it holds that it and every one before it is published for good. */
  readonly last: PublishedSecond;
  /**
   * Later ones that are published already, because the last one's successor waits for a repair; oldest first, mostly
   * none.
   */
  readonly later: readonly PublishedSecond[];
  /** Who published it, where publishers have names. */
  readonly by?: string;
}

const isPublishedSecond = (value: unknown): value is PublishedSecond => {
  if (typeof value !== 'object' || value === null) return false;
  const { second, tradeId, tradeTimeMs, revision, final } = value as Record<string, unknown>;
  return (
    isMarketTime(second) &&
    isMarketTime(tradeTimeMs) &&
    isCount(tradeId) &&
    isCount(revision) &&
    typeof final === 'boolean'
  );
};

/** Reads a PublishedThrough from JSON. @returns undefined when it is none. */
export const decodePublishedThrough = (text: string): PublishedThrough | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { symbol, last, later, by } = value as Record<string, unknown>;
  const isOne =
    typeof symbol === 'string' && isPublishedSecond(last) && Array.isArray(later) && later.every(isPublishedSecond);
  return isOne ? { symbol, last, later, ...(typeof by === 'string' ? { by } : {}) } : undefined;
};
