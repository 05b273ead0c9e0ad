import type { SecondLedger } from './second-ledger.js';
import { secondMs, secondOf } from './second-trades.js';
import type { TradeSequence } from './trade-sequence.js';

/** What the exchange's history has shown of the newest seconds, which no later trade proves whole. */
export interface SecondProof {
  /** Whether history has shown that this second is whole. */
  isShown(second: number): boolean;
  /** What to ask: up to which second history must have everything, and the second that waits for it, if one does. */
  wanted(
    feedMs: number,
    sequence: TradeSequence,
    ledger: SecondLedger,
  ): { through: number; second: number | undefined };
  /** History has nothing newer than what is known, asked so long after the end of this second. */
  shown(through: number): void;
  /** History was asked about this second in vain. */
  inVain(second: number): void;
  /**
   * A newer trade of this second came: had it been shown to be whole, the history was further behind than is allowed
   * for.
   */
  traded(second: number): void;
}

export const createSecondProof = (proofDelayMs: number): SecondProof => {
  let shownThrough = Number.NEGATIVE_INFINITY;
  let vain = Number.NEGATIVE_INFINITY;
  return {
    isShown: (second) => second <= shownThrough,
    wanted: (feedMs, { maxTimeMs }, ledger) => {
      const through = secondOf(feedMs - secondMs - proofDelayMs);
      const newest = secondOf(maxTimeMs);
      const isDue = newest <= through && newest > shownThrough && newest > vain && ledger.isPending(newest);
      return { through, second: isDue ? newest : undefined };
    },
    shown: (through) => {
      shownThrough = Math.max(shownThrough, through);
    },
    inVain: (second) => {
      vain = second;
    },
    traded: (second) => {
      // What it showed proves nothing that is not published yet.
      if (second <= shownThrough) shownThrough = Number.NEGATIVE_INFINITY;
    },
  };
};
