import { AppError } from '@tickfolio/lib/errors';
import type { Throttle } from '@tickfolio/lib/throttle';
import type { Refusals } from '../log/refusals.js';
import type { AuthMetrics } from '../metrics.js';
import type { Account, Accounts } from './accounts.js';
import { type Caller, originOf } from './caller.js';
import { isPossiblePassword, normalPassword } from './credentials.js';
import type { PasswordHasher } from './password-hasher.js';

/** What a signed-in user changes by the password, or proves by it. */
export interface OwnPassword {
  /**
   * @param field what the password is called in the request
   * @throws AppError permission_denied where it is wrong, unauthenticated without an account, resource_exhausted after
   * too many tries
   */
  prove(userId: string, password: string, field: string, caller: Caller): Promise<Account>;
}

export interface OwnPasswordDeps {
  readonly accounts: Pick<Accounts, 'findById'>;
  readonly hasher: PasswordHasher;
  /** By user: whoever found an open page may guess here no more often than where one signs in. */
  readonly throttle: Throttle;
  readonly metrics: Pick<AuthMetrics, 'hashing'>;
  readonly refusals: Pick<Refusals, 'note'>;
}

export const createOwnPassword = ({ accounts, hasher, throttle, metrics, refusals }: OwnPasswordDeps): OwnPassword => ({
  prove: async (userId, password, field, caller) => {
    throttle.take(userId);
    const account = await accounts.findById(userId);
    if (!account) throw new AppError('unauthenticated', 'The account is gone.');
    const isRight =
      isPossiblePassword(password) &&
      (await metrics.hashing(() => hasher.verify(account.passwordHash, normalPassword(password), caller.signal)));
    if (!isRight) {
      refusals.note(userId, 'password-refused', originOf(caller));
      throw new AppError('permission_denied', 'The password is wrong.', {
        fields: [{ field, message: 'is not the password of this account', reason: 'wrong-password' }],
      });
    }
    throttle.reset(userId);
    return account;
  },
});
