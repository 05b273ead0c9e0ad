import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { Database, DatabaseTime, Transaction } from '../../../postgres/postgres.js';
import type { InboxTables } from '../taking/tables.js';

/** Users of whom something may still be left in a service, in a table of its own database. */
export const openErasuresTable = (name: string) =>
  pgTable(name, {
    userId: text('user_id').primaryKey(),
    begunAt: timestamp('begun_at', { withTimezone: true }).notNull(),
  });

export type OpenErasuresTable = ReturnType<typeof openErasuresTable>;

/** Of whom something may still be left. */
export interface OpenErasures {
  /** Notes a user, in the transaction in which the deletion was heard. */
  begin(tx: Transaction, userId: string): Promise<void>;
  /**
   * Notes all once more who were deleted in the last 30 days. Their answers may have been lost, with the log or with a
   * restored database, and a build of before may have written something of them meanwhile.
   */
  beginAgain(): Promise<void>;
  /** Those behind an id, in the order of their ids. */
  page(after: string, limit: number): Promise<readonly string[]>;
  /** @returns whether the user was among them: another replica may have been faster */
  end(tx: Transaction, userId: string): Promise<boolean>;
}

export interface OpenErasuresDeps {
  readonly db: Database;
  readonly tables: Pick<InboxTables, 'erasedUsers'> & { readonly openErasures: OpenErasuresTable };
  readonly time: DatabaseTime;
}

/** For as long as `erased_users` are kept. */
const keptDays = 30;
/** Nobody should have an embedded database for long. */
const pageRows = 500;

export const createOpenErasures = ({ db, tables, time }: OpenErasuresDeps): OpenErasures => {
  const { erasedUsers, openErasures } = tables;
  const isRecent = () => sql`${erasedUsers.erasedAt} >= ${time()} - make_interval(days => ${keptDays})`;
  return {
    begin: async (tx, userId) => {
      await tx.insert(openErasures).values({ userId, begunAt: time() }).onConflictDoNothing();
    },
    beginAgain: async () => {
      for (let after: string | undefined = ''; after !== undefined; ) {
        const rows: { readonly userId: string }[] = await db
          .select({ userId: erasedUsers.userId })
          .from(erasedUsers)
          .where(and(gt(erasedUsers.userId, after), isRecent()))
          .orderBy(asc(erasedUsers.userId))
          .limit(pageRows);
        const open = rows.map(({ userId }) => ({ userId, begunAt: time() }));
        if (open.length > 0) await db.insert(openErasures).values(open).onConflictDoNothing();
        after = rows.length < pageRows ? undefined : rows.at(-1)?.userId;
      }
    },
    page: async (after, limit) => {
      const rows = await db
        .select({ userId: openErasures.userId })
        .from(openErasures)
        .where(gt(openErasures.userId, after))
        .orderBy(asc(openErasures.userId))
        .limit(limit);
      return rows.map(({ userId }) => userId);
    },
    end: async (tx, userId) => {
      const ended = await tx.delete(openErasures).where(eq(openErasures.userId, userId)).returning();
      return ended.length > 0;
    },
  };
};
