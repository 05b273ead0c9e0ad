import { isProblem } from '@tickfolio/client/problem';
import type { Session } from '@tickfolio/client/session';
import { type AccountOverview, accountPath } from '../../security/account-overview.js';
import { securityFault } from '../../security/fault-words.js';

/** Whether what was asked for may have been done: nobody answered, or something in between. */
const mayBeDone = (thrown: unknown): boolean => isProblem(thrown) && (thrown.status === 0 || thrown.status >= 500);

/**
 * Changes the own password. Where a try was not heard of and the next one is told that the old password is wrong, it
 * asks whether the new one of before counts already.
 * @returns `before`: the account has the new password of the try before, and not this one
 * @throws Problem
 */
export const createPasswordChange = (call: Session['call']) => {
  let unheard: string | undefined;
  const countsAlready = async (password: string): Promise<boolean> => {
    try {
      await call('POST', `${accountPath}/reauthenticate`, { password });
      return true;
    } catch (thrown) {
      if (securityFault(thrown) === 'wrongPassword') return false;
      throw thrown;
    }
  };
  return async (old: string, wanted: string): Promise<'done' | 'before'> => {
    try {
      await call('POST', `${accountPath}/password`, { old, new: wanted });
      return 'done';
    } catch (thrown) {
      if (securityFault(thrown) === 'wrongPassword' && unheard !== undefined && (await countsAlready(unheard)))
        return unheard === wanted ? 'done' : 'before';
      if (mayBeDone(thrown)) unheard = wanted;
      throw thrown;
    }
  };
};

/**
 * Gives the first code of an app. Where a try was not heard of and the next one is told that nothing waits for a code,
 * the account says whether the app is set up.
 * @throws Problem
 */
export const createAppConfirmation = (call: Session['call']) => {
  let isUnheard = false;
  return async (code: string): Promise<void> => {
    try {
      await call('POST', `${accountPath}/totp/confirm`, { code });
    } catch (thrown) {
      const isAsked = isUnheard && securityFault(thrown) === 'appNotBegun';
      if (isAsked && (await call<AccountOverview>('GET', accountPath)).totp) return;
      isUnheard ||= mayBeDone(thrown);
      throw thrown;
    }
  };
};
