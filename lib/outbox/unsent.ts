import { and, asc, getTableColumns, inArray, isNull, notInArray, sql } from 'drizzle-orm';
import type { Database, DatabaseTime } from '../postgres/postgres.js';
import { epochOf } from './epoch.js';
import type { EventRow, OutboxTables } from './tables.js';

/** What the relay asks of the database. */
export interface Unsent {
  /**
   * The oldest of them, at most `limit`, with the epoch that they are sent under. Empty where there are none.
   * @param but topics of which none are wanted
   */
  read(limit: number, but: readonly string[]): Promise<readonly UnsentRow[]>;
  /** The one that waits longest. */
  oldest(): Promise<Waiting | undefined>;
  /** Notes that the log has acknowledged them. */
  sent(rows: readonly Pick<UnsentRow, 'seq'>[]): Promise<void>;
}

export interface Waiting {
  readonly seq: number;
  /** For how long it waits, by the clock of the database; 0 where that was set back behind it. */
  readonly ageS: number;
}

export type UnsentRow = Omit<EventRow, 'sentAt'> & Waiting & { readonly epoch: number };

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
    read: (limit, but) =>
      db
        .select({ ...columns, epoch: epochOf(tables), ageS: age() })
        .from(events)
        .where(and(pending, notInArray(events.topic, [...but])))
        .orderBy(asc(events.seq))
        .limit(limit),
    oldest: async () => {
      const waiting = db.select({ seq: events.seq, ageS: age() }).from(events).where(pending);
      const [oldest] = await waiting.orderBy(asc(events.seq)).limit(1);
      return oldest;
    },
    sent: async (rows) => {
      const seqs = rows.map(({ seq }) => seq);
      await db.update(events).set({ sentAt: time() }).where(inArray(events.seq, seqs));
    },
  };
};
