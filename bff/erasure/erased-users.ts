import { type Database, type DatabaseTime, fromPostgresError, type Transaction } from '@tickfolio/lib/postgres';
import { eq, sql } from 'drizzle-orm';
import { erasedUsers, openErasures } from '../schema.js';

/** Whoever writes something of a user waits for whoever erases that user, and the other way round. */
export const lockUser = async (tx: Transaction, userId: string): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${userId}, 0))`);
};

/** Asked behind the lock it stays so until the transaction ends. */
export const isErased = async (tx: Pick<Transaction, 'select'>, userId: string): Promise<boolean> => {
  const known = tx.select({ userId: erasedUsers.userId }).from(erasedUsers).where(eq(erasedUsers.userId, userId));
  return (await known).length > 0;
};

/** Whether nothing is to be shown of a user any more. @throws AppError `unavailable` */
export type IsGone = (userId: string) => Promise<boolean>;
export const createIsGone =
  (db: Pick<Database, 'select'>): IsGone =>
  (userId) =>
    isErased(db, userId).catch((thrown: unknown) => {
      throw fromPostgresError(thrown);
    });

/**
 * Begins to erase a user, in the transaction that notes the user among those that are erased: what anybody is writing of
 * the user is written before it ends, and nothing after.
 */
export const beginErasure = async (tx: Transaction, time: DatabaseTime, userId: string): Promise<void> => {
  await lockUser(tx, userId);
  // Values are written of many users at once, without a lock of each.
  await tx.execute(sql`lock table only value_minutes, only value_hours in share mode`);
  await tx.insert(openErasures).values({ userId, begunAt: time() }).onConflictDoNothing();
};
