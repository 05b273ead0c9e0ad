import type { Database } from '@tickfolio/lib/postgres';
import { and, eq, isNull, lte, notExists, sql } from 'drizzle-orm';
import { forgetStream } from '../events/erased-stream.js';
import { deletions, erasures } from '../schema.js';
import { agreedTime, type Times } from '../sessions/agreed-time.js';
import { keptMs } from './deletion-progress.js';

/**
 * Forgets one deletion of more than 30 days ago that everybody has done, with up to `limit` events of the user: then
 * nothing here says that there was one. @returns how many rows went
 */
export const createForgetDeletion =
  (db: Database, times: Times) =>
  async (limit: number): Promise<number> => {
    const isOpen = db
      .select({ one: sql`1` })
      .from(erasures)
      .where(and(eq(erasures.userId, deletions.userId), isNull(erasures.doneAt)));
    const [old] = await db
      .select({ userId: deletions.userId })
      .from(deletions)
      .where(and(lte(deletions.deletedAt, agreedTime(times, keptMs)), notExists(isOpen)))
      .limit(1);
    if (!old) return 0;
    const events = await forgetStream(db, old.userId, limit);
    if (events > 0) return events;
    const gone = await db.delete(deletions).where(eq(deletions.userId, old.userId)).returning();
    return gone.length;
  };
