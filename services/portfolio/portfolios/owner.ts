import { AppError } from '@tickfolio/lib/errors';
import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { eq, sql } from 'drizzle-orm';
import { inboxOf, owners } from '../schema.js';

/** Whose portfolios are meant, and in which call. */
export interface Owner {
  readonly userId: string;
  /** Whether the prices of this installation are made up; undefined while nobody knows. */
  readonly simulated: boolean | undefined;
  /** Of the call, empty for none. */
  readonly requestId: string;
  /** The event that it is done for, if it is for one. */
  readonly causedBy?: string;
  /** Of the call, if it is for one: aborted once nobody waits for it. */
  readonly signal?: AbortSignal;
}

const maxUserIdLength = 200;

/** Of a call. @throws AppError invalid_argument where nobody is named */
export const readUserId = (userId: string, field: string): string => {
  if (userId !== '' && userId.length <= maxUserIdLength) return userId;
  throw new AppError('invalid_argument', 'Say whose portfolios are meant.', {
    fields: [{ field, message: `must have a user id of at most ${maxUserIdLength} characters` }],
  });
};

/** Makes what is done with the portfolios of one user happen one after the other. The owner's row is made when it is missing. @throws AppError not_found, `gone` where the account was deleted */
export const lockOwner = async (tx: Transaction, time: DatabaseTime, userId: string): Promise<void> => {
  // Rows that refer to an owner may be added meanwhile.
  const { erasedUsers } = inboxOf;
  const isGone = sql<boolean>`exists (select from ${erasedUsers} where ${erasedUsers.userId} = ${userId})`;
  const lock = () =>
    tx.select({ isGone }).from(owners).where(eq(owners.userId, userId)).for('no key update', { of: owners });
  let [owner] = await lock();
  if (!owner) {
    await tx.insert(owners).values({ userId, createdAt: time() }).onConflictDoNothing();
    [owner] = await lock();
  }
  if (owner?.isGone) throw new AppError('not_found', 'The account was deleted.', { problem: 'gone' });
};
