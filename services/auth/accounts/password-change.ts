import { AppError } from '@tickfolio/lib/errors';
import type { Database, Transaction } from '@tickfolio/lib/postgres';
import { and, eq } from 'drizzle-orm';
import type { SecurityLog } from '../log/security-log.js';
import type { AuthMetrics } from '../metrics.js';
import { accounts, tickets } from '../schema.js';
import { type Asker, lockAsker, markFresh } from '../sessions/asker.js';
import { type RevocationOptions, revokeAll } from '../sessions/revocation.js';
import { type Caller, originOf } from './caller.js';
import { normalPassword, requireNewPassword } from './credentials.js';
import type { OwnPassword } from './own-password.js';
import type { PasswordHasher } from './password-hasher.js';

/**
 * Gives the account of who asks another password and ends all its other sessions.
 * @returns those whose access tokens may still be about
 * @throws AppError permission_denied for a wrong old password, invalid_argument naming what is wrong with the new one,
 * unauthenticated where the session is over, resource_exhausted
 */
export type ChangePassword = (
  asker: Asker,
  passwords: { readonly old: string; readonly new: string },
  caller: Caller,
) => Promise<readonly string[]>;

export interface PasswordChangeDeps extends RevocationOptions {
  readonly db: Database;
  readonly ownPassword: OwnPassword;
  readonly hasher: PasswordHasher;
  readonly metrics: Pick<AuthMetrics, 'hashing'>;
  readonly securityLog: SecurityLog;
}

/**
 * Sets a password in a transaction that locked the account. Logins that wait for their second factor were begun with the
 * one before, so they begin anew.
 */
export const setPassword = async (
  tx: Transaction,
  { time }: Pick<RevocationOptions, 'time'>,
  userId: string,
  passwordHash: string,
): Promise<void> => {
  await tx.update(accounts).set({ passwordHash, passwordChangedAt: time() }).where(eq(accounts.id, userId));
  await tx.delete(tickets).where(and(eq(tickets.userId, userId), eq(tickets.kind, 'second-factor')));
};

export const createPasswordChange = (deps: PasswordChangeDeps): ChangePassword => {
  const { db, time, ownPassword, hasher, metrics, securityLog } = deps;
  return async (asker, passwords, caller) => {
    await db.transaction((tx) => lockAsker(tx, time, asker)); // Before anything is hashed.
    const proved = await ownPassword.prove(asker.userId, passwords.old, 'old', caller);
    requireNewPassword(proved.name, passwords.new, 'new');
    const passwordHash = await metrics.hashing(() => hasher.hash(normalPassword(passwords.new), caller.signal));
    return db.transaction(async (tx) => {
      const { account } = await lockAsker(tx, time, asker);
      if (account.passwordHash !== proved.passwordHash)
        throw new AppError('failed_precondition', 'The password was changed by another call in this moment.', {
          fields: [{ field: 'old', message: 'is no longer the password', reason: 'password-changed' }],
        });
      await setPassword(tx, deps, account.id, passwordHash);
      await markFresh(tx, time, asker);
      const { ended, sessionIds } = await revokeAll(tx, deps, account.id, 'password', asker.sessionId);
      const detail = { sessionsEnded: ended };
      await securityLog(tx, { userId: account.id, action: 'password-changed', origin: originOf(caller), detail });
      return sessionIds;
    });
  };
};
