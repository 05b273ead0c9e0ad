import type { Metrics } from '@tickfolio/lib/telemetry';

/** What the archiver counts; names carry the service's prefix. */
export const createArchiverMetrics = (metrics: Metrics) => ({
  rows: metrics.counter({
    name: 'rows_total',
    help: 'Rows that ClickHouse acknowledged, repeats after a crash included',
  }),
  deadLetters: metrics.counter({ name: 'dead_letters_total', help: 'Messages that went to the dead-letter topic' }),
  retries: metrics.counter({
    name: 'retries_total',
    help: 'Failed tries to store something, by what',
    labelNames: ['what'],
  }),
  batchRows: metrics.histogram({
    name: 'batch_rows',
    help: 'Rows per insert',
    buckets: [1, 10, 100, 500, 1_000, 2_500, 5_000, 10_000, 50_000],
  }),
  insertSeconds: metrics.histogram({
    name: 'insert_seconds',
    help: 'Time from sending a batch to its acknowledgement, tries included',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  }),
  storedLag: metrics.histogram({
    name: 'stored_lag_seconds',
    help: "From the newest message of a batch being written to the log to ClickHouse's acknowledgement",
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 300, 1_800],
  }),
  missing: metrics.gauge({
    name: 'missing',
    help: 'Committed messages of the topic that are not in ClickHouse, at the last audit',
    labelNames: ['partition'],
  }),
  duplicate: metrics.gauge({
    name: 'duplicate',
    help: 'Rows that a query sees more than once, at the last audit',
    labelNames: ['partition'],
  }),
  auditInterval: metrics.gauge({ name: 'audit_interval_seconds', help: 'How long it is from one audit to the next' }),
  auditTime: metrics.gauge({ name: 'audit_timestamp_seconds', help: 'When the last audit ended, epoch seconds' }),
});

export type ArchiverMetrics = ReturnType<typeof createArchiverMetrics>;
