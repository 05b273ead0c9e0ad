import { and, asc, eq, inArray, isNotNull } from 'drizzle-orm';
import type { Database } from '../postgres/postgres.js';
import { auditLog, auditPseudonyms } from './tables.js';

/**
 * Erases up to `limit` entries about a user whose account is gone, and with the last of them who the user was: what is
 * left says that something was done, and not by or to whom, and the chain still holds.
 * @returns how many went; 0 once all are gone
 */
export const eraseEntries = async (db: Database, userId: string, limit: number): Promise<number> => {
  const ofUser = eq(auditPseudonyms.userId, userId);
  const [person] = await db.select().from(auditPseudonyms).where(ofUser);
  if (!person) return 0;
  const known = db
    .select({ seq: auditLog.seq })
    .from(auditLog)
    .where(and(eq(auditLog.subjectId, person.pseudonym), isNotNull(auditLog.detail)))
    .orderBy(asc(auditLog.seq))
    .limit(limit);
  const erased = await db
    .update(auditLog)
    .set({ detail: null, salt: null })
    .where(inArray(auditLog.seq, known))
    .returning({ seq: auditLog.seq });
  if (erased.length === 0) await db.delete(auditPseudonyms).where(ofUser);
  return erased.length;
};
