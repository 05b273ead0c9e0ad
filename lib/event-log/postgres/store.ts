import { and, asc, eq, gte, inArray, lt, lte, max, min, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../postgres/postgres.js';
import type { StoredMessage } from '../event-log.js';
import { readBatchBody } from './batch-body.js';
import type { PostgresLogLimits } from './limits.js';
import { batches, groups, partitions } from './tables.js';

/** What is kept of a partition: messages from offset `first` (inclusive) to `next` (exclusive). */
export interface KeptPartition {
  readonly topic: string;
  readonly partition: number;
  readonly first: number;
  readonly next: number;
}

/** What a group reads next, and when it last got on. */
export interface StoredPosition {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly committed: number;
  readonly at: Date;
}

export interface NewBatch {
  readonly partition: number;
  readonly count: number;
  readonly body: Buffer;
}

/** A batch without its messages. */
export interface BatchHead {
  readonly partition: number;
  readonly first: number;
  readonly count: number;
  readonly bytes: number;
  readonly at: Date;
}

/** The tables of the log. Everything throws what the database says. */
export interface LogStore {
  load(): Promise<{ readonly partitions: readonly KeptPartition[]; readonly positions: readonly StoredPosition[] }>;
  /** Makes a topic where there is none. @returns its partitions, in their order */
  make(topic: string, count: number): Promise<readonly KeptPartition[]>;
  /** @param written at most one of a partition @returns the first offset of each */
  append(topic: string, written: readonly NewBatch[], at: Date): Promise<ReadonlyMap<number, number>>;
  /** Some messages of a partition from an offset on. */
  read(topic: string, partition: number, from: number): Promise<readonly StoredMessage[]>;
  /** By partition, where there is one: the first message that was written at a moment or later. */
  firstSince(topic: string, moment: Date): Promise<ReadonlyMap<number, number>>;
  commit(positions: readonly StoredPosition[]): Promise<void>;
  /** The oldest of a partition, at most `limit`. */
  heads(partition: KeptPartition, limit: number): Promise<readonly BatchHead[]>;
  /** Removes, by partition, what lies before an offset. */
  forget(topic: string, before: ReadonlyMap<number, number>): Promise<void>;
}

type StoreLimits = Pick<PostgresLogLimits, 'maxReadMessages' | 'maxReadBytes'>;

export const createLogStore = (db: Database, { maxReadMessages, maxReadBytes }: StoreLimits): LogStore => {
  const inTopic = (topic: string) => eq(batches.topic, topic);
  const inPartition = (topic: string, partition: number): SQL | undefined =>
    and(inTopic(topic), eq(batches.partition, partition));
  const counterOf = (topic: string, partition: number) =>
    and(eq(partitions.topic, topic), eq(partitions.partition, partition));
  const ofTopic = (topic: string) =>
    db.select().from(partitions).where(eq(partitions.topic, topic)).orderBy(asc(partitions.partition));
  return {
    load: async () => ({
      partitions: await db.select().from(partitions).orderBy(asc(partitions.topic), asc(partitions.partition)),
      positions: await db.select().from(groups),
    }),
    make: async (topic, count) => {
      const rows = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
      await db.insert(partitions).values(rows).onConflictDoNothing();
      return ofTopic(topic);
    },
    append: (topic, written, at) =>
      db.transaction(async (tx) => {
        const counts = written.map(({ partition, count }) => sql`when ${partition}::int then ${count}::int`);
        const added = sql`case ${partitions.partition} ${sql.join(counts, sql` `)} else 0 end`;
        const numbers = written.map(({ partition }) => partition);
        const raised = await tx
          .update(partitions)
          .set({ next: sql`${partitions.next} + ${added}` })
          .where(and(eq(partitions.topic, topic), inArray(partitions.partition, numbers)))
          .returning({ partition: partitions.partition, next: partitions.next });
        const nexts = new Map(raised.map(({ partition, next }) => [partition, next]));
        const rows = written.map(({ partition, count, body }) => {
          const next = nexts.get(partition);
          if (next === undefined) throw new Error(`partition ${partition} of ${topic} has no counter`);
          return { topic, partition, first: next - count, count, bytes: body.length, body, at };
        });
        await tx.insert(batches).values(rows);
        return new Map(rows.map(({ partition, first }) => [partition, first]));
      }),
    read: async (topic, partition, from) => {
      const own = inPartition(topic, partition);
      // It may begin before that offset.
      const begin = db
        .select({ first: max(batches.first) })
        .from(batches)
        .where(and(own, lte(batches.first, from)));
      const near = db
        .select({
          first: batches.first,
          at: batches.at,
          body: batches.body,
          bytesBefore: sql<number>`sum(${batches.bytes}) over (order by ${batches.first}) - ${batches.bytes}`.as(
            'before',
          ),
        })
        .from(batches)
        .where(
          and(
            own,
            gte(batches.first, sql`coalesce(${begin}, ${from}::bigint)`),
            lt(batches.first, from + maxReadMessages),
          ),
        )
        .as('near');
      const rows = await db
        .select({ first: near.first, at: near.at, body: sql<string>`encode(${near.body}, 'base64')` })
        .from(near)
        .where(lt(near.bytesBefore, maxReadBytes))
        .orderBy(asc(near.first));
      return rows
        .flatMap(({ first, at, body }) => readBatchBody(Buffer.from(body, 'base64'), first, at.getTime()))
        .filter(({ offset }) => Number(offset) >= from);
    },
    firstSince: async (topic, moment) => {
      const found = await db
        .select({ partition: batches.partition, first: min(batches.first) })
        .from(batches)
        .where(and(inTopic(topic), gte(batches.at, moment)))
        .groupBy(batches.partition);
      return new Map(found.map(({ partition, first }) => [partition, first ?? 0]));
    },
    commit: async (positions) => {
      if (positions.length === 0) return;
      await db
        .insert(groups)
        .values([...positions])
        .onConflictDoUpdate({
          target: [groups.group, groups.topic, groups.partition],
          set: { committed: sql`excluded.committed`, at: sql`excluded.at` },
        });
    },
    heads: ({ topic, partition, first }, limit) =>
      db
        .select({
          partition: batches.partition,
          first: batches.first,
          count: batches.count,
          bytes: batches.bytes,
          at: batches.at,
        })
        .from(batches)
        .where(and(inPartition(topic, partition), gte(batches.first, first)))
        .orderBy(asc(batches.first))
        .limit(limit),
    forget: (topic, before) =>
      db.transaction(async (tx) => {
        for (const [partition, first] of before) {
          await tx.delete(batches).where(and(inPartition(topic, partition), lt(batches.first, first)));
          await tx.update(partitions).set({ first }).where(counterOf(topic, partition));
        }
      }),
  };
};
