/** A topic with the partitions it is created with where it does not exist yet. */
export interface TopicSettings {
  readonly name: string;
  readonly partitions: number;
  /**
   * How long its messages are kept at least, where the log keeps them by time. Default what the log is set to.
   */
  readonly keepMs?: number;
}

export interface EventMessage {
  /** Decides the partition; '' is a key like every other. */
  readonly key: string;
  /** JSON text, or bytes. */
  readonly value: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface StoredMessage {
  /** Decimal text; grows by one within a partition, with holes possible. */
  readonly offset: string;
  /** '' also when the message had none. */
  readonly key: string;
  /** Empty also when the message had none. */
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestampMs: number;
}
