import { type Clock, sleep } from '../../clock/clock.js';
import type { ConsumeOptions, StoredMessage } from '../event-log.js';

/** One partition, as one reads it. */
export interface PartitionSource {
  /** The oldest offset that is kept, and the one the next message gets. */
  bounds(): { readonly first: number; readonly next: number };
  /** When the message came, on the monotonic clock; undefined of one that has waited long already. */
  arrivedAt(offset: number): number | undefined;
  /** Messages from an offset on that is there, oldest first, at most `max`; none when the signal aborted. */
  read(from: number, max: number, ending: AbortSignal): readonly StoredMessage[] | Promise<readonly StoredMessage[]>;
  /** Calls `run` after each append, until the returned function is called. */
  watch(run: () => void): () => void;
}

export interface NextBatch {
  readonly source: PartitionSource;
  /** Where the group goes on reading. */
  readonly position: () => number;
  readonly consume: ConsumeOptions;
  readonly clock: Clock;
  readonly ending: AbortSignal;
}

/** Enough messages, or what there is once the oldest of it waited long enough; none when it was ended. */
export const nextBatch = async (wanted: NextBatch): Promise<readonly StoredMessage[]> => {
  const { source, position, consume, clock, ending } = wanted;
  /** Resolves when a message came, the time is over, or the reading ends. */
  const moreOrAfter = async (waitMs: number | undefined): Promise<void> => {
    const wake = new AbortController();
    const unwatch = source.watch(() => wake.abort());
    const end = () => wake.abort();
    ending.addEventListener('abort', end, { once: true });
    if (waitMs === undefined)
      await new Promise<void>((resolve) => wake.signal.addEventListener('abort', () => resolve(), { once: true }));
    else await sleep(clock, waitMs, wake.signal);
    ending.removeEventListener('abort', end);
    unwatch();
  };
  while (!ending.aborted) {
    const { first, next } = source.bounds();
    const from = Math.max(position(), first);
    const arrivedMs = source.arrivedAt(from) ?? Number.NEGATIVE_INFINITY;
    const waitMs = from < next ? arrivedMs + consume.maxBatchWaitMs - clock.monotonic() : undefined;
    if (waitMs !== undefined && (waitMs <= 0 || next - from >= consume.minBatchMessages)) {
      return source.read(from, consume.maxBatchMessages, ending);
    }
    await moreOrAfter(waitMs);
  }
  return [];
};
