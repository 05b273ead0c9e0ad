import { and, eq, sql } from 'drizzle-orm';
import type { PartitionOffsets } from '../../event-log/event-log.js';
import type { Database } from '../../postgres/postgres.js';
import type { InboxTables } from './taking/tables.js';

/** How far the log was read. It decides about no event: it shows that messages went by that nobody here has read. */
export const createPositions = (db: Database, { logPositions }: Pick<InboxTables, 'logPositions'>) => {
  /** What this process expects next; another may have read on since. */
  const expected = new Map<string, bigint>();
  const keyOf = (topic: string, partition: number) => `${topic} ${partition}`;
  const find = async (topic: string, partition: number): Promise<bigint | undefined> => {
    const [row] = await db
      .select({ nextOffset: logPositions.nextOffset })
      .from(logPositions)
      .where(and(eq(logPositions.topic, topic), eq(logPositions.partition, partition)));
    return row?.nextOffset;
  };
  return {
    /** Whether messages before this one went by since the last that was noted: they are kept no longer, say. */
    isBehind: async (topic: string, partition: number, first: bigint): Promise<boolean> => {
      if (expected.get(keyOf(topic, partition)) === first) return false;
      const next = await find(topic, partition);
      return next !== undefined && first > next;
    },
    /** The same of a whole topic before it is read: also where the log is another one than before. */
    isLost: async (topic: string, partitions: readonly PartitionOffsets[]): Promise<boolean> => {
      for (const { partition, first, next, committed } of partitions) {
        const at = await find(topic, partition);
        if (at === undefined) continue;
        if (BigInt(first) > at || BigInt(next) < at || (committed !== undefined && BigInt(committed) > at)) return true;
      }
      return false;
    },
    note: async (topic: string, partition: number, nextOffset: bigint): Promise<void> => {
      await db
        .insert(logPositions)
        .values({ topic, partition, nextOffset })
        .onConflictDoUpdate({
          target: [logPositions.topic, logPositions.partition],
          set: { nextOffset: sql`excluded.next_offset` },
        });
      expected.set(keyOf(topic, partition), nextOffset);
    },
  };
};
