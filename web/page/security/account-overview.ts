import { useQuery } from '@tanstack/react-query';
import type { AccountAnswer } from '@tickfolio/api/account';
import { useParts } from '../parts.js';

export type AccountOverview = AccountAnswer;

export const accountPath = '/api/v1/account';
/** Everything that is read of the account has a key that begins so. */
export const accountKey = ['account'];

/** The account, and how one gets into it. */
export const useAccount = () => {
  const { session } = useParts();
  return useQuery({
    queryKey: accountKey,
    queryFn: ({ signal }) => session.call<AccountOverview>('GET', accountPath, undefined, {}, signal),
  });
};
