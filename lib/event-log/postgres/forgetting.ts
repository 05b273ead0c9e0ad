import type { BatchHead } from './store.js';

/** What of a topic is kept. */
export interface KeepRules {
  /**
   * So many messages that every group has read, and what was written since, go only beyond the next bound. What is kept
   * for a slow group does not count: it would take the room of other partitions.
   */
  readonly maxMessages: number;
  readonly keptSince: Date;
  /** What a group has not read is kept up to so many messages. */
  readonly maxUnreadMessages: number;
  /** Up to where the slowest group has read a partition. */
  readonly readUpTo: (partition: number) => number;
}

/** What a topic has, all partitions together. */
export interface KeptMessages {
  readonly all: number;
  /** By every group. */
  readonly read: number;
}

/** How much is removed at once. */
export interface ForgetPiece {
  readonly maxBatches: number;
  readonly maxBytes: number;
}

export interface Forgetting {
  /** By partition: what lies before that offset goes. */
  readonly before: ReadonlyMap<number, number>;
  /** How many of them a group has not read. */
  readonly unread: number;
}

/**
 * Which batches of a topic go, the oldest first, whole ones only; what a group has not read only when nothing else can.
 * @param heads of each partition its oldest batches, in the order of their offsets
 */
export const planForgetting = (
  heads: readonly (readonly BatchHead[])[],
  kept: KeptMessages,
  { maxMessages, keptSince, maxUnreadMessages, readUpTo }: KeepRules,
  { maxBatches, maxBytes }: ForgetPiece,
): Forgetting => {
  const queues = heads.map((queue) => [...queue]);
  const before = new Map<number, number>();
  let [left, leftRead, batches, bytes, unread] = [kept.all, kept.read, 0, 0, 0];
  const isRead = ({ partition, first, count }: BatchHead) => first + count <= readUpTo(partition);
  const isSpare = (head: BatchHead) => leftRead - head.count >= maxMessages || head.at < keptSince;
  const oldestOf = (of: readonly BatchHead[]) =>
    of.reduce<BatchHead | undefined>((oldest, head) => (oldest && oldest.at <= head.at ? oldest : head), undefined);
  while (batches < maxBatches && bytes < maxBytes) {
    const first = queues.flatMap(([head]) => (head ? [head] : []));
    // What is missed by nobody goes before what is.
    const going =
      oldestOf(first.filter((head) => isRead(head) && isSpare(head))) ??
      oldestOf(first.filter((head) => left - head.count >= maxUnreadMessages));
    if (!going) break;
    queues.find(([head]) => head === going)?.shift();
    before.set(going.partition, going.first + going.count);
    left -= going.count;
    leftRead -= Math.min(going.count, Math.max(0, readUpTo(going.partition) - going.first));
    batches += 1;
    bytes += going.bytes;
    if (!isRead(going)) unread += going.count;
  }
  return { before, unread };
};
