/** A durable, ordered log of messages in topics and partitions, as Kafka has it. */
export interface EventLog {
  /**
   * Takes a message for sending; never waits. Messages of one key keep their order. While the log is away they wait in
   * a bounded buffer; when that is full the oldest are dropped and counted.
   */
  publish(topic: string, message: EventMessage): void;
  /**
   * Reads a topic as a member of a group, batch by batch. The next batch of a partition comes after the handler resolved;
   * only then is the old one committed. A handler that throws gets the same messages again. At least once, in order per partition.
   */
  consume(topic: string, options: ConsumeOptions, handler: BatchHandler): Promise<Consumer>;
  /** Undefined when the log takes messages, else what is wrong. */
  check(): Promise<string | undefined>;
  /** Sends what is buffered (bounded), then closes. */
  close(): Promise<void>;
}

export interface EventMessage {
  readonly key: string;
  /** JSON text. */
  readonly value: string;
}

export interface StoredMessage {
  /** Decimal text; grows by one within a partition, with holes possible. */
  readonly offset: string;
  readonly key: string;
  readonly value: Buffer;
  readonly timestampMs: number;
}

export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly StoredMessage[];
  /** Keeps the membership alive during long work. Throws when the partition moved to another member. */
  heartbeat(): Promise<void>;
}

export type BatchHandler = (batch: Batch) => Promise<void>;

export interface ConsumeOptions {
  readonly group: string;
  /** At most this many messages a batch. */
  readonly maxBatchMessages: number;
  /** A smaller batch is handed over after this time. */
  readonly maxBatchWaitMs: number;
}

export interface Consumer {
  /** Messages not yet handled, over all partitions of this member. */
  lag(): Promise<number>;
  /** Waits for the running handler, then leaves the group. */
  close(): Promise<void>;
}
