import type { Clock } from '@tickfolio/lib/clock';
import { fromPostgresError } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { AuthLimits } from './limits.js';
import type { AuthMetrics } from './metrics.js';
import type { Sessions } from './sessions.js';

export interface CleanupDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: AuthMetrics;
  readonly sessions: Sessions;
  readonly limits: AuthLimits;
}

/** Deletes rows that are over, batch by batch, every now and then. `close` waits for the batch that runs. */
export const startCleanup = ({ clock, log, metrics, sessions, limits }: CleanupDeps): { close(): Promise<void> } => {
  let closed = false;
  let running: Promise<void> | undefined;
  const run = async () => {
    let deleted = 0;
    try {
      for (let batch = 0; batch < limits.maxCleanupBatches && !closed; batch++) {
        const gone = await sessions.deleteOver(limits.cleanupBatchRows);
        deleted += gone;
        if (gone === 0) break;
      }
    } catch (err) {
      log.warn({ err: fromPostgresError(err) }, 'expired sessions could not be deleted; trying again later');
    }
    metrics.deleted.inc(deleted);
    if (deleted > 0) log.info({ deleted }, 'deleted expired sessions and tokens');
  };
  const timer = clock.every(limits.cleanupPeriodMs, () => {
    running ??= run().finally(() => {
      running = undefined;
    });
  });
  return {
    close: async () => {
      closed = true;
      timer.cancel();
      await running;
    },
  };
};
