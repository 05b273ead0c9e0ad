import { randomBytes, randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import type { DatabaseTime, Transaction } from '../postgres/postgres.js';
import { commitmentOf, hashOf, noHash } from './chain.js';
import { safeDetail } from './detail.js';
import { auditLog, auditLogHead, auditPseudonyms, type Detail } from './tables.js';

export { type ChainCheck, checkChain } from './check.js';
export { type AuditPage, listEntries } from './entries.js';
export { eraseEntries } from './erasure.js';
export { createDeleteOldEntries } from './old-entries.js';

/** Something somebody did, as it is written down. */
export interface Act {
  /** Whom it is about; by a pseudonym in the log. */
  readonly userId: string;
  /** Who did it. Default the user. */
  readonly actor?: 'user' | 'system';
  /** A fixed word in kebab-case, such as `password-changed`. */
  readonly action: string;
  /** Default `ok`. */
  readonly outcome?: 'ok' | 'refused';
  readonly requestId: string;
  readonly detail: Detail;
}

/** Writes an act down in the transaction that does it, as that transaction's last statement: all others wait for it. */
export type RecordAct = (tx: Transaction, act: Act) => Promise<void>;

/** A caller may name a request as it likes. */
const maxIdLength = 128;

const pseudonymOf = async (tx: Transaction, userId: string): Promise<string> => {
  const find = () => tx.select().from(auditPseudonyms).where(eq(auditPseudonyms.userId, userId));
  const [known] = await find();
  if (known) return known.pseudonym;
  await tx.insert(auditPseudonyms).values({ userId, pseudonym: randomUUID() }).onConflictDoNothing();
  const [made] = await find();
  if (!made) throw new Error('a pseudonym was not kept');
  return made.pseudonym;
};

/** The end of the chain, locked until the transaction ends; made with the first row. */
const lockHead = async (tx: Transaction, time: DatabaseTime) => {
  const lock = () =>
    tx
      .select({
        seq: auditLogHead.seq,
        hash: auditLogHead.hash,
        atMs: sql<string>`floor(extract(epoch from ${time()}) * 1000)::bigint`,
      })
      .from(auditLogHead)
      .for('update');
  const [known] = await lock();
  if (known) return known;
  await tx
    .insert(auditLogHead)
    .values({ one: true, seq: 0, hash: noHash, baseSeq: 0, baseHash: noHash })
    .onConflictDoNothing();
  const [made] = await lock();
  if (!made) throw new Error('the audit log has no head');
  return made;
};

/**
 * Each row carries the hash of the one before, so that none can be changed or taken out unseen. A user is in it by a
 * pseudonym, and the detail by a commitment: both can be erased, and the chain still holds.
 */
export const createAudit =
  (time: DatabaseTime): RecordAct =>
  async (tx, { userId, actor = 'user', action, outcome = 'ok', requestId, detail: given }) => {
    const pseudonym = await pseudonymOf(tx, userId);
    const [detail, salt] = [safeDetail(given), randomBytes(32)];
    const head = await lockHead(tx, time);
    const row = {
      seq: head.seq + 1,
      at: new Date(Number(head.atMs)),
      actorKind: actor,
      actorId: actor === 'user' ? pseudonym : actor,
      action,
      subjectKind: 'account',
      subjectId: pseudonym,
      outcome,
      requestId: requestId.slice(0, maxIdLength),
      commitment: commitmentOf(salt, detail),
      prev: head.hash,
    };
    const hash = hashOf(row);
    await tx.insert(auditLog).values({ ...row, detail, salt, hash });
    await tx.update(auditLogHead).set({ seq: row.seq, hash });
  };
