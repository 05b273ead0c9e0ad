import { useQuery } from '@tanstack/react-query';
import { useLive, usePace, useParts } from '../parts.js';
import { type Balances, reading } from '../portfolios/use-balances.js';

/** How often it is read what nobody tells: no connection gets through. */
const paceMs = 3_000;

/** What is in a portfolio, read anew whenever it is told that it changed. */
export const useFunds = (portfolioId: string): Balances | undefined => {
  const parts = useParts();
  const pace = usePace(paceMs);
  const isLive = useLive(({ connection }) => connection === 'live');
  return useQuery({
    ...reading(parts, portfolioId),
    refetchInterval: ({ state: { error } }) => (isLive && !error ? false : pace),
    staleTime: 0,
  }).data;
};
