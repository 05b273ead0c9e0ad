import { type Clock, sleep } from '@tickfolio/lib/clock';
import { fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { AuthLimits } from './limits.js';
import type { AuthMetrics } from './metrics.js';

export interface CleanupDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<AuthMetrics, 'cleaned' | 'deleted'>;
  /** Deletes up to so many rows that are over. @returns how many went */
  readonly deleteOver: (limit: number) => Promise<number>;
  readonly limits: Pick<AuthLimits, 'cleanupPeriodMs' | 'cleanupBatchRows'>;
}

/**
 * A batch is followed by a pause as long as itself, so that cleaning takes half of one connection at most, within these
 * bounds.
 */
const minPauseMs = 10;
const maxPauseMs = 1_000;

/**
 * Deletes rows that are over, now and then, batch by batch until none is left. `close` waits for the batch that runs.
 */
export const startCleanup = ({ clock, log, metrics, deleteOver, limits }: CleanupDeps): { close(): Promise<void> } => {
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  const isClean = () => metrics.cleaned.set(clock.now() / 1_000);
  isClean(); // Nobody is behind who has only begun.
  const run = async () => {
    let deleted = 0;
    try {
      while (!stop.signal.aborted) {
        const begunMs = clock.monotonic();
        const gone = await deleteOver(limits.cleanupBatchRows);
        deleted += gone;
        metrics.deleted.inc(gone);
        if (gone === 0) {
          isClean();
          break;
        }
        await sleep(clock, Math.min(maxPauseMs, Math.max(minPauseMs, clock.monotonic() - begunMs)), stop.signal);
      }
    } catch (err) {
      log.warn({ err: fromPostgresError(err) }, 'expired sessions could not be deleted; trying again later');
    }
    if (deleted > 0) log.info({ deleted }, 'deleted expired sessions and tokens');
  };
  const timer = clock.every(limits.cleanupPeriodMs, () => {
    running ??= inBackground(run).finally(() => {
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
