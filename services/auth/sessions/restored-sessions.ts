import { raiseEpoch } from '@tickfolio/lib/outbox';
import { type Database, databaseTime } from '@tickfolio/lib/postgres';
import { getTableName, isNull, sql } from 'drizzle-orm';
import { accounts, refreshTokens, sessions, userEvents } from '../schema.js';

/** Whether a database with these tables is one of accounts; they are there since the first migration. */
export const holdsAccounts = (tables: readonly string[]): boolean =>
  [accounts, sessions, refreshTokens].every((table) => tables.includes(getTableName(table)));

/**
 * Ends every session of a database that was restored from a backup: some were ended after the backup was taken, and
 * would live again. What is told of users from now on is of another epoch: the numbers of what was told since then come
 * once more.
 * @param above an epoch that whoever reads what is told knows
 * @returns how many had not been over
 */
export const endRestoredSessions = async (db: Database, above?: number): Promise<number> => {
  const ended = await db
    .update(sessions)
    .set({ revokedAt: sql`now()`, revokedBecause: 'everywhere' })
    .where(isNull(sessions.revokedAt))
    .returning({ id: sessions.id });
  await raiseEpoch(db, userEvents, databaseTime, above);
  return ended.length;
};
