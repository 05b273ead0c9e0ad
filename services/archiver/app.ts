import { type ClickHouse, givenUpBy } from '@tickfolio/lib/clickhouse';
import { type Clock, unlessAborted } from '@tickfolio/lib/clock';
import type { Address } from '@tickfolio/lib/config';
import { toAppError } from '@tickfolio/lib/errors';
import type { Consumer, EventLog } from '@tickfolio/lib/event-log';
import { createDeadLetters } from '@tickfolio/lib/event-log/dead-letters';
import { archiveNames } from '@tickfolio/lib/events/archive';
import { type NextTry, retrying } from '@tickfolio/lib/retry';
import { type RunningService, serveOperations } from '@tickfolio/lib/service';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { createArchive } from './archive.js';
import { createAuditReports } from './audit/reports.js';
import { createBatchWriter } from './batch-writer.js';
import { watchLag } from './lag-watch.js';
import { createArchiverMetrics } from './metrics.js';
import { keptSinceMs, migrateArchive } from './schema.js';

export { archiveTopics } from './topics.js';

export interface ArchiverDeps {
  readonly eventLog: EventLog;
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface ArchiverOptions {
  /** Plain identifiers. */
  readonly database: string;
  readonly table: string;
  readonly topic: string;
  readonly group: string;
  readonly batch: { readonly minMessages: number; readonly maxMessages: number; readonly maxWaitMs: number };
  /** How long rows are kept; absent: for ever. */
  readonly retentionDays?: number | undefined;
  readonly auditIntervalMs: number;
  /** How often the log is asked how much waits. Default 5 000. */
  readonly lagIntervalMs?: number | undefined;
  /** The time zone in which older versions wrote what is in the archive; absent: that of ClickHouse's host. */
  readonly writtenIn?: string | undefined;
  /** Where /health, /ready and /metrics are served; absent: nowhere. */
  readonly operationsAddress?: Address | undefined;
}

/**
 * Closing finishes the batch in hand (its offsets are committed), within 3 s and no longer than until the signal, then
 * leaves the group. What could not be finished is handled again by whoever reads on.
 */
export interface Archiver extends RunningService<undefined> {
  /**
   * Settles when reading the topic came to an end that nothing here can mend; the process should end and be started
   * anew.
   */
  readonly failed: Promise<Error>;
}

const finishMs = 3_000;

const startPolicy = { minRetryMs: 500, maxRetryMs: 10_000 };

/** Starts the service; it needs none of its servers to be there yet. @throws StartError when the port is taken. */
export const startArchiver = async (deps: ArchiverDeps, options: ArchiverOptions): Promise<Archiver> => {
  const { eventLog, clickhouse, clock, log } = deps;
  const names = archiveNames(options.database, options.table);
  const metrics = createArchiverMetrics(deps.metrics);
  const closing = new AbortController();
  const cut = new AbortController();
  const writer = createBatchWriter({
    archive: createArchive(givenUpBy(cut.signal, clickhouse), names),
    deadLetters: createDeadLetters(eventLog, options.topic),
    clock,
    log,
    metrics,
    signal: closing.signal,
    cut: cut.signal,
  });
  const { topic, group, retentionDays } = options;
  const preparing = givenUpBy(closing.signal, clickhouse);
  const audits = createAuditReports({
    clickhouse: preparing,
    eventLog,
    names,
    topic,
    group,
    clock,
    log,
    metrics,
    keptSinceMs: keptSinceMs(clock, retentionDays),
  });
  let consumer: Consumer | undefined;
  let startFault: string | undefined = 'has not been reached yet';
  let fail: (err: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => {
    fail = resolve;
  });

  const prepareTables = async (): Promise<void> => {
    const { database, table, writtenIn } = options;
    const tell = (words: string) => {
      startFault = words;
    };
    const isPassing = (err: unknown, { failures, retryInMs }: NextTry): boolean => {
      if (closing.signal.aborted) return true;
      const fault = toAppError(err);
      if (fault.code === 'failed_precondition') throw fault;
      if (failures === 1)
        log.warn({ err, retryInMs }, 'the tables of the archive cannot be prepared; trying again until they can');
      startFault = fault.message;
      return true;
    };
    await retrying(clock, startPolicy, closing.signal, isPassing, async () => {
      const schema = { database, table, retentionDays, writtenIn, signal: closing.signal, tell };
      await unlessAborted(closing.signal, migrateArchive({ clickhouse: preparing, log }, schema));
      startFault = undefined;
    });
  };
  const begin = async () => {
    await prepareTables();
    if (closing.signal.aborted) return;
    const { minMessages, maxMessages, maxWaitMs } = options.batch;
    const batch = { minBatchMessages: minMessages, maxBatchMessages: maxMessages, maxBatchWaitMs: maxWaitMs };
    consumer = await eventLog.consume(options.topic, { group: options.group, ...batch }, writer.handle);
    void consumer.failed.then(fail);
    log.info({ topic: options.topic, table: names.view, ...options.batch }, 'archiving mini-tickers');
    await audits.run(options.auditIntervalMs, closing.signal);
  };
  let lag: { close(): void } | undefined;
  let running: Promise<void> | undefined;
  const stop = async (until?: AbortSignal) => {
    closing.abort();
    lag?.close();
    const end = () => cut.abort();
    const timer = clock.after(finishMs, end);
    until?.addEventListener('abort', end, { once: true });
    await running;
    await consumer?.close(until);
    timer.cancel();
    until?.removeEventListener('abort', end);
  };
  const served = await serveOperations(
    { log, metrics: deps.metrics },
    {
      address: options.operationsAddress,
      dependencies: [
        { name: 'clickhouse', required: true, check: () => startFault ?? writer.fault ?? clickhouse.check() },
        { name: 'event-log', required: true, check: () => eventLog.check() },
      ],
      facts: () => ({ audit: audits.latest }),
      stop,
    },
  );
  lag = watchLag({ clock, log, metrics: deps.metrics, consumer: () => consumer }, options.lagIntervalMs ?? 5_000);
  running = begin().catch((err: unknown) => fail(toAppError(err)));
  return { ...served, failed };
};
