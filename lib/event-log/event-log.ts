import type { EventMessage, StoredMessage } from '../events/message.js';
import type { GroupMember, Membership } from './membership.js';

export type { EventMessage, StoredMessage, TopicSettings } from '../events/message.js';
export type { GroupMember, Membership } from './membership.js';
export { partitionOf } from './partition.js';

/**
 * A durable, ordered log of messages in topics and partitions, as Kafka has it. The one on Kafka serves any number of
 * processes, that in the tables of a PostgreSQL one process, that in memory ends with its process.
 */
export interface EventLog {
  /**
   * Takes a message for sending; never waits. Messages of one key keep their order. While the log is away they wait in
   * a bounded buffer; when that is full the oldest are dropped and counted. At least once: a message whose
   * acknowledgement was lost may be written twice.
   */
  publish(topic: string, message: EventMessage): void;
  /**
   * Writes messages and resolves when the log has acknowledged all of them.
   * @throws AppError `unavailable` when it did not within a bound (they may still arrive), `payload_too_large` for a
   * message that the log would never take (others of them may be written). Many that it takes one by one it takes
   * together as well.
   */
  append(topic: string, messages: readonly EventMessage[]): Promise<void>;
  /**
   * Reads a topic as a member of a group, batch by batch. The next batch of a
   * partition comes after the handler resolved; only then is the old one committed. A handler that throws, whatever it
   * throws, gets the same messages again after a pause. At least once, in order per partition. Resolves also while the
   * log is away; messages come once it is there.
   */
  consume(topic: string, options: ConsumeOptions, handler: BatchHandler): Promise<Consumer>;
  /**
   * What the partitions of a topic hold, in their order, and how far a group has come.
   * @throws AppError `unavailable` when the log did not say within a bound.
   */
  offsets(topic: string, group?: string): Promise<readonly PartitionOffsets[]>;
  /**
   * Of each partition the first message that was written at a moment (epoch milliseconds) or later: decimal offsets in
   * the order of the partitions, `next` where there is none. It may be one that is not kept any more.
   * @throws AppError `unavailable` when the log did not say within a bound.
   */
  offsetsAt(topic: string, timeMs: number): Promise<readonly string[]>;
  /**
   * Joins a group whose members share the partitions of a topic, each with one member, without reading it. Returns at
   * once, and joins and comes back by itself; what is the member's is told to it. A member that ends orderly hands over
   * at once, one that is killed within its session time.
   */
  join(topic: string, group: string, member: GroupMember): Membership;
  /** Undefined when the log takes messages and its consumers are in their groups, else what is wrong. */
  check(): Promise<string | undefined>;
  /**
   * Closes the consumers, sends what is buffered (bounded, and no longer than until the signal), then closes.
   * Idempotent.
   */
  close(until?: AbortSignal): Promise<void>;
}

/** Offsets are decimal texts. */
export interface PartitionOffsets {
  readonly partition: number;
  /** The oldest message that is kept. */
  readonly first: string;
  /** What the next message will get: one past the newest. */
  readonly next: string;
  /** What the group reads next; missing when no group was asked for or it has committed nothing yet. */
  readonly committed?: string;
}

export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly StoredMessage[];
  /**
   * To be called now and then during long work. Throws when the partition moved to another member: stop, somebody else
   * does it.
   */
  heartbeat(): Promise<void>;
}

export type BatchHandler = (batch: Batch) => Promise<void>;

export interface ConsumeOptions {
  readonly group: string;
  /** A batch is handed over at once when this many messages wait. */
  readonly minBatchMessages: number;
  /** Never more than this many messages a batch; at least `minBatchMessages`. */
  readonly maxBatchMessages: number;
  /** A smaller batch is handed over after this time. */
  readonly maxBatchWaitMs: number;
  /**
   * Where a group begins that has committed nothing yet. `newest`: at what is written after it has begun, which it has
   * when `offsets` says how far it has come; then it goes on where it was after every cut, as every group. Default
   * `oldest`.
   */
  readonly from?: 'oldest' | 'newest';
}

export interface Consumer {
  /**
   * Messages not yet handled, over all partitions of this member. @throws AppError `unavailable` as `offsets` does, and
   * while it is out of its group.
   */
  lag(): Promise<number>;
  /**
   * Waits for the running handler and commits its work, then leaves the group. After the signal nothing is waited for:
   * what a handler still does is done once more by who reads on.
   */
  close(until?: AbortSignal): Promise<void>;
  /**
   * Settles with the reason only when the consumer died for good: it will hand over nothing more, and who depends on it
   * should end. Being cut off from the log is no such reason, it goes on when the log is back.
   */
  readonly failed: Promise<Error>;
}
