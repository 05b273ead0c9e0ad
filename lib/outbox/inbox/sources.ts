import { and, eq, getTableColumns, lt, sql } from 'drizzle-orm';
import type { Database, DatabaseTime } from '../../postgres/postgres.js';
import type { InboxTables } from './taking/tables.js';

export interface SourcesDeps {
  readonly db: Database;
  readonly tables: Pick<InboxTables, 'eventSources'>;
  readonly time: DatabaseTime;
}

/** How far an owner's events were read from its own table. */
export interface SourceRead {
  readonly epoch: number;
  readonly afterSeq: number;
  /** Whether all were read at least once. */
  readonly isKnown: boolean;
  /** Whether they are being read. */
  readonly isRead: boolean;
  /** Whether nothing is left to read once an answer from now on has no more. */
  readonly isSettled: boolean;
}

/**
 * An owner tells what is a minute old. Only what is read after that holds everything that was written before the reading
 * began.
 */
const settledS = 90;

/** How far the owners' events were read, as the database has it. */
export const createSources = ({ db, tables: { eventSources }, time }: SourcesDeps) => {
  const settled = () => sql`${time()} + make_interval(secs => ${settledS})`;
  const of = (source: string) => eq(eventSources.source, source);
  return {
    find: async (source: string): Promise<SourceRead> => {
      const isSettled = sql<boolean>`coalesce(${eventSources.readUntil} <= ${time()}, false)`;
      const [row] = await db
        .select({ ...getTableColumns(eventSources), isSettled })
        .from(eventSources)
        .where(of(source));
      if (row) {
        const { epoch, afterSeq, readAt, readUntil } = row;
        return { epoch, afterSeq, isKnown: readAt !== null, isRead: readUntil !== null, isSettled: row.isSettled };
      }
      await db
        .insert(eventSources)
        .values({ source, epoch: 0, afterSeq: 0, readUntil: settled() })
        .onConflictDoNothing();
      return { epoch: 0, afterSeq: 0, isKnown: false, isRead: true, isSettled: false };
    },
    /** It was restored from a backup: all of it is read anew. */
    raise: async (source: string, epoch: number): Promise<void> => {
      await db
        .update(eventSources)
        .set({ epoch, afterSeq: 0, readUntil: settled() })
        .where(and(of(source), lt(eventSources.epoch, epoch)));
    },
    /** Messages of the log went by: what was written since is read from where the last reading ended. */
    again: async (source: string): Promise<void> => {
      await db.update(eventSources).set({ readUntil: settled() }).where(of(source));
    },
    /** @param epoch under which it was read */
    advance: async (source: string, epoch: number, afterSeq: number): Promise<void> => {
      await db
        .update(eventSources)
        .set({ epoch, afterSeq: sql`greatest(${eventSources.afterSeq}, ${afterSeq})` })
        .where(and(of(source), sql`${eventSources.epoch} in (0, ${epoch})`));
    },
    /** It was read to its end. @param found of before the last answer */
    ended: async (source: string, epoch: number, found: SourceRead): Promise<void> => {
      await db
        .update(eventSources)
        .set({
          epoch,
          readAt: sql`coalesce(${eventSources.readAt}, ${time()})`,
          // Unless it is to be read again since.
          ...(found.isSettled
            ? { readUntil: sql`nullif(greatest(${eventSources.readUntil}, ${time()}), ${time()})` }
            : {}),
        })
        .where(and(of(source), sql`${eventSources.epoch} in (0, ${epoch})`));
    },
  };
};
