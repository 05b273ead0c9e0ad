import { type Clock, sleep } from '../../clock/clock.js';
import type { ConsumeOptions, StoredMessage } from '../event-log.js';
import type { MemoryTopic } from './topic.js';

export interface NextMemoryBatch {
  readonly topic: MemoryTopic;
  readonly partition: number;
  /** Where the group goes on reading. */
  readonly position: () => number;
  readonly consume: ConsumeOptions;
  readonly clock: Clock;
  readonly ending: AbortSignal;
}

/** Enough messages, or what there is once the oldest of it waited long enough; none when it was ended. */
export const nextMemoryBatch = async (wanted: NextMemoryBatch): Promise<readonly StoredMessage[]> => {
  const { topic, partition, position, consume, clock, ending } = wanted;
  /** Resolves when a message came, the time is over, or the reading ends. */
  const moreOrAfter = async (waitMs: number | undefined): Promise<void> => {
    const wake = new AbortController();
    const unwatch = topic.watch(partition, () => wake.abort());
    const end = () => wake.abort();
    ending.addEventListener('abort', end, { once: true });
    if (waitMs === undefined)
      await new Promise<void>((resolve) => wake.signal.addEventListener('abort', () => resolve(), { once: true }));
    else await sleep(clock, waitMs, wake.signal);
    ending.removeEventListener('abort', end);
    unwatch();
  };
  while (!ending.aborted) {
    const { first, next } = topic.bounds(partition);
    const from = Math.max(position(), first);
    const arrivedMs = topic.arrivedAt(partition, from);
    const waitMs = arrivedMs === undefined ? undefined : arrivedMs + consume.maxBatchWaitMs - clock.monotonic();
    if (waitMs !== undefined && (waitMs <= 0 || next - from >= consume.minBatchMessages)) {
      return topic.read(partition, from, consume.maxBatchMessages);
    }
    await moreOrAfter(waitMs);
  }
  return [];
};
