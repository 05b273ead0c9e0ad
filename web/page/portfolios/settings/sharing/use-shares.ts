import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { MadeShareAnswer, ShareAnswer, SharesAnswer } from '@tickfolio/api/shares';
import { useMemo } from 'react';
import { useParts } from '../../../parts.js';
import { portfolioPath } from '../../portfolio-calls.js';

export interface SharePlan {
  readonly amounts: boolean;
  readonly expiresAt: string;
}

const keyOf = (id: string) => ['shares', id];

/** The links to a portfolio, the newest first. */
export const useShares = (id: string) => {
  const { session } = useParts();
  return useQuery({
    queryKey: keyOf(id),
    queryFn: async ({ signal }) =>
      (await session.call<SharesAnswer>('GET', `${portfolioPath(id)}/shares`, undefined, {}, signal)).shares,
  });
};

/** Changes of them, after which the list is read anew: also where no answer came. @throws Problem */
export const useShareCalls = (id: string) => {
  const { session } = useParts();
  const client = useQueryClient();
  return useMemo(() => {
    const path = `${portfolioPath(id)}/shares`;
    const changed = () => client.invalidateQueries({ queryKey: keyOf(id) });
    return {
      make: (plan: SharePlan) => session.call<MadeShareAnswer>('POST', path, plan).finally(changed),
      end: (share: ShareAnswer) =>
        session.call<ShareAnswer>('DELETE', `${path}/${encodeURIComponent(share.id)}`).finally(changed),
    };
  }, [session, client, id]);
};
