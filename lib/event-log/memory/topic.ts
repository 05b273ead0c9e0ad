import type { EventMessage, StoredMessage } from '../event-log.js';
import { partitionOf } from '../partition.js';
import type { PartitionSource } from '../reading/next-batch.js';

/** One partition: messages from offset `first` (inclusive) to `next` (exclusive). */
interface Partition {
  first: number;
  next: number;
  /** When its first message ever was written, epoch milliseconds. */
  beganMs: number | undefined;
  /** Messages by offset; dropped ones leave at the front. */
  readonly messages: Map<
    number,
    { readonly message: StoredMessage; readonly order: number; readonly arrivedMs: number }
  >;
}

/** The messages of one topic in memory. */
export interface MemoryTopic {
  readonly name: string;
  readonly partitions: number;
  /**
   * Appends to the partition of the key. @returns how many old messages had to make room. @param arrivedMs the same
   * moment on the monotonic clock
   */
  append(message: EventMessage, timestampMs: number, arrivedMs: number): number;
  source(partition: number): PartitionSource;
  /** The oldest offset that is kept, and the one the next message gets. */
  bounds(partition: number): { readonly first: number; readonly next: number };
  /** The offset of the first message that was written at a moment or later; the next one's where there is none. */
  offsetAt(partition: number, timeMs: number): number;
  /** Forgets the oldest of all partitions past a number that they keep together. @returns how many */
  trim(max: number): number;
  /** Forgets what lies before an offset. */
  release(partition: number, before: number): void;
}

/**
 * @param maxMessages how many messages all partitions keep together; past it the oldest of all makes room
 * @param firstOffset of every partition
 */
export const createMemoryTopic = (
  name: string,
  partitions: number,
  maxMessages: number,
  firstOffset = 0,
): MemoryTopic => {
  const all: Partition[] = Array.from({ length: partitions }, () => ({
    first: firstOffset,
    next: firstOffset,
    beganMs: undefined,
    messages: new Map(),
  }));
  const watchers = new Map<number, Set<() => void>>();
  let size = 0;
  let order = 0;

  const at = (index: number): Partition => {
    const partition = all[index];
    if (!partition) throw new RangeError(`topic ${name} has no partition ${index}`);
    return partition;
  };
  const dropFirst = (partition: Partition) => {
    partition.messages.delete(partition.first++);
    size--;
  };
  const oldest = (): Partition | undefined => {
    let found: Partition | undefined;
    let foundOrder = Number.POSITIVE_INFINITY;
    for (const partition of all) {
      const head = partition.messages.get(partition.first);
      if (!head || head.order >= foundOrder) continue;
      found = partition;
      foundOrder = head.order;
    }
    return found;
  };

  const trim = (max: number): number => {
    let dropped = 0;
    while (size > max) {
      const victim = oldest();
      if (!victim) break;
      dropFirst(victim);
      dropped++;
    }
    return dropped;
  };

  return {
    name,
    partitions,
    trim,
    append: ({ key, value, headers = {} }, timestampMs, arrivedMs) => {
      const index = partitionOf(key, partitions);
      const partition = at(index);
      const offset = partition.next++;
      const message = { offset: String(offset), key, value: Buffer.from(value), headers, timestampMs };
      partition.beganMs ??= timestampMs;
      partition.messages.set(offset, { message, order: order++, arrivedMs });
      size++;
      const dropped = trim(maxMessages);
      for (const run of [...(watchers.get(index) ?? [])]) run();
      return dropped;
    },
    bounds: (index) => {
      const { first, next } = at(index);
      return { first, next };
    },
    offsetAt: (index, timeMs) => {
      const { first, next, beganMs, messages } = at(index);
      // Its first message, whether or not it is kept still.
      if (beganMs !== undefined && timeMs <= beganMs) return firstOffset;
      for (let offset = first; offset < next; offset++) {
        if ((messages.get(offset)?.message.timestampMs ?? 0) >= timeMs) return offset;
      }
      return next;
    },
    release: (index, before) => {
      const partition = at(index);
      while (partition.first < Math.min(before, partition.next)) dropFirst(partition);
    },
    source: (index) => {
      const partition = at(index);
      return {
        bounds: () => partition,
        arrivedAt: (offset) => partition.messages.get(offset)?.arrivedMs,
        read: (from, max) => {
          const found: StoredMessage[] = [];
          for (let offset = Math.max(from, partition.first); offset < partition.next && found.length < max; offset++) {
            const stored = partition.messages.get(offset);
            if (stored) found.push(stored.message);
          }
          return found;
        },
        watch: (run) => {
          const known = watchers.get(index) ?? new Set();
          watchers.set(index, known.add(run));
          return () => void known.delete(run);
        },
      };
    },
  };
};
