import { useQuery } from '@tanstack/react-query';
import type { BalancesAnswer } from '@tickfolio/api/portfolios';
import type { Direction } from '@tickfolio/lib/look/change';
import { type Parts, useParts } from '../parts.js';
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

/** Its price as it moves, where it is live. */
export interface MovingPrice {
  /** With the decimals of its market; undefined where it is of no market that is told in USDT. */
  readonly text: string | undefined;
  readonly direction: Direction;
  /** Counts the changes. */
  readonly ticks: number;
}

export type Balance = Omit<BalancesAnswer['balances'][number], keyof Worth> & Worth & { readonly moving?: MovingPrice };
export type Balances = Omit<BalancesAnswer, 'balances' | 'value'> & {
  readonly balances: readonly Balance[];
  /** Of all together that have a price, in USDT. */
  readonly value?: string | null;
};

/** How what is in a portfolio is read. */
export const reading = ({ session }: Parts, id: string) => ({
  queryKey: [...portfoliosKey, 'balances', id],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
    session.call<Balances>('GET', `${portfolioPath(id)}/balances`, undefined, {}, signal),
});

/** What is in a portfolio, read once. */
export const useBalances = (id: string) => useQuery(reading(useParts(), id));
