import { type Clock, sleep, unlessAborted } from '@tickfolio/lib/clock';
import { AppError, toAppError } from '@tickfolio/lib/errors';
import type { Batch, BatchHandler } from '@tickfolio/lib/event-log';
import { type DeadLetters, originOf } from '@tickfolio/lib/event-log/dead-letters';
import { createBackoff, type RetryPolicy } from '@tickfolio/lib/retry';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { Archive } from './archive.js';
import type { ArchiverMetrics } from './metrics.js';
import { maxRefusedOf, storeHalves } from './refused-rows.js';
import { type DeadMessage, readTickerLines, type TickerLines } from './ticker-lines.js';

export interface BatchWriterDeps {
  readonly archive: Archive;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: ArchiverMetrics;
  /** Ends every wait. */
  readonly signal: AbortSignal;
  /** Ends also what is being stored; the batch is handled again by whoever reads on. */
  readonly cut: AbortSignal;
}

/** The pauses are those between tries. */
export interface BatchWriterLimits extends RetryPolicy {
  /** How often a wait or a long insert tells the group that we are alive. */
  readonly heartbeatMs: number;
  /** The wait before a batch of which too much was refused is halved anew, which may take some thousand inserts. */
  readonly refusedPauseMs: number;
}

export const batchWriterLimits: BatchWriterLimits = {
  minRetryMs: 250,
  maxRetryMs: 5_000,
  heartbeatMs: 1_000,
  refusedPauseMs: 60_000,
};

/**
 * A batch that was not handled is handed over again after 5 s at most; one that never comes back has moved to somebody
 * else.
 */
const handedOverAgainMs = 30_000;

export interface BatchWriter {
  readonly handle: BatchHandler;
  /** Why the archive takes nothing at the moment, or why a partition does not get on, in words. */
  readonly fault: string | undefined;
}

/**
 * Stores batches. A batch's handler resolves only when every message of it is either a row that ClickHouse acknowledged
 * or a dead letter that Kafka acknowledged; until then it tries again, for as long as the partition is ours.
 */
export const createBatchWriter = (
  deps: BatchWriterDeps,
  limits: BatchWriterLimits = batchWriterLimits,
): BatchWriter => {
  const { archive, deadLetters, clock, log, metrics, signal, cut } = deps;
  /** Of the batches in hand; each takes its own along. */
  const faults = new Map<Batch, string>();
  /**
   * Of partitions whose last batch could not be handled, until they get on or were handed over to nobody here for a
   * while.
   */
  const stuck = new Map<number, { readonly words: string; untilMs: number }>();

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
      const result = await unlessAborted(cut, work);
      await beating;
      if (lost !== undefined) throw lost;
      return result;
    } finally {
      timer.cancel();
    }
  };

  const complain = (batch: Batch, what: string, err: AppError, retryInMs: number) => {
    metrics.retries.inc({ what });
    if (!faults.has(batch))
      log.warn(
        { err, what, partition: batch.partition, retryInMs },
        'a batch could not be stored; trying again until it can',
      );
    faults.set(batch, `${what}: ${err.message}`);
  };
  const isWell = (batch: Batch, what: string) => {
    if (faults.delete(batch)) log.warn({ what, partition: batch.partition }, 'the archive takes rows again');
  };

  /**
   * Tries until it works. @throws when the partition is no longer ours, when we are closing, and what is no passing
   * trouble.
   */
  const persist = async <T>(batch: Batch, what: string, work: () => Promise<T>): Promise<T> => {
    const backoff = createBackoff(limits);
    for (;;) {
      try {
        const result = await alive(batch, work());
        isWell(batch, what);
        return result;
      } catch (err) {
        if (signal.aborted || !(err instanceof AppError) || err.code === 'invalid_argument' || err.code === 'canceled')
          throw err;
        const waitMs = Math.round(backoff.next());
        complain(batch, what, err, waitMs);
        await alive(batch, sleep(clock, waitMs, signal));
        if (signal.aborted) throw err;
      }
    }
  };

  const bury = async (batch: Batch, dead: readonly DeadMessage[]): Promise<void> => {
    const letters = dead.map((one) => ({ ...one, origin: originOf(batch.partition, one.message) }));
    await persist(batch, 'dead letters', () => deadLetters.send(letters));
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

  const insert = async (batch: Batch, lines: TickerLines): Promise<void> => {
    const newest = lines.messages.at(-1);
    const startedMs = clock.monotonic();
    await persist(batch, 'rows', () => archive.store(lines));
    metrics.insertSeconds.observe((clock.monotonic() - startedMs) / 1_000);
    metrics.batchRows.observe(lines.messages.length);
    metrics.rows.inc(lines.messages.length);
    if (newest) metrics.storedLag.observe(Math.max(0, clock.now() - newest.timestampMs) / 1_000);
  };

  /** Stores rows, and buries those that ClickHouse refuses for what they are. */
  const store = async (batch: Batch, lines: TickerLines): Promise<void> => {
    if (lines.messages.length === 0) return;
    const halves = {
      store: (part: TickerLines) => insert(batch, part),
      prove: () => persist(batch, 'rows', () => archive.storeAgain()),
      maxRefused: maxRefusedOf(lines.messages.length),
    };
    for (;;) {
      try {
        const refused = await storeHalves(lines, halves);
        const dead = refused.flatMap(({ line, reason }) =>
          line.messages.map((message) => ({ message, reason: `ClickHouse refuses the row: ${reason}` })),
        );
        if (dead.length > 0) await bury(batch, dead);
        return;
      } catch (err) {
        if (signal.aborted || !(err instanceof AppError) || err.code !== 'failed_precondition') throw err;
        complain(batch, 'rows', err, limits.refusedPauseMs);
        await alive(batch, sleep(clock, limits.refusedPauseMs, signal));
        if (signal.aborted) throw err;
      }
    }
  };

  const handle = async (batch: Batch): Promise<void> => {
    const { partition } = batch;
    const before = stuck.get(partition);
    if (before) before.untilMs = Number.POSITIVE_INFINITY;
    try {
      const { lines, dead } = readTickerLines(batch);
      if (dead.length > 0) await bury(batch, dead);
      await store(batch, lines);
      stuck.delete(partition);
    } catch (err) {
      // Then somebody else handles it.
      if (err instanceof AppError && err.code === 'canceled') stuck.delete(partition);
      else {
        const words = `partition ${partition} does not get on: ${toAppError(err).message}`;
        stuck.set(partition, { words, untilMs: clock.monotonic() + handedOverAgainMs });
      }
      throw err;
    } finally {
      faults.delete(batch);
    }
  };

  return {
    handle,
    get fault() {
      return [...faults.values()][0] ?? [...stuck.values()].find(({ untilMs }) => clock.monotonic() <= untilMs)?.words;
    },
  };
};
