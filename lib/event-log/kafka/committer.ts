import { type Clock, sleep } from '../../clock/clock.js';
import { createBackoff, type RetryPolicy } from '../../retry/retry.js';
import type { Logger, Metrics } from '../../telemetry/telemetry.js';
import { isFinal, isRebalance, rootOf } from './client.js';
import type { KafkaLimits } from './limits.js';

/** Counts attempts to commit that failed: `refused` for good, or `failed` for a reason that may pass. */
export type CommitFailures = (outcome: 'refused' | 'failed') => void;

export const createCommitFailures = (metrics: Metrics): CommitFailures => {
  const failures = metrics.counter({
    name: 'event_commits_failed_total',
    help: 'Attempts to commit what was handled that failed, by whether Kafka refused them for good; all are repeated',
    labelNames: ['outcome'] as const,
  });
  for (const outcome of ['refused', 'failed'] as const) failures.inc({ outcome }, 0);
  return (outcome) => failures.inc({ outcome });
};

export interface KafkaCommitterOptions {
  /** Commits the next offsets to read, by partition. */
  readonly send: (offsets: ReadonlyMap<number, bigint>) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  /** The server, for people. */
  readonly where: string;
  readonly limits: RetryPolicy & Pick<KafkaLimits, 'commitLateMs'>;
  readonly refused: CommitFailures;
}

/**
 * Commits what is handled: one request at a time for all partitions, repeated until it succeeds or no longer matters.
 */
export interface KafkaCommitter {
  /**
   * Everything of the partition before this offset is handled. Resolves when that is committed or forgotten; at once
   * when the signal aborts, and then the committing goes on.
   */
  commit(partition: number, next: bigint, ending: AbortSignal): Promise<void>;
  /** The partition is somebody else's now. */
  forget(partition: number): void;
  /** What failed may succeed now: no pause before the next attempt. */
  hurry(): void;
  isIdle(): boolean;
  /** Resolves when nothing is left to commit. */
  settled(): Promise<void>;
  /** Why nothing is committed, when Kafka refused it for good or something has waited for too long. */
  problem(): string | undefined;
}

export const createKafkaCommitter = ({
  send,
  clock,
  log,
  where,
  limits,
  refused,
}: KafkaCommitterOptions): KafkaCommitter => {
  const { commitLateMs } = limits;
  const wanted = new Map<number, { readonly next: bigint; readonly sinceMs: number; readonly done: () => void }>();
  const idle = new Set<() => void>();
  let pause = new AbortController();
  let running = false;
  /** What Kafka said to the last attempt, if it failed. */
  let fault: { readonly words: string; readonly final: boolean } | undefined;

  const settle = (partition: number) => {
    const found = wanted.get(partition);
    wanted.delete(partition);
    found?.done();
  };
  const complain = (err: unknown, retryMs: number) => {
    const final = isFinal(err);
    // A group that deals its partitions out anew refuses commits meanwhile; that is no fault.
    if (isRebalance(err)) {
      log.debug({ err, retryMs }, 'offsets could not be committed while partitions move; trying again');
      return;
    }
    refused(final ? 'refused' : 'failed');
    const words = rootOf(err).message;
    if (fault === undefined || fault.final !== final)
      log.warn(
        { err: rootOf(err), retryMs },
        `${where} ${final ? 'refuses' : 'does not take'} the commits of what was handled; trying on`,
      );
    fault = { words, final };
  };
  const run = async () => {
    if (running) return;
    running = true;
    const backoff = createBackoff(limits);
    while (wanted.size > 0) {
      const offsets = new Map([...wanted].map(([partition, { next }]) => [partition, next]));
      pause = new AbortController();
      try {
        await send(offsets);
        for (const [partition, next] of offsets) if (wanted.get(partition)?.next === next) settle(partition);
        backoff.reset();
        if (fault) log.warn(`${where} takes commits again.`);
        fault = undefined;
      } catch (err) {
        const retryMs = Math.round(backoff.next());
        complain(err, retryMs);
        await sleep(clock, retryMs, pause.signal);
      }
    }
    running = false;
    for (const wake of idle) wake();
    idle.clear();
  };

  return {
    commit: (partition, next, ending) =>
      new Promise((resolve) => {
        const done = () => {
          ending.removeEventListener('abort', done);
          resolve();
        };
        if (ending.aborted) resolve();
        ending.addEventListener('abort', done, { once: true });
        wanted.get(partition)?.done();
        wanted.set(partition, { next, sinceMs: clock.monotonic(), done });
        void run();
      }),
    forget: settle,
    hurry: () => pause.abort(),
    isIdle: () => !running,
    settled: () => (running ? new Promise((resolve) => idle.add(resolve)) : Promise.resolve()),
    problem: () => {
      if (wanted.size === 0) return undefined;
      if (fault?.final) return `${where} refuses it (${fault.words})`;
      const oldestMs = Math.min(...[...wanted.values()].map(({ sinceMs }) => sinceMs));
      const waitedMs = clock.monotonic() - oldestMs;
      return waitedMs > commitLateMs
        ? `${where} has not taken it for ${Math.round(waitedMs / 1_000)} s${fault ? ` (${fault.words})` : ''}`
        : undefined;
    },
  };
};
