import { randomBytes } from 'node:crypto';
import { AppError } from '@tickfolio/lib/errors';
import type { Database } from '@tickfolio/lib/postgres';
import { eq } from 'drizzle-orm';
import { type Caller, originOf } from '../accounts/caller.js';
import type { RoleOf } from '../accounts/roles.js';
import type { SecurityLog } from '../log/security-log.js';
import { accounts, deletions, erasures, sessions } from '../schema.js';
import { type Asker, lockFreshAsker } from '../sessions/asker.js';
import { type RevocationOptions, revokeAll } from '../sessions/revocation.js';
import { secretHash } from '../sessions/secret-hash.js';

export interface DeletedAccount {
  /** Shows what became of it, to who has no account any more. */
  readonly linkToken: string;
  /** Sessions whose access tokens may still be about. */
  readonly sessionIds: readonly string[];
}

/**
 * Deletes the account of who asks, with its name, password, second factors and sessions, and has everybody told who
 * holds something of the user. What is left here goes in pieces, moments later.
 * @throws AppError unauthenticated where the session is over, permission_denied `reauthenticate`, failed_precondition
 * `wrong-state` for an operator's: whoever registers the name next would be one
 */
export type DeleteAccount = (asker: Asker, caller: Caller) => Promise<DeletedAccount>;

export interface AccountDeletionDeps extends RevocationOptions {
  readonly db: Database;
  readonly securityLog: SecurityLog;
  readonly roleOf: RoleOf;
  /** The services that hold something of users, this one included. */
  readonly holders: readonly string[];
  /** Called once it is committed. */
  readonly deleted: () => void;
}

export const createAccountDeletion = (deps: AccountDeletionDeps): DeleteAccount => {
  const { db, time, securityLog, roleOf, holders, deleted } = deps;
  return async (asker, caller) => {
    // Without capitals: it stands in an address of the page.
    const linkToken = randomBytes(32).toString('hex');
    const sessionIds = await db.transaction(async (tx) => {
      const account = await lockFreshAsker(tx, time, asker);
      if (roleOf(account) === 'operator')
        throw new AppError(
          'failed_precondition',
          'This is an operator: take the name out of OPERATORS first, since the name will be free. Nothing was deleted.',
          { problem: 'wrong-state' },
        );
      const { id: userId } = account;
      const ended = await revokeAll(tx, deps, userId, 'deleted');
      await tx
        .update(sessions)
        .set({ userId: null, device: null, network: null, familyHash: null })
        .where(eq(sessions.userId, userId));
      await tx.insert(deletions).values({ userId, linkHash: secretHash(linkToken), deletedAt: time() });
      await tx.insert(erasures).values(holders.map((service) => ({ userId, service })));
      await securityLog(tx, { userId, action: 'account-deleted', origin: originOf(caller) });
      // After what is told: of an account of before that is that it was made, too. Codes, factors and passkeys go with it.
      await tx.delete(accounts).where(eq(accounts.id, userId));
      return ended;
    });
    caller.log.info({ userId: asker.userId, sessions: sessionIds.length }, 'account deleted');
    deleted();
    return { linkToken, sessionIds };
  };
};
