import { type Clock, sleep } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { Batch, BatchHandler } from '@tickfolio/lib/event-log';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { Archive } from './archive.js';
import type { DeadLetter, DeadLetters } from './dead-letters.js';
import type { ArchiverMetrics } from './metrics.js';
import { readTickerLines, type TickerLines } from './ticker-lines.js';

export interface BatchWriterDeps {
  readonly archive: Archive;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: ArchiverMetrics;
  /** Ends every wait. */
  readonly signal: AbortSignal;
}

export interface BatchWriterLimits {
  /** Waits between tries grow from the first to the second. */
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
  /** How often a wait or a long insert tells the group that we are alive. */
  readonly heartbeatMs: number;
}

export const batchWriterLimits: BatchWriterLimits = { retryBaseMs: 250, retryCapMs: 5_000, heartbeatMs: 1_000 };

export interface BatchWriter {
  readonly handle: BatchHandler;
  /** Why the archive takes nothing at the moment, in words. */
  readonly fault: string | undefined;
}

/**
 * Stores batches. A batch's handler resolves only when every message of it is either a row that ClickHouse acknowledged
 * or a dead letter that Kafka acknowledged; until then it tries again, for as long as the partition is ours.
 */
export const createBatchWriter = (deps: BatchWriterDeps, limits: BatchWriterLimits = batchWriterLimits): BatchWriter => {
  const { archive, deadLetters, clock, log, metrics, signal } = deps;
  let fault: string | undefined;

  /** Runs `work`, and keeps the membership alive meanwhile. @throws what work or the heartbeat threw. */
  const alive = async <T>(batch: Batch, work: Promise<T>): Promise<T> => {
    let lost: unknown;
    let beating: Promise<void> = Promise.resolve();
    const timer = clock.every(limits.heartbeatMs, () => {
      beating = beating
        .then(() => batch.heartbeat())
        .catch((err: unknown) => {
          lost ??= err;
        });
    });
    try {
      const result = await work;
      await beating;
      if (lost !== undefined) throw lost;
      return result;
    } finally {
      timer.cancel();
    }
  };

  /** Tries until it works. @throws when the partition is no longer ours, when we are closing, and what is no passing trouble. */
  const persist = async (batch: Batch, what: string, work: () => Promise<void>): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      try {
        await alive(batch, work());
        if (fault !== undefined) log.info({ what }, 'the archive takes rows again');
        fault = undefined;
        return;
      } catch (err) {
        if (signal.aborted || !(err instanceof AppError) || err.code === 'invalid_argument' || err.code === 'canceled') throw err;
        const waitMs = Math.min(limits.retryCapMs, limits.retryBaseMs * 2 ** Math.min(attempt, 16));
        metrics.retries.inc({ what });
        if (fault === undefined)
          log.warn({ err, what, partition: batch.partition, retryInMs: waitMs }, 'a batch could not be stored; trying again until it can');
        fault = `${what}: ${err.message}`;
        await alive(batch, sleep(clock, waitMs, signal));
        if (signal.aborted) throw err;
      }
    }
  };

  const bury = async (batch: Batch, dead: readonly DeadLetter[]): Promise<void> => {
    await persist(batch, 'dead letters', () => deadLetters.send(batch.partition, dead));
    await persist(batch, 'offsets', () =>
      archive.storeDead(
        batch.topic,
        batch.partition,
        dead.map(({ message }) => message.offset),
      ),
    );
    metrics.deadLetters.inc(dead.length);
    log.warn(
      { partition: batch.partition, messages: dead.length, offset: dead[0]?.message.offset, reason: dead[0]?.reason },
      'messages that cannot be stored went to the dead-letter topic',
    );
  };

  /** Stores rows; where ClickHouse refuses some for what they are, halves the batch until those are found. */
  const store = async (batch: Batch, lines: TickerLines): Promise<void> => {
    const { length } = lines.messages;
    const [first, newest] = [lines.messages[0], lines.messages.at(-1)];
    if (!first || !newest) return;
    try {
      const startedMs = clock.monotonic();
      await persist(batch, 'rows', () => archive.store(lines));
      metrics.insertSeconds.observe((clock.monotonic() - startedMs) / 1_000);
      metrics.batchRows.observe(length);
      metrics.rows.inc(length);
      metrics.storedLag.observe(Math.max(0, clock.now() - newest.timestampMs) / 1_000);
    } catch (err) {
      if (!(err instanceof AppError) || err.code !== 'invalid_argument') throw err;
      if (length === 1) return bury(batch, [{ message: first, reason: `ClickHouse refuses the row: ${err.message}` }]);
      const half = length >> 1;
      await store(batch, lines.slice(0, half));
      await store(batch, lines.slice(half));
    }
  };

  const handle = async (batch: Batch): Promise<void> => {
    const { lines, dead } = readTickerLines(batch);
    if (dead.length > 0) await bury(batch, dead);
    await store(batch, lines);
  };

  return {
    handle,
    get fault() {
      return fault;
    },
  };
};
