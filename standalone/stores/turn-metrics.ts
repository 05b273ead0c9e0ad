import { summaryOf, type Turn } from '@tickfolio/lib/postgres/pglite';
import type { Metrics } from '@tickfolio/lib/telemetry';

/** Around the 100 ms that nobody should have the database for, and the 200 ms that no request should wait. */
const buckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.5, 1, 5];
const maxTurnMs = 100;

/**
 * Shows how long requests and work in the background wait for the one connection of the embedded database, and have it;
 * and who had it for too long.
 */
export const createTurnMetrics = (metrics: Pick<Metrics, 'histogram' | 'counter'>): ((turn: Turn) => void) => {
  const histogram = (name: string, help: string) =>
    metrics.histogram<'of'>({ name, help, labelNames: ['of'], buckets });
  const waits = histogram(
    'turn_wait_seconds',
    'How long a statement or transaction waited for the embedded database, by whether it is a request’s',
  );
  const turns = histogram(
    'turn_duration_seconds',
    'How long a statement or transaction had the embedded database, by whether it is a request’s',
  );
  const long = metrics.counter<'of' | 'database' | 'slowest'>({
    name: 'long_turns_total',
    help: 'Who had the embedded database for more than 100 ms: by whether it is a request’s, by its database and by the statement that took longest',
    labelNames: ['of', 'database', 'slowest'],
  });
  return ({ isBackground, waitedMs, tookMs, slowest }) => {
    const of = isBackground ? 'background' : 'request';
    waits.observe({ of }, waitedMs / 1_000);
    turns.observe({ of }, tookMs / 1_000);
    if (tookMs > maxTurnMs && slowest) long.inc({ of, database: slowest.database, slowest: summaryOf(slowest.text) });
  };
};
