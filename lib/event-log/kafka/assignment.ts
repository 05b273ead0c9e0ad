import type { Clock } from '../../clock/clock.js';
import type { Logger } from '../../telemetry/telemetry.js';
import type { BatchHandler, ConsumeOptions, StoredMessage } from '../event-log.js';
import { createPartitionBuffer, type PartitionBuffer } from '../reading/partition-buffer.js';
import { type PartitionReader, startPartitionReader } from '../reading/partition-reader.js';
import type { KafkaCommitter } from './committer.js';
import type { KafkaLimits } from './limits.js';

export interface KafkaAssignmentOptions {
  readonly topic: string;
  readonly consume: ConsumeOptions;
  readonly handler: BatchHandler;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: KafkaLimits;
  readonly committer: KafkaCommitter;
  /** The partition may be read on. */
  readonly resume: (partition: number) => void;
}

interface Owned {
  readonly buffer: PartitionBuffer;
  readonly reader: PartitionReader;
  /** One past the newest message that was read, once there is one. */
  next: bigint | undefined;
  handling: boolean;
}

/** The partitions that a member of a group has at the moment, each with what was read of it and its reader. */
export interface KafkaAssignment {
  /** Exactly these partitions from now on. @returns where those that stay are to be read on. */
  assign(partitions: readonly number[]): ReadonlyMap<number, bigint>;
  /** Takes what was read, also when that is more than enough. `foreign`: not taken, the partition is not owned. */
  take(partition: number, messages: readonly StoredMessage[], bytes: number): 'more' | 'enough' | 'foreign';
  partitions(): readonly number[];
  /** No handler begins until the next `assign`. */
  pause(): void;
  /** Whether a handler runs. */
  isHandling(): boolean;
  /** No further batch; resolves when the running handlers ended. */
  finish(): Promise<void>;
}

/** What a message of ours takes up while it waits. A batch of many must not be cut short by the bound of bytes. */
const usualMessageBytes = 1_024;

export const createKafkaAssignment = (options: KafkaAssignmentOptions): KafkaAssignment => {
  const { topic, consume, handler, clock, log, limits, committer, resume } = options;
  const owned = new Map<number, Owned>();
  const held = new Set<() => void>();
  let holding = false;

  const turn = async (ending: AbortSignal): Promise<void> => {
    while (holding && !ending.aborted) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          ending.removeEventListener('abort', wake);
          resolve();
        };
        held.add(wake);
        ending.addEventListener('abort', wake, { once: true });
      });
    }
  };
  const own = (partition: number) => {
    const buffer = createPartitionBuffer({
      clock,
      consume,
      maxMessages: 2 * consume.maxBatchMessages,
      maxBytes: Math.max(limits.maxUnhandledBytesPerPartition, consume.maxBatchMessages * usualMessageBytes),
      onRoom: () => resume(partition),
    });
    const reader = startPartitionReader({
      topic,
      partition,
      clock,
      log,
      handler: async (batch) => {
        mine.handling = true;
        try {
          await handler(batch);
        } finally {
          mine.handling = false;
        }
      },
      nextBatch: buffer.nextBatch,
      turn,
      commit: (next, ending) => committer.commit(partition, next, ending),
    });
    const mine: Owned = { buffer, reader, next: undefined, handling: false };
    owned.set(partition, mine);
  };

  return {
    assign: (partitions) => {
      for (const [partition, { reader }] of owned) {
        if (partitions.includes(partition)) continue;
        reader.revoke();
        owned.delete(partition);
        committer.forget(partition);
        // It may come back, and would else not be read then.
        resume(partition);
      }
      const positions = new Map<number, bigint>();
      for (const partition of partitions) {
        const next = owned.get(partition)?.next;
        if (next !== undefined) positions.set(partition, next);
        if (!owned.has(partition)) own(partition);
      }
      committer.hurry();
      holding = false;
      for (const wake of held) wake();
      held.clear();
      return positions;
    },
    take: (partition, messages, bytes) => {
      const mine = owned.get(partition);
      const from = messages[0];
      const last = messages.at(-1);
      if (!mine) return 'foreign';
      if (!from || !last) return 'more';
      if (mine.next !== undefined && BigInt(from.offset) !== mine.next) {
        log.warn(
          { topic, partition, expected: String(mine.next), found: from.offset },
          'The log does not go on where it ended.',
        );
      }
      mine.next = BigInt(last.offset) + 1n;
      mine.buffer.add(messages, bytes);
      return mine.buffer.isFull() ? 'enough' : 'more';
    },
    partitions: () => [...owned.keys()],
    pause: () => {
      holding = true;
    },
    isHandling: () => [...owned.values()].some(({ handling }) => handling),
    finish: async () => {
      await Promise.all([...owned.values()].map(({ reader }) => reader.finish()));
    },
  };
};
