import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useParts } from '../parts.js';
import { Problem, problemOf } from '../session/problem.js';

/** A symbol that can be held. */
export interface ListedSymbol {
  readonly Symbol: string;
  readonly BaseAsset: string;
  readonly QuoteAsset: string;
}

const load = async (signal: AbortSignal): Promise<readonly ListedSymbol[]> => {
  const response = await fetch('/api/v1/symbols', { signal }).catch(() => {
    throw new Problem(0, '');
  });
  if (!response.ok) throw await problemOf(response);
  return ((await response.json()) as { Symbols: readonly ListedSymbol[] }).Symbols;
};

/** What the exchange lists; asked for again with every page and every few minutes, which costs nothing while it is the same. */
export const useSymbols = () => {
  const { store } = useParts();
  const query = useQuery({
    queryKey: ['symbols'],
    queryFn: ({ signal }) => load(signal),
    staleTime: 300_000,
    gcTime: Number.POSITIVE_INFINITY,
  });
  const { data } = query;
  useEffect(() => {
    if (data) store.setQuotes(new Map(data.map(({ Symbol: symbol, QuoteAsset }) => [symbol, QuoteAsset.toLowerCase()])));
  }, [data, store]);
  return query;
};
