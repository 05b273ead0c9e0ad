import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { eq } from 'drizzle-orm';
import { owners } from '../schema.js';

/** Whose portfolios are meant, and in which call. */
export interface Owner {
  readonly userId: string;
  /** Whether the prices of this installation are made up; undefined while nobody knows. */
  readonly simulated: boolean | undefined;
  /** Of the call, empty for none. */
  readonly requestId: string;
}

/** Makes what is done with the portfolios of one user happen one after the other. The owner's row is made when it is missing. */
export const lockOwner = async (tx: Transaction, time: DatabaseTime, userId: string): Promise<void> => {
  // Rows that refer to an owner may be added meanwhile.
  const lock = () =>
    tx.select({ userId: owners.userId }).from(owners).where(eq(owners.userId, userId)).for('no key update');
  if ((await lock()).length > 0) return;
  await tx.insert(owners).values({ userId, createdAt: time() }).onConflictDoNothing();
  await lock();
};
