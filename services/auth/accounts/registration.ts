import { AppError, differentRequest } from '@tickfolio/lib/errors';
import type { Throttle } from '@tickfolio/lib/throttle';
import type { AuthMetrics } from '../metrics.js';
import { type Accounts, nameTaken } from './accounts.js';
import type { Caller } from './caller.js';
import { addressKey } from './client-address.js';
import { type Credentials, nameKey, normalPassword, requireNewCredentials } from './credentials.js';
import type { PasswordHasher } from './password-hasher.js';

/**
 * Makes an account, once however often it is asked for under the same key.
 * @param key empty for a request that cannot be repeated
 * @returns the account's id. @throws AppError invalid_argument, already_exists, failed_precondition for the key of
 * another request, resource_exhausted
 */
export type Register = (credentials: Credentials, key: string, caller: Caller) => Promise<string>;

export interface RegistrationDeps {
  readonly accounts: Accounts;
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

export const createRegistration = ({ accounts, hasher, throttles, metrics }: RegistrationDeps): Register => {
  /** @returns the account that this request has made before; undefined where there is none and nothing in its way */
  const madeBefore = async (
    { name, password }: Credentials,
    key: string,
    caller: Caller,
  ): Promise<string | undefined> => {
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
    return made.id;
  };
  return async (credentials, key, caller) => {
    requireKey(key);
    requireNewCredentials(credentials);
    throttles.registration.take(addressKey(caller.address));
    const before = await madeBefore(credentials, key, caller);
    if (before !== undefined) return before;
    const passwordHash = await metrics.hashing(() => hasher.hash(normalPassword(credentials.password), caller.signal));
    try {
      const userId = await accounts.create(credentials.name, passwordHash, key === '' ? undefined : key);
      metrics.registrations.inc();
      caller.log.info({ userId }, 'account created');
      return userId;
    } catch (err) {
      // Another may have been faster, with the same request.
      const made =
        err instanceof AppError && err.code === 'already_exists'
          ? await madeBefore(credentials, key, caller)
          : undefined;
      if (made === undefined) throw err;
      return made;
    }
  };
};
