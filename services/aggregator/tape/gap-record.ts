import type { Logger } from '@tickfolio/lib/telemetry';
import type { Tally } from '../tally.js';
import type { Gap, LostRun, TradeSequence } from './trade-sequence.js';

/** Counts and logs how each interruption of the ids begins and ends. */
export interface GapRecord {
  /** It outlived mere reordering. */
  confirm(gap: Gap): void;
  /** An id of it was found. */
  filled(gap: Gap): void;
  /** Gives up the missing ids of a range. @param toTimeMs time of the first known trade after it. */
  lose(sequence: TradeSequence, range: { from: number; to: number; toTimeMs?: number }, why: string): LostRun[];
}

export const createGapRecord = (tally: Tally, log: Logger): GapRecord => {
  const confirm = (gap: Gap) => {
    if (gap.confirmed) return;
    gap.confirmed = true;
    tally.gapsFound += 1;
    log.debug({ trades: gap.missing }, 'trades are missing and will be asked for');
  };
  const filled = (gap: Gap) => {
    if (gap.missing > 0) return;
    if (gap.lost > 0) tally.gapsLost += 1;
    else if (gap.confirmed) tally.gapsFilled += 1;
  };
  return {
    confirm,
    filled,
    lose: (sequence, { from, to, toTimeMs }, why) => {
      const gaps = new Set(sequence.holes.filter((hole) => hole.from <= to && hole.to >= from).map((hole) => hole.gap));
      const runs = sequence.lose(from, to, toTimeMs);
      for (const run of runs) {
        const trades = run.to - run.from + 1;
        tally.tradesLost += trades;
        log.warn({ fromId: run.from, toId: run.to, trades, why }, 'trades are lost');
      }
      for (const gap of gaps) {
        confirm(gap);
        filled(gap);
      }
      return runs;
    },
  };
};
