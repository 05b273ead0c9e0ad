import type { Clock } from '@tickfolio/lib/clock';
import type { WatchTurn } from '@tickfolio/lib/lane/turns';
import type { Metrics } from '@tickfolio/lib/telemetry';

/** Up to the 10 s after which one is refused. */
const buckets = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10];

/** Shows how changes of portfolios wait for those of the same user. */
export const createTurnMetrics = (
  metrics: Pick<Metrics, 'counter' | 'gauge' | 'histogram'>,
  clock: Pick<Clock, 'monotonic'>,
): WatchTurn => {
  /** When each asked that waits now, the oldest first. */
  const waiting = new Set<{ readonly askedMs: number }>();
  metrics.gauge({
    name: 'changes_waiting',
    help: 'Changes of portfolios that wait for others of the same user',
    collect() {
      this.set(waiting.size);
    },
  });
  metrics.gauge({
    name: 'changes_waiting_age_seconds',
    help: 'How long the change of a portfolio has waited by now that waits longest for others of the same user',
    collect() {
      const [oldest] = waiting;
      this.set(oldest ? (clock.monotonic() - oldest.askedMs) / 1_000 : 0);
    },
  });
  const waits = metrics.histogram({
    name: 'change_wait_seconds',
    help: 'How long changes of portfolios waited for others of the same user, also those that were refused then',
    buckets,
  });
  const refused = metrics.counter({
    name: 'changes_refused_total',
    help: 'Changes of portfolios that were never made, because too many of the same user waited, or this one too long',
  });
  return () => {
    const one = { askedMs: clock.monotonic() };
    waiting.add(one);
    return (came) => {
      waiting.delete(one);
      waits.observe((clock.monotonic() - one.askedMs) / 1_000);
      if (!came) refused.inc();
    };
  };
};
