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
  /** Everything of the partition before this offset is handled. */
  commit(partition: number, next: bigint): void;
  /** The partition is somebody else's now. */
  forget(partition: number): void;
  isIdle(): boolean;
  /** Resolves when nothing is left to commit, or the signal aborts. */
  settle(signal: AbortSignal): Promise<void>;
}

export const createKafkaCommitter = ({ send, clock, log, minRetryMs, maxRetryMs }: KafkaCommitterOptions): KafkaCommitter => {
  const wanted = new Map<number, bigint>();
  const idle = new Set<() => void>();
  let running = false;

  const run = async () => {
    if (running) return;
    running = true;
    let retryMs = minRetryMs;
    while (wanted.size > 0) {
      const offsets = new Map(wanted);
      try {
        await send(offsets);
        for (const [partition, next] of offsets) if (wanted.get(partition) === next) wanted.delete(partition);
        retryMs = minRetryMs;
      } catch (err) {
        log.debug({ err, retryMs }, 'offsets could not be committed; trying again');
        await sleep(clock, retryMs);
        retryMs = Math.min(2 * retryMs, maxRetryMs);
      }
    }
    running = false;
    for (const wake of idle) wake();
    idle.clear();
  };

  return {
    commit: (partition, next) => {
      wanted.set(partition, next);
      void run();
    },
    forget: (partition) => void wanted.delete(partition),
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
