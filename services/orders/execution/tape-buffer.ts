import type { TapePart } from '@tickfolio/gen/market/v1/tape';
import { readTrade } from '../market/read-trade.js';
import type { TapeTrade } from '../rules/order.js';

/** Trades that follow each other, up to an id and a time. */
export interface Batch {
  readonly trades: readonly TapeTrade[];
  /** Everything up to this id is among them, or was before. */
  readonly throughId: number;
  /** The same of this exchange time. */
  readonly watermarkMs: number;
}

/** Trades that were told and are not stored yet, in the order of their ids. */
export interface TapeBuffer {
  /** What comes again is left out. */
  add(part: Pick<TapePart, 'trades' | 'voidIds' | 'watermarkMs'>): readonly TapeTrade[];
  /** The oldest of them; all that is known besides where these are all. */
  first(maxTrades: number): Batch;
  /** Forgets what is stored. */
  drop(throughId: number): void;
  readonly size: number;
  readonly throughId: number;
  readonly watermarkMs: number;
}

/** @param afterId everything up to this id is known @param watermarkMs and every trade before this exchange time */
export const createTapeBuffer = (afterId: number, afterMs: number): TapeBuffer => {
  let trades: readonly TapeTrade[] = [];
  let throughId = afterId;
  let watermarkMs = afterMs;
  return {
    add: (part) => {
      const fresh = part.trades.filter(({ id }) => id > throughId).map(readTrade);
      trades = [...trades, ...fresh];
      throughId = Math.max(throughId, fresh.at(-1)?.id ?? -1, part.voidIds.at(-1) ?? -1);
      watermarkMs = Math.max(watermarkMs, part.watermarkMs);
      return fresh;
    },
    first: (maxTrades) => {
      if (trades.length <= maxTrades) return { trades, throughId, watermarkMs };
      const some = trades.slice(0, maxTrades);
      // What is known of the time holds once all are looked at.
      return { trades: some, throughId: some.at(-1)?.id ?? throughId, watermarkMs: 0 };
    },
    drop: (through) => {
      trades = trades.filter(({ id }) => id > through);
      throughId = Math.max(throughId, through);
    },
    get size() {
      return trades.length;
    },
    get throughId() {
      return throughId;
    },
    get watermarkMs() {
      return watermarkMs;
    },
  };
};
