import { asc, gt } from 'drizzle-orm';
import type { Database } from '../postgres/postgres.js';
import { follows, noHash } from './chain.js';
import { auditLog, auditLogHead } from './tables.js';

/** What a check of the chain found. */
export interface ChainCheck {
  readonly checked: number;
  /** The first row that is not what was written; 0 where every one is. */
  readonly firstBad: number;
  /** The last row that was checked; where it is before `headSeq`, the next check goes on after it. */
  readonly lastSeq: number;
  readonly headSeq: number;
  /** Of the last row, in hex; to be noted elsewhere, since a chain does not see that its end was cut off. */
  readonly headHash: string;
}

const pageRows = 1_000;
const maxPages = 20;

/**
 * Reads the rows after `afterSeq` (0: from the beginning), 20 000 at most, and holds each against the one before it and
 * the last against the head. What goes on meanwhile lies after what was the end when it began.
 */
export const checkChain = async (db: Database, afterSeq: number): Promise<ChainCheck> => {
  const { baseSeq, ...found } = await checkFrom(db, afterSeq);
  if (found.firstBad === 0) return found;
  // What was too old may have gone meanwhile; then the chain begins later than this check took it to.
  const [head] = await db.select({ baseSeq: auditLogHead.baseSeq }).from(auditLogHead);
  return head && head.baseSeq > baseSeq ? checkChain(db, Math.max(afterSeq, head.baseSeq)) : found;
};

const checkFrom = async (db: Database, afterSeq: number): Promise<ChainCheck & { readonly baseSeq: number }> => {
  const [head = { seq: 0, hash: noHash, baseSeq: 0, baseHash: noHash }] = await db.select().from(auditLogHead);
  const known = { baseSeq: head.baseSeq, headSeq: head.seq, headHash: Buffer.from(head.hash).toString('hex') };
  const fromBase = afterSeq <= head.baseSeq;
  let seq = fromBase ? head.baseSeq : afterSeq - 1;
  // A check that goes on takes the row before it as it is: the check before has read it.
  let prev: Uint8Array | undefined = fromBase ? head.baseHash : undefined;
  let checked = 0;
  for (let page = 0; page < maxPages && seq < head.seq; page++) {
    const rows = await db
      .select()
      .from(auditLog)
      .where(gt(auditLog.seq, seq))
      .orderBy(asc(auditLog.seq))
      .limit(Math.min(pageRows, head.seq - seq));
    for (const row of rows) {
      if (!follows(row, seq + 1, prev ?? row.prev)) return { ...known, checked, firstBad: seq + 1, lastSeq: seq };
      [seq, prev] = [row.seq, row.hash];
      checked++;
    }
    if (rows.length === 0) return { ...known, checked, firstBad: seq + 1, lastSeq: seq }; // The rest is gone.
  }
  const isEnd = seq === head.seq && prev !== undefined;
  const firstBad = isEnd && Buffer.compare(prev ?? noHash, head.hash) !== 0 ? seq : 0;
  return { ...known, checked, firstBad, lastSeq: seq };
};
