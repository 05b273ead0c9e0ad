import type { Database, DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, asc, gt, inArray, isNotNull, sql } from 'drizzle-orm';
import { adoption, profiles } from '../schema.js';
import type { HoldingClient } from './holding-client.js';

/** For coins that builds of before number while others are handed over already. */
const roomForIds = 100_000;
/** Of one statement. */
const pieceUsers = 1_000;

/** When the coins of this database began to be the portfolio service's. Throws what the database throws. */
export interface Beginning {
  /** Whether they did: then whoever has none yet gets them there. */
  isBegun(): Promise<boolean>;
  /**
   * Has them begin, where a portfolio service is there; from then on they stay its. @returns whether they did
   * @throws AppError unavailable where they did, and it is away before it has heard of it
   */
  begin(): Promise<boolean>;
  /**
   * Has everybody's coins go there once more, because it has not heard of any: it was restored to before the beginning,
   * or is empty.
   */
  beginAnew(): Promise<void>;
}

export interface BeginningDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly client: Pick<HoldingClient, 'keepsCoins' | 'beginAdoption'>;
}

/** The highest number that any coin was ever given here. */
const lastIdOf = async (tx: Transaction): Promise<number> => {
  const last = sql<number>`coalesce(pg_sequence_last_value(pg_get_serial_sequence('coins', 'id')::regclass), 0)`;
  const [found] = await tx.select({ last: last.mapWith(Number) }).from(sql`(select 1) as one`);
  return found?.last ?? 0;
};

export const createBeginning = ({ db, time, client }: BeginningDeps): Beginning => {
  /** Asked for once; where that is taken back, the portfolio service says so. */
  let opened = false;

  const find = async () => {
    const [found] = await db.select().from(adoption);
    return found;
  };
  const note = () =>
    db.transaction(async (tx) => {
      // Whoever makes a profile holds it shared: those before are seen, and those after begin with nothing here.
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('adoption', 0))`);
      const somebody = await tx.select({ id: profiles.id }).from(profiles).limit(1);
      const highestId = somebody.length > 0 ? (await lastIdOf(tx)) + roomForIds : 0;
      await tx.insert(adoption).values({ begunAt: time(), highestId }).onConflictDoNothing();
    });
  /** @returns the last of them; undefined where there were no more */
  const doubtSome = (after: string): Promise<string | undefined> =>
    db.transaction(async (tx) => {
      const some = await tx
        .select({ id: profiles.id })
        .from(profiles)
        .where(and(gt(profiles.id, after), isNotNull(profiles.adoptedAt)))
        .orderBy(asc(profiles.id))
        .limit(pieceUsers)
        .for('update');
      const ids = some.map(({ id }) => id);
      if (ids.length > 0)
        await tx
          .update(profiles)
          .set({ adoptedAt: null, versionBase: sql`${profiles.version}` })
          .where(inArray(profiles.id, ids));
      return ids.length < pieceUsers ? undefined : ids.at(-1);
    });
  return {
    isBegun: async () => opened || (await find()) !== undefined,
    begin: async () => {
      if (opened) return true;
      let begun = await find();
      if (!begun) {
        if (!(await client.keepsCoins())) return false;
        await note();
        begun = await find();
        if (!begun) throw new Error('the beginning was not noted');
      }
      if (begun.openedAt === null) {
        await client.beginAdoption(begun.highestId);
        await db.update(adoption).set({ openedAt: sql`coalesce(${adoption.openedAt}, ${time()})` });
      }
      opened = true;
      return true;
    },
    beginAnew: async () => {
      opened = false;
      // Users first: whoever is killed here hears once more that nothing is known there.
      for (let after: string | undefined = ''; after !== undefined; ) after = await doubtSome(after);
      // What was numbered there before keeps its number too, and so does what comes of it late.
      const highestId = sql`greatest(${adoption.highestId}, (select max(id) + ${roomForIds}::bigint from coins))`;
      await db.update(adoption).set({ openedAt: null, highestId });
    },
  };
};
