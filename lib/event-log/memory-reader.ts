import { type Clock, sleep } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import type { Logger } from '../telemetry/telemetry.js';
import type { BatchHandler, ConsumeOptions, StoredMessage } from './event-log.js';
import type { MemoryTopic } from './memory-topic.js';

export interface ReaderDeps {
  readonly topic: MemoryTopic;
  readonly partition: number;
  readonly options: ConsumeOptions;
  readonly handler: BatchHandler;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where the group goes on reading. */
  readonly position: () => number;
  readonly commit: (next: number) => void;
}

/** Reads one partition for one member of a group. */
export interface Reader {
  /** The partition moved to another member: no commit any more, and heartbeats throw. Does not wait. */
  revoke(): void;
  /** No further batch; resolves when the running handler ended and its work is committed. */
  finish(): Promise<void>;
}

const minRetryMs = 100;
const maxRetryMs = 5_000;

export const startReader = (deps: ReaderDeps): Reader => {
  const { topic, partition, options, handler, clock, log } = deps;
  const ending = new AbortController();
  let revoked = false;

  const heartbeat = async () => {
    if (revoked) throw new AppError('canceled', `Partition ${partition} of ${topic.name} moved to another member of the group.`);
  };
  /** Resolves when a message came, the time is over, or the reader ends. */
  const moreOrAfter = async (waitMs: number | undefined): Promise<void> => {
    const wake = new AbortController();
    const unwatch = topic.watch(partition, () => wake.abort());
    const end = () => wake.abort();
    ending.signal.addEventListener('abort', end, { once: true });
    if (waitMs === undefined) await new Promise<void>((resolve) => wake.signal.addEventListener('abort', () => resolve(), { once: true }));
    else await sleep(clock, waitMs, wake.signal);
    ending.signal.removeEventListener('abort', end);
    unwatch();
  };
  /** A full batch, or what there is once the oldest of it waited long enough. */
  const nextBatch = async (): Promise<readonly StoredMessage[]> => {
    while (!ending.signal.aborted) {
      const { first, next } = topic.bounds(partition);
      const from = Math.max(deps.position(), first);
      const [oldest] = topic.read(partition, from, 1);
      const waitMs = oldest && oldest.timestampMs + options.maxBatchWaitMs - clock.now();
      if (waitMs !== undefined && (waitMs <= 0 || next - from >= options.maxBatchMessages)) {
        return topic.read(partition, from, options.maxBatchMessages);
      }
      await moreOrAfter(waitMs);
    }
    return [];
  };
  /** Hands the same messages over until the handler takes them. */
  const handle = async (messages: readonly StoredMessage[]): Promise<void> => {
    for (let retryMs = minRetryMs; ; retryMs = Math.min(2 * retryMs, maxRetryMs)) {
      try {
        await handler({ topic: topic.name, partition, messages, heartbeat });
        const last = messages.at(-1);
        if (last && !revoked) deps.commit(Number(last.offset) + 1);
        return;
      } catch (err) {
        if (revoked) return;
        log.warn({ err, topic: topic.name, partition, retryMs }, 'a batch was not handled and is handed over again');
        if (!ending.signal.aborted) await sleep(clock, retryMs, ending.signal);
        if (ending.signal.aborted) return;
      }
    }
  };
  const run = async () => {
    while (!ending.signal.aborted) {
      const messages = await nextBatch();
      if (messages.length > 0 && !ending.signal.aborted) await handle(messages);
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
