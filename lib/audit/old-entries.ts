import { asc, gt, lte, sql } from 'drizzle-orm';
import type { Database, DatabaseTime } from '../postgres/postgres.js';
import { auditLog, auditLogHead } from './tables.js';

/** The trigger lets go of nothing younger, by the database's own clock. */
const keepDays = 400;

/**
 * Deletes up to `limit` rows of more than 400 days, from the beginning of the chain, which then begins after them.
 * @param time at most the database's, and one that nobody has to doubt: what is deleted does not come back
 * @returns how many went
 */
export const createDeleteOldEntries =
  (db: Database, time: DatabaseTime) =>
  (limit: number): Promise<number> =>
    db.transaction(async (tx) => {
      const [head] = await tx.select({ baseSeq: auditLogHead.baseSeq }).from(auditLogHead).for('update');
      if (!head) return 0;
      const rows = await tx
        .select({
          seq: auditLog.seq,
          hash: auditLog.hash,
          isOld: sql<boolean>`${auditLog.at} < ${time()} - ${keepDays} * interval '1 day'`,
        })
        .from(auditLog)
        .where(gt(auditLog.seq, head.baseSeq))
        .orderBy(asc(auditLog.seq))
        .limit(limit);
      const young = rows.findIndex(({ isOld }) => !isOld);
      const old = young === -1 ? rows : rows.slice(0, young);
      const last = old.at(-1);
      if (!last) return 0;
      await tx.delete(auditLog).where(lte(auditLog.seq, last.seq));
      await tx.update(auditLogHead).set({ baseSeq: last.seq, baseHash: last.hash });
      return old.length;
    });
