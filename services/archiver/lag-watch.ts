import type { Clock } from '@tickfolio/lib/clock';
import type { Consumer } from '@tickfolio/lib/event-log';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';

export interface LagWatchDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Undefined as long as nothing is read. */
  readonly consumer: () => Pick<Consumer, 'lag'> | undefined;
}

/**
 * Asks the log now and then how much waits, one question at a time, so that reading the figure asks nobody: it stays
 * what it was last, with its time, while the log is away.
 */
export const watchLag = ({ clock, log, metrics, consumer }: LagWatchDeps, everyMs: number): { close(): void } => {
  const lag = metrics.gauge({
    name: 'lag_messages',
    help: 'Messages of our partitions that were not stored yet, when it was last known',
  });
  const time = metrics.gauge({ name: 'lag_timestamp_seconds', help: 'When that was, epoch seconds' });
  // Not known is not none.
  for (const gauge of [lag, time]) gauge.remove();
  let asking = false;
  const ask = async () => {
    const asked = consumer();
    if (!asked || asking) return;
    asking = true;
    try {
      lag.set(await asked.lag());
      time.set(clock.now() / 1_000);
    } catch (err) {
      log.debug({ err }, 'how far the archive is behind is not known at the moment');
    } finally {
      asking = false;
    }
  };
  const timer = clock.every(everyMs, () => void ask());
  return { close: () => timer.cancel() };
};
