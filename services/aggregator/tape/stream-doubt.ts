import type { Trade } from './trade.js';
import type { Placement, TradeSequence } from './trade-sequence.js';

/** So many trades in a row that contradict what is known mean that it is what is known that is wrong. */
const restartTrades = 3;

export interface StreamDoubtOptions {
  /** A trade further ahead by its id is believed when another one stands behind it. */
  readonly maxLeapTrades: number;
  /** Times of trades grow with their ids, or are wrong by at most this. Milliseconds. */
  readonly maxTimeSlipMs: number;
}

/**
 * What becomes of a trade of the stream: it is taken, or the history is asked about it, or everything begins anew with
 * it.
 */
export type Verdict = 'take' | 'doubt' | 'anew';

/** Holds the trades of one symbol's stream against those that are known, so that no single one of them misleads. */
export interface StreamDoubt {
  /** Before it is placed. */
  judge(trade: Trade, sequence: TradeSequence): Verdict;
  /**
   * After it was placed. @param newerInTime than every trade known before @returns whether everything begins anew with
   * it
   */
  isAnew(placement: Placement, newerInTime: boolean): boolean;
  /** History has nothing newer: what leapt ahead is not believed any more. */
  answered(): void;
}

export const createStreamDoubt = ({ maxLeapTrades, maxTimeSlipMs }: StreamDoubtOptions): StreamDoubt => {
  let suspects = 0;
  /** Where a trade leapt to that nothing has confirmed. */
  let leapId: number | undefined;

  const suspect = (): boolean => {
    suspects += 1;
    if (suspects < restartTrades) return false;
    suspects = 0;
    return true;
  };
  return {
    judge: ({ id, timeMs }, sequence) => {
      if (sequence.started && id - sequence.maxId > maxLeapTrades) {
        const isBorneOut = leapId !== undefined && id > leapId && id - leapId <= maxLeapTrades;
        leapId = isBorneOut ? undefined : id;
        if (!isBorneOut) return 'doubt';
      } else if (id > sequence.maxId) leapId = undefined;
      if (sequence.canHave(id, timeMs, maxTimeSlipMs)) return 'take';
      return suspect() ? 'anew' : 'doubt';
    },
    isAnew: (placement, newerInTime) => {
      // Older by its id and yet newer in time: the exchange counts anew, or a trade that leapt ahead had been believed.
      if (newerInTime && (placement === 'repeat' || placement === 'fill')) return suspect();
      suspects = 0;
      return false;
    },
    answered: () => {
      leapId = undefined;
    },
  };
};
