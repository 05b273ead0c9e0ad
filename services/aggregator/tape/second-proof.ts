import type { SecondLedger } from './second-ledger.js';
import { secondMs, secondOf } from './second-trades.js';
import type { TradeSequence } from './trade-sequence.js';

/** What the exchange's history has shown of the newest seconds, which no later trade proves whole. */
export interface SecondProof {
  /** Whether history has shown that this second is whole. */
  isShown(second: number): boolean;
  /** Everything up to the end of this second is shown; -Infinity while nothing is. */
  readonly through: number;
  /** What to ask: up to which second history must have everything, and the second that waits for it, if one does. */
  wanted(
    feedMs: number,
    sequence: TradeSequence,
    ledger: SecondLedger,
  ): { through: number; second: number | undefined };
  /** Whether history, asked so, could show more than it has, and was not asked about this second for its own sake. */
  canShow(through: number): boolean;
  /** History was asked so for its own sake, well or in vain. */
  asked(through: number): void;
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
  let askedThrough = Number.NEGATIVE_INFINITY;
  return {
    get through() {
      return shownThrough;
    },
    canShow: (through) => through > shownThrough && through > askedThrough,
    asked: (through) => {
      askedThrough = Math.max(askedThrough, through);
    },
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
