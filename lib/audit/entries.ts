import { and, desc, eq, lt } from 'drizzle-orm';
import { invalidCursor } from '../errors/errors.js';
import type { Database } from '../postgres/postgres.js';
import { auditLog, auditPseudonyms, type Detail } from './tables.js';

/** An entry as it is shown to whom it is about. */
export interface AuditEntry {
  readonly seq: number;
  readonly atMs: number;
  readonly action: string;
  readonly outcome: 'ok' | 'refused';
  readonly detail: Detail;
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** Asks for the next page; empty on the last. */
  readonly next: string;
}

const maxLimit = 100;
const cursorPattern = /^[1-9]\d{0,14}$/;

/**
 * The entries about a user, the newest first.
 * @param cursor `next` of the page before; empty for the first @param limit 1 to 100
 * @throws AppError invalid_argument for a cursor that is none
 */
export const listEntries = async (db: Database, userId: string, cursor: string, limit: number): Promise<AuditPage> => {
  if (cursor !== '' && !cursorPattern.test(cursor)) throw invalidCursor();
  const size = Math.min(maxLimit, Math.max(1, limit));
  const [person] = await db.select().from(auditPseudonyms).where(eq(auditPseudonyms.userId, userId));
  if (!person) return { entries: [], next: '' };
  const rows = await db
    .select({
      seq: auditLog.seq,
      at: auditLog.at,
      action: auditLog.action,
      outcome: auditLog.outcome,
      detail: auditLog.detail,
    })
    .from(auditLog)
    .where(and(eq(auditLog.subjectId, person.pseudonym), cursor === '' ? undefined : lt(auditLog.seq, Number(cursor))))
    .orderBy(desc(auditLog.seq))
    .limit(size + 1);
  const page = rows.slice(0, size);
  return {
    entries: page.map(({ at, detail, ...row }) => ({ ...row, atMs: at.getTime(), detail: detail ?? {} })),
    next: rows.length > size ? String(page.at(-1)?.seq ?? '') : '',
  };
};
