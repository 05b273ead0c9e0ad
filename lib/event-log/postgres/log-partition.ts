import type { Clock } from '../../clock/clock.js';
import type { StoredMessage } from '../event-log.js';
import { messageBytes } from '../message-bytes.js';
import type { PartitionSource } from '../reading/next-batch.js';
import type { PostgresLogLimits } from './limits.js';
import type { KeptPartition } from './store.js';

/** How far a partition is, and the newest of its messages for as long as a group has not read them. */
export interface LogPartition {
  bounds(): { readonly first: number; readonly next: number };
  /** What the table has since a moment ago. */
  appended(first: number, messages: readonly StoredMessage[]): void;
  /** What lies before an offset is not in the table any more. */
  forgotten(before: number): void;
  /** @param position where the reader goes on */
  open(position: () => number): OpenedPartition;
  /** A reader has got on. */
  trim(): void;
}

export interface OpenedPartition {
  readonly source: PartitionSource;
  close(): void;
}

export interface LogPartitionDeps {
  readonly kept: KeptPartition;
  /** Reads some messages from an offset on out of the table; none when the signal aborted, or when they have gone. */
  readonly read: (from: number, ending: AbortSignal, haveGone: () => boolean) => Promise<readonly StoredMessage[]>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly limits: Pick<PostgresLogLimits, 'maxRecentMessages' | 'maxRecentBytes'>;
}

interface Recent {
  readonly message: StoredMessage;
  readonly bytes: number;
  readonly arrivedMs: number;
}

export const createLogPartition = ({ kept, read, clock, limits }: LogPartitionDeps): LogPartition => {
  let { first, next } = kept;
  /** By offset, without a hole up to the newest. */
  const recent = new Map<number, Recent>();
  let recentFirst = next;
  let recentBytes = 0;
  const positions = new Set<() => number>();
  const watchers = new Set<() => void>();

  const trim = () => {
    const needed = positions.size === 0 ? next : Math.min(...[...positions].map((position) => position()));
    const isTooMuch = () => recent.size > limits.maxRecentMessages || recentBytes > limits.maxRecentBytes;
    while (recent.size > 0 && (recentFirst < needed || isTooMuch())) {
      recentBytes -= recent.get(recentFirst)?.bytes ?? 0;
      recent.delete(recentFirst++);
    }
  };
  const takeRecent = (from: number, max: number): StoredMessage[] => {
    const taken: StoredMessage[] = [];
    for (let one = recent.get(from); one && taken.length < max; one = recent.get(from + taken.length))
      taken.push(one.message);
    return taken;
  };

  return {
    bounds: () => ({ first, next }),
    appended: (begin, messages) => {
      if (begin !== next) {
        // What lies between was written although nobody was told so: it is read from the table.
        recent.clear();
        recentBytes = 0;
        recentFirst = begin;
      }
      const arrivedMs = clock.monotonic();
      for (const [at, message] of messages.entries()) {
        const bytes = messageBytes(message);
        recent.set(begin + at, { message, bytes, arrivedMs });
        recentBytes += bytes;
      }
      next = begin + messages.length;
      trim();
      for (const run of [...watchers]) run();
    },
    forgotten: (before) => {
      first = before;
    },
    open: (position) => {
      positions.add(position);
      /** Read already, and not asked for yet. */
      let ahead: StoredMessage[] = [];
      const source: PartitionSource = {
        bounds: () => ({ first, next }),
        arrivedAt: (offset) => recent.get(offset)?.arrivedMs,
        read: async (from, max, ending) => {
          const taken = takeRecent(from, max);
          if (taken.length > 0) {
            ahead = [];
            return taken;
          }
          if (ahead[0]?.offset !== String(from)) ahead = [...(await read(from, ending, () => from < first))];
          return ahead.splice(0, max);
        },
        watch: (run) => {
          watchers.add(run);
          return () => void watchers.delete(run);
        },
      };
      return { source, close: () => void positions.delete(position) };
    },
    trim,
  };
};
