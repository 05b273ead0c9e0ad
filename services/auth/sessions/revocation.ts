import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, eq, gt, isNull, ne, type SQL } from 'drizzle-orm';
import { sessions } from '../schema.js';
import { shifted } from './agreed-time.js';

/** Why a session ended before its time. */
export type RevokedBecause = NonNullable<typeof sessions.$inferSelect.revokedBecause>;

export interface RevocationOptions {
  readonly time: DatabaseTime;
  /** How long an access token lives, in milliseconds. */
  readonly accessTtlMs: number;
}

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

/**
 * Revokes every session of a user, in a transaction that locked the account: what is opened meanwhile waits and begins
 * after this.
 * @param except goes on
 * @returns the ids of those, and of what ended so short a time ago that its access tokens are still valid: a repeated
 * call names them again
 */
export const revokeAll = async (
  tx: Transaction,
  options: RevocationOptions,
  userId: string,
  because: RevokedBecause,
  except?: string,
): Promise<string[]> => {
  const others = and(eq(sessions.userId, userId), except === undefined ? undefined : ne(sessions.id, except));
  await revoke(tx, options, others, because);
  const stillAbout = gt(sessions.revokedAt, shifted(options.time(), -options.accessTtlMs));
  const ended = await tx.select({ id: sessions.id }).from(sessions).where(and(others, stillAbout));
  return ended.map(({ id }) => id);
};
