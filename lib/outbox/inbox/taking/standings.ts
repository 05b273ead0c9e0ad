import { and, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../../postgres/postgres.js';
import { nowhere, type Standing } from './judge.js';
import type { InboxTables } from './tables.js';

interface StreamOf {
  readonly stream: string;
  readonly source: string;
}

export type Standings = Map<string, Standing>;

/** Where streams stand, as the database has it. */
export const createStandings = ({ inbox, parkedStreams }: Pick<InboxTables, 'inbox' | 'parkedStreams'>) => {
  const namesOf = (streams: readonly StreamOf[]) => [...new Set(streams.map(({ stream }) => stream))].sort();
  const select = (on: Database, names: readonly string[]) =>
    on
      .select({
        stream: inbox.stream,
        epoch: inbox.epoch,
        version: inbox.version,
        isParked: sql<boolean>`${parkedStreams.stream} is not null and ${parkedStreams.releasedAt} is null`,
      })
      .from(inbox)
      .leftJoin(parkedStreams, eq(parkedStreams.stream, inbox.stream))
      .where(inArray(inbox.stream, [...names]))
      .orderBy(inbox.stream);
  const mapOf = (rows: readonly (Standing & { readonly stream: string })[]): Standings =>
    new Map(rows.map(({ stream, ...standing }) => [stream, standing]));
  return {
    /** Without a lock: what is found may be other at once. */
    read: async (db: Database, streams: readonly StreamOf[]): Promise<Standings> =>
      mapOf(await select(db, namesOf(streams))),
    /** Nobody else takes these streams in until the transaction ends. Those that are new have a row then. */
    lock: async (tx: Transaction, streams: readonly StreamOf[]): Promise<Standings> => {
      const names = namesOf(streams);
      const lock = async () => mapOf(await select(tx, names).for('update', { of: inbox }));
      const found = await lock();
      const sources = new Map(streams.map(({ stream, source }) => [stream, source]));
      const missing = names.filter((name) => !found.has(name));
      if (missing.length === 0) return found;
      const rows = missing.map((stream) => ({ stream, source: sources.get(stream) ?? '', epoch: 0, version: 0 }));
      await tx.insert(inbox).values(rows).onConflictDoNothing();
      return lock();
    },
    write: async (tx: Transaction, standings: ReadonlyMap<StreamOf['stream'], StreamOf & Standing>): Promise<void> => {
      const rows = [...standings.values()].map(({ stream, source, epoch, version }) => ({
        stream,
        source,
        epoch,
        version,
      }));
      if (rows.length === 0) return;
      const set = {
        source: sql`excluded.source`,
        epoch: sql`excluded.epoch`,
        version: sql`excluded.version`,
      };
      await tx.insert(inbox).values(rows).onConflictDoUpdate({ target: inbox.stream, set });
    },
    /** Streams that the source has not told anew under this epoch, and that are not parked, in their order. */
    former: async (
      db: Database,
      { source, epoch, after, limit }: { source: string; epoch: number; after: string; limit: number },
    ): Promise<readonly string[]> => {
      const parked = db.select({ stream: parkedStreams.stream }).from(parkedStreams);
      const rows = await db
        .select({ stream: inbox.stream })
        .from(inbox)
        .where(
          and(
            eq(inbox.source, source),
            sql`${inbox.epoch} > 0 and ${inbox.epoch} < ${epoch}`,
            gt(inbox.stream, after),
            sql`${inbox.stream} not in ${parked}`,
          ),
        )
        .orderBy(inbox.stream)
        .limit(limit);
      return rows.map(({ stream }) => stream);
    },
  };
};

export const standingOf = (standings: ReadonlyMap<string, Standing>, stream: string): Standing =>
  standings.get(stream) ?? nowhere;
