/** Every bound of the adapter. Milliseconds and bytes. */
export interface PostgresLogLimits {
  /** How many messages of a topic are kept, and for how long, once every group has read them. */
  readonly maxMessages: number;
  readonly keepMs: number;
  /** How many are kept for a group that has not read them. */
  readonly maxUnreadMessages: number;
  /** How large a message may be, key and headers included: what the log on Kafka takes. */
  readonly maxMessageBytes: number;
  /** Messages of a topic that may wait to be written; past either bound the oldest published ones are dropped. */
  readonly maxWaitingMessages: number;
  readonly maxWaitingBytes: number;
  /** What one transaction writes. A larger message goes alone. */
  readonly maxWriteMessages: number;
  readonly maxWriteBytes: number;
  /** What one statement reads. A larger batch comes alone. */
  readonly maxReadMessages: number;
  readonly maxReadBytes: number;
  /** What of a partition is kept in memory for groups that are nearly there. */
  readonly maxRecentMessages: number;
  readonly maxRecentBytes: number;
  /** Groups are committed once in this time. */
  readonly commitEveryMs: number;
  /** How long after a start no group is given up: it may be away because the run was off. */
  readonly returnMs: number;
  /** How often is looked for what need not be kept any more. */
  readonly forgetEveryMs: number;
  /** What one transaction removes. */
  readonly maxForgetBatches: number;
  readonly maxForgetBytes: number;
  /** How long `append` may take. */
  readonly appendTimeoutMs: number;
  /** How long `offsets` and `offsetsAt` may take. */
  readonly answerTimeoutMs: number;
  /** How long `close` goes on writing. */
  readonly closeMs: number;
  /** The pauses between attempts grow from the one to the other. */
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
}

export const postgresLogLimits: PostgresLogLimits = {
  maxMessages: 100_000,
  keepMs: 30 * 86_400_000,
  maxUnreadMessages: 1_000_000,
  maxMessageBytes: 900_000,
  maxWaitingMessages: 20_000,
  maxWaitingBytes: 16 * 2 ** 20,
  maxWriteMessages: 1_000,
  maxWriteBytes: 2 ** 18,
  maxReadMessages: 1_000,
  maxReadBytes: 2 ** 20,
  maxRecentMessages: 1_000,
  maxRecentBytes: 2 ** 19,
  commitEveryMs: 1_000,
  returnMs: 3_600_000,
  forgetEveryMs: 60_000,
  maxForgetBatches: 500,
  maxForgetBytes: 4 * 2 ** 20,
  appendTimeoutMs: 15_000,
  answerTimeoutMs: 5_000,
  closeMs: 5_000,
  minRetryMs: 100,
  maxRetryMs: 5_000,
};
