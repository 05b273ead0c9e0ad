/** Every bound of the Kafka adapter. Milliseconds and bytes. */
export interface KafkaLimits {
  /** Published messages that may wait to be sent; past either bound the oldest are dropped. */
  readonly maxWaitingMessages: number;
  readonly maxWaitingBytes: number;
  /** How long the first of them waits for company. */
  readonly lingerMs: number;
  /** What one send may carry. All of it may belong to one partition, and Kafka takes 1 MiB at once by default. */
  readonly maxSendMessages: number;
  readonly maxSendBytes: number;
  /** How long `append` may take. */
  readonly appendTimeoutMs: number;
  /** How long `offsets` and `check` may take. */
  readonly answerTimeoutMs: number;
  /** How long `close` goes on sending, and waits for Kafka's answers. */
  readonly closeMs: number;
  readonly connectTimeoutMs: number;
  /** One request, except those in which Kafka waits for other members of a group. */
  readonly requestTimeoutMs: number;
  /** The pauses between attempts grow from the one to the other. */
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
  /** A member of a group that was silent for this long is taken for dead. Kafka's default lower bound is 6 000. */
  readonly sessionTimeoutMs: number;
  /** How often a member shows itself; it hears of a rebalance by that. */
  readonly heartbeatMs: number;
  /** The same for a member that only shares partitions (`join`), which others must be able to take over soon. */
  readonly memberSessionMs: number;
  readonly memberHeartbeatMs: number;
  /** How long a rebalance waits for a member. */
  readonly rebalanceTimeoutMs: number;
  /**
   * How long a rebalance is put off for handlers that are running, so that the next owner need not repeat their work.
   */
  readonly handoverMs: number;
  /** A commit that is not taken for so long is a fault. Longer than a rebalance usually takes. */
  readonly commitLateMs: number;
  /**
   * Kafka answers a fetch when it has this much, or after this time. The time also bounds how long a rebalance and a
   * leaving wait.
   */
  readonly minFetchBytes: number;
  readonly fetchWaitMs: number;
  readonly maxFetchBytesPerPartition: number;
  /**
   * A partition is not read on while this much of it waits for the handler, or twice a full batch; one full batch
   * always has room.
   */
  readonly maxUnhandledBytesPerPartition: number;
  /** A consumer that broke so often, without having been in its group in between, is dead. */
  readonly maxConsumerStarts: number;
  /**
   * A consumer that hears nothing for this long although Kafka answers others is dead. Longer than a rebalance takes.
   */
  readonly silenceMs: number;
}

export const kafkaLimits: KafkaLimits = {
  maxWaitingMessages: 200_000,
  maxWaitingBytes: 64 * 2 ** 20,
  lingerMs: 5,
  maxSendMessages: 5_000,
  maxSendBytes: 900_000,
  appendTimeoutMs: 15_000,
  answerTimeoutMs: 5_000,
  closeMs: 5_000,
  connectTimeoutMs: 3_000,
  requestTimeoutMs: 10_000,
  minRetryMs: 100,
  maxRetryMs: 2_000,
  sessionTimeoutMs: 10_000,
  heartbeatMs: 1_000,
  memberSessionMs: 6_000,
  memberHeartbeatMs: 250,
  rebalanceTimeoutMs: 30_000,
  handoverMs: 3_000,
  commitLateMs: 10_000,
  minFetchBytes: 65_536,
  fetchWaitMs: 100,
  maxFetchBytesPerPartition: 2 ** 20,
  maxUnhandledBytesPerPartition: 8 * 2 ** 20,
  maxConsumerStarts: 10,
  silenceMs: 60_000,
};
