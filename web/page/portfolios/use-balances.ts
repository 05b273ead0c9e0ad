import { useQuery } from '@tanstack/react-query';
import type { BalancesAnswer } from '@tickfolio/api/portfolios';
import { usePace, useParts } from '../parts.js';
import { portfolioPath, portfoliosKey } from './portfolio-calls.js';

/** What a balance is worth, in USDT; a server of before says nothing of that. */
interface Worth {
  /** Of one; null while there is none. */
  readonly price?: string | null;
  readonly value?: string | null;
  readonly priceTime?: string | null;
  /** Whether the price is old, or there is none. */
  readonly stale?: boolean;
}

export type Balance = Omit<BalancesAnswer['balances'][number], keyof Worth> & Worth;
export type Balances = Omit<BalancesAnswer, 'balances' | 'value'> & {
  readonly balances: readonly Balance[];
  /** Of all together that have a price, in USDT. */
  readonly value?: string | null;
};

const paceMs = 3_000;

/**
 * What is in a portfolio: where it comes from, of those that are not live, is decided here alone.
 * @param isWatched asks again while the page is looked at
 */
export const useBalances = (id: string, isWatched: boolean) => {
  const { session } = useParts();
  const pace = usePace(paceMs);
  return useQuery({
    queryKey: [...portfoliosKey, 'balances', id],
    queryFn: ({ signal }) => session.call<Balances>('GET', `${portfolioPath(id)}/balances`, undefined, {}, signal),
    refetchInterval: isWatched ? pace : false,
    ...(isWatched ? { staleTime: 0 } : {}),
  });
};
