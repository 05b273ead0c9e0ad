import type { Database } from '@tickfolio/lib/postgres';
import { isNull } from 'drizzle-orm';
import { sessions } from './schema.js';

/**
 * Ends every session of a database that was restored from a backup: some were ended after the backup was taken, and would live again.
 * @param nowMs epoch milliseconds
 * @returns how many had not been over
 */
export const endRestoredSessions = async (db: Database, nowMs: number): Promise<number> => {
  const ended = await db
    .update(sessions)
    .set({ revokedAt: new Date(nowMs), revokedBecause: 'everywhere' })
    .where(isNull(sessions.revokedAt))
    .returning({ id: sessions.id });
  return ended.length;
};
