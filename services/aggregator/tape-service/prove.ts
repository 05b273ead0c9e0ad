import type { ProveResponse } from '@tickfolio/gen/market/v1/tape';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { Market } from '../feed/market.js';
import { withoutHistory } from './history-pages.js';
import type { TapeServiceLimits } from './limits.js';
import type { Reel } from './reel.js';

export interface ProveDeps {
  readonly clock: Clock;
  readonly market: Pick<Market, 'prove'>;
  readonly limits: Pick<TapeServiceLimits, 'proveMs'>;
}

/**
 * How far it is proven that a symbol has no more trade. Where that is not until `throughMs`, one answer of the history
 * is waited for: the same for all who wait. @throws AppError unavailable where none comes in time, what the history
 * failed with, and what the reel ends with
 */
export const proveThrough = async (
  { clock, market, limits }: ProveDeps,
  reel: Reel,
  throughMs: number,
  signal: AbortSignal,
): Promise<ProveResponse> => {
  const late = new AbortController();
  const timer = clock.after(limits.proveMs, () => late.abort());
  const over = AbortSignal.any([signal, late.signal]);
  let answersBefore: number | undefined;
  try {
    for (;;) {
      if (reel.over) throw reel.over;
      const { throughId, beforeMs } = reel.run.known();
      const isAnswered = answersBefore !== undefined && reel.answers > answersBefore;
      if (beforeMs < throughMs && isAnswered && reel.failure) throw withoutHistory(reel.failure);
      if (beforeMs >= throughMs || isAnswered)
        return { watermarkMs: beforeMs, lastTradeId: throughId < 0 ? undefined : throughId };
      // Of a symbol that was never traded nothing can be shown.
      if (over.aborted && throughId < 0) return { watermarkMs: 0, lastTradeId: undefined };
      if (over.aborted)
        throw new AppError('unavailable', "The exchange's history did not answer in time.", { retryAfterMs: 1_000 });
      if (throughId >= 0 && answersBefore === undefined) {
        answersBefore = reel.answers;
        market.prove(reel.symbol);
      }
      await reel.news(over);
    }
  } finally {
    timer.cancel();
  }
};
