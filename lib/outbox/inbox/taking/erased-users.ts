import { inArray, sql } from 'drizzle-orm';
import type { Database, DatabaseTime, Transaction } from '../../../postgres/postgres.js';
import type { Incoming } from './incoming.js';
import type { InboxTables } from './tables.js';

/** The event that a service erases a user for. */
const deletion = 'user.deleted';
/** For as long as the log has messages. */
const keptDays = 30;
/** Nobody should have an embedded database for long. */
const pageRows = 200;
/** Of the locks of this room, which share their numbers with all others of the database. */
const lockSeed = 7_237_001_524;

/** Users of whom nothing is taken in, because topics have no order between them: an event may come after the end. */
export interface ErasedUsers {
  among(on: Database, events: readonly Incoming[]): Promise<ReadonlySet<string>>;
  /** The same for good: nobody whom these events are about is erased until the transaction ends, save by it. */
  lock(tx: Transaction, events: readonly Incoming[]): Promise<ReadonlySet<string>>;
  /** The same for one who is about to be erased. @returns whether that was done already */
  lockErased(tx: Transaction, userId: string): Promise<boolean>;
  note(tx: Transaction, userId: string): Promise<void>;
  /** Forgets those of whom the log has nothing any more. */
  forgetOld(): Promise<void>;
}

/** Whether taking it in erases its user. */
export const erases = ({ event, userId }: Incoming): boolean => event?.type === deletion && userId !== undefined;

export interface ErasedUsersDeps {
  readonly db: Database;
  readonly tables: Pick<InboxTables, 'erasedUsers' | 'inbox'>;
  readonly time: DatabaseTime;
}

export const createErasedUsers = ({ db, tables, time }: ErasedUsersDeps): ErasedUsers => {
  const { erasedUsers, inbox } = tables;
  const usersOf = (events: readonly Incoming[]) => [...new Set(events.flatMap(({ userId }) => userId ?? []))].sort();
  const among = async (on: Database, users: readonly string[]): Promise<ReadonlySet<string>> => {
    if (users.length === 0) return new Set();
    const rows = await on
      .select({ userId: erasedUsers.userId })
      .from(erasedUsers)
      .where(inArray(erasedUsers.userId, [...users]));
    return new Set(rows.map(({ userId }) => userId));
  };
  const takeLocks = async (
    tx: Transaction,
    how: 'pg_advisory_xact_lock' | 'pg_advisory_xact_lock_shared',
    users: readonly string[],
  ) => {
    if (users.length === 0) return;
    const list = sql.join(
      users.map((user) => sql`${user}`),
      sql`, `,
    );
    // In one order everywhere, so that no two wait for each other.
    await tx.execute(
      sql`select ${sql.raw(how)}(hashtextextended(one, ${lockSeed})) from unnest(array[${list}]::text[]) as one order by one`,
    );
  };
  return {
    among: (on, events) => among(on, usersOf(events)),
    lock: async (tx, events) => {
      const users = usersOf(events);
      const erased = new Set(usersOf(events.filter(erases)));
      await takeLocks(
        tx,
        'pg_advisory_xact_lock_shared',
        users.filter((user) => !erased.has(user)),
      );
      await takeLocks(tx, 'pg_advisory_xact_lock', [...erased]);
      return among(tx, users);
    },
    lockErased: async (tx, userId) => {
      await takeLocks(tx, 'pg_advisory_xact_lock', [userId]);
      return (await among(tx, [userId])).has(userId);
    },
    note: async (tx, userId) => {
      await tx.insert(erasedUsers).values({ userId, erasedAt: time() }).onConflictDoNothing();
    },
    forgetOld: async () => {
      const old = db
        .select({ userId: erasedUsers.userId })
        .from(erasedUsers)
        .where(sql`${erasedUsers.erasedAt} < ${time()} - make_interval(days => ${keptDays})`)
        .limit(pageRows);
      for (;;) {
        const gone = await db.transaction(async (tx) => {
          const rows = await tx.delete(erasedUsers).where(inArray(erasedUsers.userId, old)).returning();
          const users = rows.map(({ userId }) => userId);
          // Streams that are called after a user: `user:<id>`, `watchlist:<id>` and so on. There is an index of just that.
          if (users.length > 0) await tx.delete(inbox).where(inArray(sql`split_part(${inbox.stream}, ':', 2)`, users));
          return users.length;
        });
        if (gone < pageRows) return;
      }
    },
  };
};

/** Of a service that holds nothing of users: takes no lock. */
export const noErasedUsers: ErasedUsers = {
  among: async () => new Set(),
  lock: async () => new Set(),
  lockErased: async () => false,
  note: async () => undefined,
  forgetOld: async () => undefined,
};
