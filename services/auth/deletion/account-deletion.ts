import { randomBytes } from 'node:crypto';
import { AppError, differentRequest } from '@tickfolio/lib/errors';
import type { Database } from '@tickfolio/lib/postgres';
import { eq } from 'drizzle-orm';
import { type Caller, originOf } from '../accounts/caller.js';
import type { RoleOf } from '../accounts/roles.js';
import type { SecurityLog } from '../log/security-log.js';
import { accounts, deletions, erasures, sessions } from '../schema.js';
import { type Asker, lockFreshAsker } from '../sessions/asker.js';
import { type RevocationOptions, revokeAll } from '../sessions/revocation.js';
import { secretHash } from '../sessions/secret-hash.js';
import { linkPattern } from './deletion-progress.js';

export interface DeletedAccount {
  /** Shows what became of it, to who has no account any more. */
  readonly linkToken: string;
  /** Sessions whose access tokens may still be about. */
  readonly sessionIds: readonly string[];
}

/**
 * Deletes the account of who asks, with its name, password, second factors and sessions, and has everybody told who
 * holds something of the user. What is left here goes in pieces, moments later.
 * @param linkToken of the link, by a caller who asks again where the answer was lost, and then gets the same; empty where
 * it is made here
 * @throws AppError unauthenticated where the session is over, permission_denied `reauthenticate`, failed_precondition
 * `wrong-state` for an operator's: whoever registers the name next would be one, and for the link of another deletion;
 * invalid_argument for what is no token
 */
export type DeleteAccount = (asker: Asker, linkToken: string, caller: Caller) => Promise<DeletedAccount>;

export interface AccountDeletionDeps extends RevocationOptions {
  readonly db: Database;
  readonly securityLog: SecurityLog;
  readonly roleOf: RoleOf;
  /** The services that hold something of users, this one included. */
  readonly holders: readonly string[];
  /** Called once it is committed. */
  readonly deleted: () => void;
}

const noToken = () =>
  new AppError('invalid_argument', 'The token of the link cannot be used.', {
    fields: [{ field: 'idempotency-key', message: 'must be 64 hexadecimal digits without capitals' }],
  });

export const createAccountDeletion = (deps: AccountDeletionDeps): DeleteAccount => {
  const { db, time, securityLog, roleOf, holders, deleted } = deps;
  /** @throws AppError failed_precondition where it is the link of somebody else */
  const isDeletedBy = async (linkToken: string, { userId }: Asker): Promise<boolean> => {
    const [known] = await db
      .select({ userId: deletions.userId })
      .from(deletions)
      .where(eq(deletions.linkHash, secretHash(linkToken)));
    if (known && known.userId !== userId.toLowerCase()) throw differentRequest();
    return known !== undefined;
  };
  return async (asker, said, caller) => {
    if (said !== '' && !linkPattern.test(said)) throw noToken();
    if (said !== '' && (await isDeletedBy(said, asker))) return { linkToken: said, sessionIds: [] };
    // Without capitals: it stands in an address of the page.
    const linkToken = said === '' ? randomBytes(32).toString('hex') : said;
    const sessionIds = await db.transaction(async (tx) => {
      const account = await lockFreshAsker(tx, time, asker);
      if (roleOf(account) === 'operator')
        throw new AppError(
          'failed_precondition',
          'This is an operator: take the name out of OPERATORS first, since the name will be free. Nothing was deleted.',
          { problem: 'wrong-state' },
        );
      const { id: userId } = account;
      const { sessionIds } = await revokeAll(tx, deps, userId, 'deleted');
      await tx
        .update(sessions)
        .set({ userId: null, device: null, network: null, familyHash: null })
        .where(eq(sessions.userId, userId));
      await tx.insert(deletions).values({ userId, linkHash: secretHash(linkToken), deletedAt: time() });
      await tx.insert(erasures).values(holders.map((service) => ({ userId, service })));
      await securityLog(tx, { userId, action: 'account-deleted', origin: originOf(caller) });
      // After what is told: of an account of before that is that it was made, too. Codes, factors and passkeys go with it.
      await tx.delete(accounts).where(eq(accounts.id, userId));
      return sessionIds;
    });
    caller.log.info({ userId: asker.userId, sessions: sessionIds.length }, 'account deleted');
    deleted();
    return { linkToken, sessionIds };
  };
};
