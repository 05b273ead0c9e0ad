import type { TradeSequence } from './trade-sequence.js';

/** What a tape wants of the exchange's trade history. */
export interface PageRequest {
  /**
   * A `hole` is waited for; a `probe` asks for trades missed while the feed was away; a `seed` for the last price; a
   * `proof` whether the newest second has all its trades.
   */
  readonly purpose: 'hole' | 'probe' | 'seed' | 'proof';
  /** Absent: the latest. */
  readonly fromId: number | undefined;
  readonly limit: number;
  /** First id that is given up when the page begins later. */
  readonly loseFromId: number;
  /** The second that waits for a proof. */
  readonly second?: number | undefined;
  /** An answer that is no full page shows that every second up to this one is whole. */
  readonly through?: number;
}

/** Rows of one page of history; the exchange's maximum. */
export const pageLimit = 1_000;

/** A page for the oldest confirmed hole, and for as many of those behind it as the page can hold. */
export const holeRequest = ({ holes }: TradeSequence, maxFillTrades: number): PageRequest | undefined => {
  const oldest = holes.find(({ gap }) => gap.confirmed);
  if (!oldest) return undefined;
  const fromId = Math.max(oldest.from, oldest.to - maxFillTrades + 1);
  const lastId = fromId + pageLimit - 1;
  let to = fromId;
  for (const hole of holes) if (hole.to >= fromId && hole.from <= lastId) to = Math.min(hole.to, lastId);
  return { purpose: 'hole', fromId, limit: to - fromId + 1, loseFromId: oldest.from };
};
