import { AppError } from '@tickfolio/lib/errors';
import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { accounts, sessions } from '../schema.js';
import { shifted } from './agreed-time.js';

/** A signed-in user, as the verified access token says. */
export interface Asker {
  readonly userId: string;
  readonly sessionId: string;
}

export const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** How long a password or a passkey that was given stands for what changes the account. */
const freshMs = 5 * 60_000;

const sessionEnded = () => new AppError('unauthenticated', 'The session has ended; please sign in again.');

/**
 * The account and the session of who asks, both locked until the transaction ends: so of what changes one account each
 * sees what the one before it did, and a session that ends meanwhile changes nothing more.
 * @throws AppError unauthenticated where the session is over
 */
export const lockAsker = async (tx: Transaction, time: DatabaseTime, { userId, sessionId }: Asker) => {
  if (!uuidPattern.test(userId) || !uuidPattern.test(sessionId)) throw sessionEnded();
  const [account] = await tx.select().from(accounts).where(eq(accounts.id, userId)).for('update');
  const provedAt = sql`coalesce(${sessions.authenticatedAt}, ${sessions.createdAt})`;
  const [session] = await tx
    .select({
      // Nor where it was long ahead of now, by a clock that was set back since.
      isFresh: sql<boolean>`${provedAt} > ${shifted(time(), -freshMs)} and ${provedAt} < ${shifted(time(), freshMs)}`,
      nowMs: sql<string>`floor(extract(epoch from ${time()}) * 1000)::bigint`,
      provedAtMs: sql<string>`floor(extract(epoch from ${provedAt}) * 1000)::bigint`,
    })
    .from(sessions)
    .where(
      and(
        eq(sessions.id, sessionId),
        eq(sessions.userId, userId),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, time()),
      ),
    )
    .for('update');
  if (!account || !session) throw sessionEnded();
  const [provedAtMs, nowMs] = [Number(session.provedAtMs), Number(session.nowMs)];
  const freshUntilMs = session.isFresh ? provedAtMs + freshMs : Math.min(provedAtMs + freshMs, nowMs);
  return { account, isFresh: session.isFresh, freshUntilMs };
};

/**
 * The same for what changes how one gets into the account.
 * @throws AppError unauthenticated, permission_denied `reauthenticate` where no password or passkey was given lately
 */
export const lockFreshAsker = async (tx: Transaction, time: DatabaseTime, asker: Asker) => {
  const { account, isFresh } = await lockAsker(tx, time, asker);
  if (isFresh) return account;
  throw new AppError('permission_denied', 'Give the password or use a passkey once more; that was too long ago.', {
    problem: 'reauthenticate',
  });
};

/** Notes that the user of the session gave the password or used a passkey. */
export const markFresh = async (tx: Transaction, time: DatabaseTime, { sessionId }: Asker): Promise<void> => {
  await tx.update(sessions).set({ authenticatedAt: time() }).where(eq(sessions.id, sessionId));
};
