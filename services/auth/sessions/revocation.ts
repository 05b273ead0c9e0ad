import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, count, eq, exists, gt, isNull, ne, type SQL, sql } from 'drizzle-orm';
import { refreshTokens, sessions } from '../schema.js';
import { shifted } from './agreed-time.js';

/** Why a session ended before its time. */
export type RevokedBecause = NonNullable<typeof sessions.$inferSelect.revokedBecause>;

export interface RevocationOptions {
  readonly time: DatabaseTime;
  /** How long an access token lives, in milliseconds. */
  readonly accessTtlMs: number;
}

/** Of a session that can go on: it was not ended, nor are its time and that of its tokens over. */
export const isOpen = (tx: Pick<Transaction, 'select'>, time: DatabaseTime): SQL | undefined => {
  const ofSession = eq(refreshTokens.sessionId, sessions.id);
  const isGood = and(ofSession, isNull(refreshTokens.usedAt), gt(refreshTokens.expiresAt, time()));
  const goesOn = tx.select({ one: sql`1` }).from(refreshTokens).where(isGood);
  return and(isNull(sessions.revokedAt), gt(sessions.expiresAt, time()), exists(goesOn));
};

/** Revokes those sessions that had not ended. @returns their ids */
export const revoke = async (
  tx: Transaction,
  { time }: Pick<RevocationOptions, 'time'>,
  which: SQL | undefined,
  revokedBecause: RevokedBecause,
): Promise<string[]> => {
  const ended = await tx
    .update(sessions)
    .set({ revokedAt: time(), revokedBecause })
    .where(and(isNull(sessions.revokedAt), which))
    .returning({ id: sessions.id });
  return ended.map(({ id }) => id);
};

export interface Revoked {
  /** What was open until now. */
  readonly ended: number;
  /** The ids of those, and of what ended so short a time ago that its access tokens are still valid. */
  readonly sessionIds: readonly string[];
}

/**
 * Revokes every session of a user, in a transaction that locked the account: what is opened meanwhile waits and begins
 * after this.
 * @param except goes on
 * @returns a repeated call ends none, and names them again
 */
export const revokeAll = async (
  tx: Transaction,
  options: RevocationOptions,
  userId: string,
  because: RevokedBecause,
  except?: string,
): Promise<Revoked> => {
  const others = and(eq(sessions.userId, userId), except === undefined ? undefined : ne(sessions.id, except));
  const open = tx
    .select({ known: count() })
    .from(sessions)
    .where(and(others, isOpen(tx, options.time)));
  const ended = (await open)[0]?.known ?? 0;
  await revoke(tx, options, others, because);
  const stillAbout = gt(sessions.revokedAt, shifted(options.time(), -options.accessTtlMs));
  const named = await tx.select({ id: sessions.id }).from(sessions).where(and(others, stillAbout));
  return { ended, sessionIds: named.map(({ id }) => id) };
};
