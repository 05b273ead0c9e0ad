import { type Clock, sleep } from '../clock/clock.js';
import type { Logger } from '../telemetry/telemetry.js';

export interface KafkaCommitterOptions {
  /** Commits the next offsets to read, by partition. */
  readonly send: (offsets: ReadonlyMap<number, bigint>) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
}

/** Commits what is handled: one request at a time for all partitions, repeated until it succeeds or no longer matters. */
export interface KafkaCommitter {
  /**
   * Everything of the partition before this offset is handled. Resolves when that is committed or forgotten; at once when the
   * signal aborts, and then the committing goes on.
   */
  commit(partition: number, next: bigint, ending: AbortSignal): Promise<void>;
  /** The partition is somebody else's now. */
  forget(partition: number): void;
  /** What failed may succeed now: no pause before the next attempt. */
  hurry(): void;
  isIdle(): boolean;
  /** Resolves when nothing is left to commit, or the signal aborts. */
  settle(signal: AbortSignal): Promise<void>;
}

export const createKafkaCommitter = ({ send, clock, log, minRetryMs, maxRetryMs }: KafkaCommitterOptions): KafkaCommitter => {
  const wanted = new Map<number, { readonly next: bigint; readonly done: () => void }>();
  const idle = new Set<() => void>();
  let pause = new AbortController();
  let running = false;

  const settled = (partition: number) => {
    const found = wanted.get(partition);
    wanted.delete(partition);
    found?.done();
  };
  const run = async () => {
    if (running) return;
    running = true;
    let retryMs = minRetryMs;
    while (wanted.size > 0) {
      const offsets = new Map([...wanted].map(([partition, { next }]) => [partition, next]));
      pause = new AbortController();
      try {
        await send(offsets);
        for (const [partition, next] of offsets) if (wanted.get(partition)?.next === next) settled(partition);
        retryMs = minRetryMs;
      } catch (err) {
        log.debug({ err, retryMs }, 'offsets could not be committed; trying again');
        await sleep(clock, retryMs, pause.signal);
        retryMs = Math.min(2 * retryMs, maxRetryMs);
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
        wanted.set(partition, { next, done });
        void run();
      }),
    forget: settled,
    hurry: () => pause.abort(),
    isIdle: () => !running,
    settle: (signal) => {
      if (!running || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        idle.add(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
  };
};
