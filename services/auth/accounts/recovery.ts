import { AppError } from '@tickfolio/lib/errors';
import type { Database } from '@tickfolio/lib/postgres';
import type { Throttle } from '@tickfolio/lib/throttle';
import { addressKey } from '@tickfolio/lib/throttle/client-address';
import { and, eq, isNull, or, sql } from 'drizzle-orm';
import { recoveryCodeHash, recoveryCodesLeft, useRecoveryCode } from '../factors/recovery-codes.js';
import type { Refusals } from '../log/refusals.js';
import type { SecurityLog } from '../log/security-log.js';
import type { AuthMetrics } from '../metrics.js';
import { accounts, recoveryCodes } from '../schema.js';
import { type RevocationOptions, revokeAll } from '../sessions/revocation.js';
import { type Caller, originOf } from './caller.js';
import { countedName, nameKey, normalPassword, requireNewPassword } from './credentials.js';
import { setPassword } from './password-change.js';
import type { PasswordHasher } from './password-hasher.js';

export interface Recovery {
  readonly name: string;
  readonly code: string;
  /** The new one. */
  readonly password: string;
}

export interface Recovered {
  /** Sessions whose access tokens may still be about. */
  readonly sessionIds: readonly string[];
  readonly recoveryCodesLeft: number;
}

/**
 * Sets a new password by a recovery code, once a code, and ends every session. A second factor stays: a sheet of codes
 * that was found does not turn it off.
 * @throws AppError unauthenticated for an unknown name and a wrong or used code alike, invalid_argument,
 * resource_exhausted
 */
export type Recover = (recovery: Recovery, caller: Caller) => Promise<Recovered>;

export interface RecoveryDeps extends RevocationOptions {
  readonly db: Database;
  readonly hasher: PasswordHasher;
  readonly throttles: { readonly recovery: Throttle; readonly address: Throttle; readonly name: Throttle };
  readonly metrics: Pick<AuthMetrics, 'hashing'>;
  readonly securityLog: SecurityLog;
  readonly refusals: Pick<Refusals, 'note'>;
}

const refused = () => new AppError('unauthenticated', 'The name or the recovery code is wrong.');

export const createRecovery = (deps: RecoveryDeps): Recover => {
  const { db, time, hasher, throttles, metrics, securityLog, refusals } = deps;
  /**
   * The accounts of the name, which is one or none nearly always, and whether the code is theirs: one statement, whether
   * or not there is such a name or such a code.
   */
  const findAccounts = (name: string, code: string) => {
    const isNamed = or(
      eq(accounts.nameKey, nameKey(name)),
      and(isNull(accounts.nameKey), eq(sql`${accounts.name} collate "C"`, name)),
    );
    const ofAccount = eq(recoveryCodes.userId, accounts.id);
    const isRight = and(ofAccount, eq(recoveryCodes.codeHash, recoveryCodeHash(code)), isNull(recoveryCodes.usedAt));
    return db
      .select({ id: accounts.id, rightCode: recoveryCodes.codeHash })
      .from(accounts)
      .leftJoin(recoveryCodes, isRight)
      .where(isNamed);
  };
  return async ({ name, code, password }, caller) => {
    const address = addressKey(caller.address);
    throttles.address.take(address);
    throttles.recovery.take(countedName(name));
    requireNewPassword(name, password, 'password');
    const named = await findAccounts(name, code);
    const account = named.find(({ rightCode }) => rightCode !== null);
    if (!account) {
      for (const { id } of named) refusals.note(id, 'recovery-refused', originOf(caller));
      throw refused();
    }
    const passwordHash = await metrics.hashing(() => hasher.hash(normalPassword(password), caller.signal));
    const recovered = await db.transaction(async (tx) => {
      await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, account.id)).for('update');
      // Another call may have used it meanwhile.
      if (!(await useRecoveryCode(tx, time, account.id, code))) throw refused();
      await setPassword(tx, deps, account.id, passwordHash);
      const { ended, sessionIds } = await revokeAll(tx, deps, account.id, 'recovery');
      const left = await recoveryCodesLeft(tx, account.id);
      const detail = { sessionsEnded: ended, codesLeft: left };
      await securityLog(tx, { userId: account.id, action: 'account-recovered', origin: originOf(caller), detail });
      return { sessionIds, recoveryCodesLeft: left };
    });
    throttles.recovery.reset(countedName(name));
    throttles.name.reset(countedName(name));
    throttles.address.giveBack(address);
    return recovered;
  };
};
