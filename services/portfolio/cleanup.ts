import { type Clock, sleep } from '@tickfolio/lib/clock';
import { fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { PortfolioLimits } from './limits.js';

export interface CleanupDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Forgets up to so many requests that are too old to be repeated. @returns how many went */
  readonly forget: (limit: number) => Promise<number>;
  readonly limits: Pick<PortfolioLimits, 'cleanupPeriodMs' | 'cleanupBatchRows'>;
}

/** Between two pieces, for other work. */
const pauseMs = 100;

/** Forgets old requests now and then, piece by piece until none is left. `close` waits for the piece that runs. */
export const startCleanup = ({ clock, log, forget, limits }: CleanupDeps): { close(): Promise<void> } => {
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  const forgetAll = async () => {
    try {
      while (!stop.signal.aborted && (await forget(limits.cleanupBatchRows)) === limits.cleanupBatchRows)
        await sleep(clock, pauseMs, stop.signal);
    } catch (err) {
      log.warn({ err: fromPostgresError(err) }, 'old requests could not be forgotten; trying again later');
    }
  };
  const timer = clock.every(limits.cleanupPeriodMs, () => {
    running ??= inBackground(forgetAll).finally(() => {
      running = undefined;
    });
  });
  return {
    close: async () => {
      stop.abort();
      timer.cancel();
      await running;
    },
  };
};
