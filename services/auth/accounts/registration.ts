import { AppError, differentRequest } from '@tickfolio/lib/errors';
import type { Database, DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import type { Throttle } from '@tickfolio/lib/throttle';
import { addressKey } from '@tickfolio/lib/throttle/client-address';
import { and, eq, gt, sql } from 'drizzle-orm';
import { renewRecoveryCodes } from '../factors/recovery-codes.js';
import type { SecurityLog } from '../log/security-log.js';
import type { AuthMetrics } from '../metrics.js';
import { accounts as accountRows } from '../schema.js';
import { shifted } from '../sessions/agreed-time.js';
import { type Account, type Accounts, nameTaken } from './accounts.js';
import { type Caller, originOf } from './caller.js';
import { type Credentials, nameKey, normalPassword, requireNewCredentials } from './credentials.js';
import type { PasswordHasher } from './password-hasher.js';

export interface Registration extends Credentials {
  /** Names the request; empty for one that cannot be repeated. */
  readonly key: string;
  readonly withRecoveryCodes: boolean;
}

export interface Registered {
  readonly userId: string;
  /** None where none were asked for. A repeated request gets new ones for a while, since nobody has those of before. */
  readonly recoveryCodes: readonly string[];
}

/**
 * Makes an account, once however often it is asked for under the same key.
 * @throws AppError invalid_argument, already_exists, failed_precondition for the key of
 * another request, resource_exhausted
 */
export type Register = (registration: Registration, caller: Caller) => Promise<Registered>;

export interface RegistrationDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly accounts: Accounts;
  readonly securityLog: SecurityLog;
  readonly hasher: PasswordHasher;
  readonly throttles: { readonly name: Throttle; readonly registration: Throttle };
  readonly metrics: Pick<AuthMetrics, 'hashing' | 'registrations'>;
}

const keyPattern = /^[\x21-\x7e]{1,255}$/;
const requireKey = (key: string) => {
  if (key === '' || keyPattern.test(key)) return;
  const fields = [{ field: 'idempotency-key', message: 'must be 1 to 255 visible ASCII characters without blanks' }];
  throw new AppError('invalid_argument', 'The Idempotency-Key cannot be used.', { fields });
};

/** After this a repeated request is not how one comes to new recovery codes. */
const repeatedWithinMs = 10 * 60_000;

export const createRegistration = (deps: RegistrationDeps): Register => {
  const { db, time, accounts, securityLog, hasher, throttles, metrics } = deps;
  /** @returns the account that this request has made before; undefined where there is none and nothing in its way */
  const madeBefore = async ({ name, password, key }: Registration, caller: Caller): Promise<Account | undefined> => {
    const made = key === '' ? undefined : await accounts.findByKey(key);
    if (!made) {
      if ((await accounts.find(name)).length > 0) throw nameTaken();
      return undefined;
    }
    // Whoever guessed the key may guess the password here no more often than where one signs in.
    throttles.name.take(nameKey(made.name));
    const isSame = await metrics.hashing(() =>
      hasher.verify(made.passwordHash, normalPassword(password), caller.signal),
    );
    if (!isSame || made.name !== name) throw differentRequest();
    throttles.name.reset(nameKey(made.name));
    return made;
  };
  /** The answer to the same request once more. Codes go only to an account that is still as it was made. */
  const answerAgain = ({ id: userId, passwordHash }: Account, withCodes: boolean): Promise<Registered> =>
    db.transaction(async (tx) => {
      const isNew = and(
        eq(accountRows.id, userId),
        eq(accountRows.passwordHash, passwordHash),
        gt(accountRows.createdAt, shifted(time(), -repeatedWithinMs)),
        sql`not exists (select from totp_secrets where totp_secrets.user_id = ${accountRows.id})`,
      );
      const [found] = await tx.select({ id: accountRows.id }).from(accountRows).where(isNew).for('update');
      return { userId, recoveryCodes: found && withCodes ? await renewRecoveryCodes(tx, time, userId) : [] };
    });
  return async (registration, caller) => {
    const { name, password, key, withRecoveryCodes } = registration;
    requireKey(key);
    requireNewCredentials(registration);
    throttles.registration.take(addressKey(caller.address));
    const before = await madeBefore(registration, caller);
    if (before) return answerAgain(before, withRecoveryCodes);
    const passwordHash = await metrics.hashing(() => hasher.hash(normalPassword(password), caller.signal));
    let recoveryCodes: readonly string[] = [];
    const made = async (tx: Transaction, userId: string) => {
      // By the time that it will be asked about, and not the database's own.
      await tx.update(accountRows).set({ createdAt: time() }).where(eq(accountRows.id, userId));
      recoveryCodes = withRecoveryCodes ? await renewRecoveryCodes(tx, time, userId) : [];
      await securityLog(tx, { userId, action: 'account-created', origin: originOf(caller) });
    };
    try {
      const userId = await accounts.create(name, passwordHash, key === '' ? undefined : key, made);
      metrics.registrations.inc();
      caller.log.info({ userId }, 'account created');
      return { userId, recoveryCodes };
    } catch (err) {
      // Another may have been faster, with the same request.
      const other =
        err instanceof AppError && err.code === 'already_exists' ? await madeBefore(registration, caller) : undefined;
      if (other === undefined) throw err;
      return answerAgain(other, withRecoveryCodes);
    }
  };
};
