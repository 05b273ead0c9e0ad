import { asc, getTableColumns, inArray, isNull, sql } from 'drizzle-orm';
import type { Database, DatabaseTime } from '../postgres/postgres.js';
import { epochOf } from './epoch.js';
import type { EventRow, OutboxTables } from './tables.js';

/** What the relay asks of the database. */
export interface Unsent {
  /** The oldest of them, at most `limit`, with the epoch that they are sent under. Empty where there are none. */
  read(limit: number): Promise<readonly UnsentRow[]>;
  /** For how long the oldest of them waits, in seconds; 0 where there are none. */
  ageS(): Promise<number>;
  /** Notes that the log has acknowledged them. */
  sent(rows: readonly Pick<UnsentRow, 'seq'>[]): Promise<void>;
}

export type UnsentRow = Omit<EventRow, 'sentAt'> & {
  readonly epoch: number;
  /** For how long it waits. */
  readonly ageS: number;
};

export interface UnsentDeps {
  readonly db: Database;
  readonly tables: Pick<OutboxTables, 'events' | 'databaseEpoch'>;
  readonly time: DatabaseTime;
}

/**
 * Rows that are pending, never those behind a number: numbers are given out before the commit, and who remembers the
 * highest loses what commits later.
 */
export const createUnsent = ({ db, tables, time }: UnsentDeps): Unsent => {
  const { events } = tables;
  const age = () => sql<number>`greatest(0, extract(epoch from ${time()} - ${events.createdAt}))::float8`;
  const pending = isNull(events.sentAt);
  const { sentAt: _, ...columns } = getTableColumns(events);
  return {
    read: (limit) =>
      db
        .select({ ...columns, epoch: epochOf(tables), ageS: age() })
        .from(events)
        .where(pending)
        .orderBy(asc(events.seq))
        .limit(limit),
    ageS: async () => {
      const [oldest] = await db.select({ ageS: age() }).from(events).where(pending).orderBy(asc(events.seq)).limit(1);
      return oldest?.ageS ?? 0;
    },
    sent: async (rows) => {
      const seqs = rows.map(({ seq }) => seq);
      await db.update(events).set({ sentAt: time() }).where(inArray(events.seq, seqs));
    },
  };
};
