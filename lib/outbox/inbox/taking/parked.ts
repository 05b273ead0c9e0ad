import { and, asc, eq, isNotNull, isNull, lte, sql } from 'drizzle-orm';
import type { Database, DatabaseTime } from '../../../postgres/postgres.js';
import type { Incoming } from './incoming.js';
import type { InboxTables } from './tables.js';

export interface ParkedDeps {
  readonly db: Database;
  readonly tables: Pick<InboxTables, 'inbox' | 'parkedStreams'>;
  readonly time: DatabaseTime;
}

export interface ParkedStream {
  readonly stream: string;
  readonly source: string;
  readonly topic: string;
  /** The event that it stands at, where nobody can be asked for it. */
  readonly body: string | null;
  /** As the database writes it, to the microsecond. */
  readonly parkedAt: string;
}

/** So many are named where operators look. */
const maxNamed = 5;
/** So many of one source go on in one round. */
const maxReleased = 20;

/** Streams that stand still because of one event, until somebody releases them. */
export const createParked = ({ db, tables, time }: ParkedDeps) => {
  const { inbox, parkedStreams } = tables;
  const parkedAt = sql<string>`${parkedStreams.parkedAt}::text`;
  return {
    park: async ({ stream, source, epoch, version, of, letter }: Incoming, reason: string): Promise<void> => {
      const body = of.owner ? null : Buffer.from(letter.message.value).toString();
      const row = { topic: of.topic.name, source, epoch, version, reason, body, parkedAt: time(), releasedAt: null };
      await db.transaction(async (tx) => {
        // Who looks where a stream stands sees there that it is parked.
        await tx.insert(inbox).values({ stream, source, epoch: 0, version: 0 }).onConflictDoNothing();
        await tx
          .insert(parkedStreams)
          .values({ stream, ...row })
          .onConflictDoUpdate({ target: parkedStreams.stream, set: row });
      });
    },
    /** How many there are, and some of them. */
    look: async (): Promise<{ readonly count: number; readonly named: readonly string[] }> => {
      const rows = await db
        .select({ stream: parkedStreams.stream, count: sql<number>`count(*) over ()::int` })
        .from(parkedStreams)
        .where(isNull(parkedStreams.releasedAt))
        .orderBy(asc(parkedStreams.parkedAt), asc(parkedStreams.stream))
        .limit(maxNamed);
      return { count: rows[0]?.count ?? 0, named: rows.map(({ stream }) => stream) };
    },
    /** The sources of those that go on. */
    releasedSources: async (): Promise<readonly string[]> => {
      const rows = await db
        .selectDistinct({ source: parkedStreams.source })
        .from(parkedStreams)
        .where(isNotNull(parkedStreams.releasedAt));
      return rows.map(({ source }) => source);
    },
    /**
     * Those of a source that go on: nothing is left out of them any more.
     * @param after first those that come after this one by name, then the others
     */
    released: (source: string, after = ''): Promise<readonly ParkedStream[]> =>
      db
        .select({
          stream: parkedStreams.stream,
          source: parkedStreams.source,
          topic: parkedStreams.topic,
          body: parkedStreams.body,
          parkedAt,
        })
        .from(parkedStreams)
        .where(and(eq(parkedStreams.source, source), isNotNull(parkedStreams.releasedAt)))
        .orderBy(lte(parkedStreams.stream, after), asc(parkedStreams.stream))
        .limit(maxReleased),
    /**
     * All of it was taken in, unless it was parked again since it was read: who released it then meant another attempt.
     */
    goneOn: async (gone: Pick<ParkedStream, 'stream' | 'parkedAt'>): Promise<void> => {
      const isSame = and(eq(parkedStreams.stream, gone.stream), eq(parkedAt, gone.parkedAt));
      await db.delete(parkedStreams).where(and(isSame, isNotNull(parkedStreams.releasedAt)));
    },
  };
};

/** So many are told of, the oldest first. */
const maxListed = 100;

/** Streams that are parked and not released, with the event that each stands at. */
export const listParked = ({ db, tables: { parkedStreams } }: Pick<ParkedDeps, 'db' | 'tables'>) =>
  db
    .select()
    .from(parkedStreams)
    .where(isNull(parkedStreams.releasedAt))
    .orderBy(asc(parkedStreams.parkedAt), asc(parkedStreams.stream))
    .limit(maxListed);

/**
 * Lets a parked stream go on with the event that it was parked for; the service sees it within seconds.
 * @returns whether there was one of that name
 */
export const releaseStream = async ({ db, tables, time }: ParkedDeps, stream: string): Promise<boolean> => {
  const { parkedStreams } = tables;
  const released = await db
    .update(parkedStreams)
    .set({ releasedAt: time() })
    .where(eq(parkedStreams.stream, stream))
    .returning({ stream: parkedStreams.stream });
  return released.length > 0;
};
