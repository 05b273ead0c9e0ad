import type { Clock } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import { type NextTry, retrying } from '../../retry/retry.js';
import type { Logger } from '../../telemetry/telemetry.js';
import type { BatchHandler, StoredMessage } from '../event-log.js';

export interface PartitionReaderOptions {
  readonly topic: string;
  readonly partition: number;
  readonly handler: BatchHandler;
  readonly clock: Clock;
  readonly log: Logger;
  /** The messages to hand over next, once there are enough or they waited long enough; none when the signal aborted. */
  readonly nextBatch: (ending: AbortSignal) => Promise<readonly StoredMessage[]>;
  /** Waits until a batch may be handed over (again). By default it always may. */
  readonly turn?: (ending: AbortSignal) => Promise<void>;
  /**
   * Everything before this offset is handled. The next batch waits until this is done, so that little is handed over
   * twice.
   */
  readonly commit: (next: bigint, ending: AbortSignal) => Promise<void> | undefined;
}

/** Hands one partition to one member of a group, batch by batch. */
export interface PartitionReader {
  /** The partition moved to another member: no commit any more, and heartbeats throw. Does not wait. */
  revoke(): void;
  /** No further batch; resolves when the running handler ended and its work is committed. */
  finish(): Promise<void>;
}

/** Nothing is left to chance: what is handed over to is in this process, and waits for nobody else. */
const policy = { minRetryMs: 100, maxRetryMs: 5_000, leastShare: 1 };

export const startPartitionReader = (options: PartitionReaderOptions): PartitionReader => {
  const { topic, partition, handler, clock, log, nextBatch, commit, turn = async () => undefined } = options;
  const ending = new AbortController();
  const { signal } = ending;
  let revoked = false;

  const heartbeat = async () => {
    if (revoked)
      throw new AppError('canceled', `Partition ${partition} of ${topic} moved to another member of the group.`);
  };
  const again = (err: unknown, { retryInMs }: NextTry) => {
    if (!revoked)
      log.warn({ err, topic, partition, retryMs: retryInMs }, 'a batch was not handled and is handed over again');
    return true;
  };
  /** Hands the same messages over until the handler takes them. */
  const handle = (messages: readonly StoredMessage[]): Promise<void> =>
    retrying(clock, policy, signal, again, async () => {
      await turn(signal);
      if (signal.aborted) return;
      await handler({ topic, partition, messages, heartbeat });
      const last = messages.at(-1);
      if (last && !revoked) await commit(BigInt(last.offset) + 1n, signal);
    });
  const run = async () => {
    while (!signal.aborted) {
      const messages = await nextBatch(signal);
      if (messages.length > 0) await handle(messages);
    }
  };
  const running = run();

  return {
    revoke: () => {
      revoked = true;
      ending.abort();
    },
    finish: () => {
      ending.abort();
      return running;
    },
  };
};
