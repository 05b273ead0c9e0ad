import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { SymbolsAnswer } from '@tickfolio/api/market';
import type { OfAnyAge } from '@tickfolio/client/any-age';
import type { Session } from '@tickfolio/client/session';
import { useEffect } from 'react';
import type { PortfolioStore } from '../../live/portfolio-store.js';
import { useParts } from '../../parts.js';
import { readPublic } from '../../public-reading.js';

/** A symbol that can be held. */
export type ListedSymbol = OfAnyAge<SymbolsAnswer['Symbols'][number], 'Status'>;

const queryKey = ['symbols'];
/** Of a shorter name nothing can be said, and who types goes on within this. */
const minLookLength = 2;
const typingMs = 400;

const load = async (session: Session, signal: AbortSignal, query = ''): Promise<readonly ListedSymbol[]> => {
  const path = `symbols${query}`;
  return (await readPublic<{ Symbols: readonly ListedSymbol[] }>(session, path, 'Symbols', signal)).Symbols;
};

/** Of a step such as 0.01000000: those up to its last digit that is not 0. */
const decimalsOf = (step = ''): number => step.replace(/0+$/, '').split('.')[1]?.length ?? 0;

/**
 * What the exchange lists; asked for again with every page and every few minutes, which costs nothing while it is the
 * same. @param of what is to know it too, beside what is owned
 */
export const useSymbols = (of?: Pick<PortfolioStore, 'setMarkets'>) => {
  const { session, store } = useParts();
  const query = useQuery({
    queryKey,
    queryFn: ({ signal }) => load(session, signal),
    staleTime: 300_000,
    gcTime: Number.POSITIVE_INFINITY,
  });
  const { data } = query;
  useEffect(() => {
    if (!data) return;
    const markets = new Map(
      data.map(({ Symbol: symbol, QuoteAsset, TickSize }) => [
        symbol,
        { quote: QuoteAsset.toLowerCase(), decimals: decimalsOf(TickSize) },
      ]),
    );
    store.setMarkets(markets);
    of?.setMarkets(markets);
  }, [data, store, of]);
  return query;
};

/**
 * Has the exchange asked again for a search that found nothing: it may have listed the coin since.
 * @param query what was searched for in vain; undefined while something is found
 */
export const useNewListings = (query: string | undefined) => {
  const { clock, session } = useParts();
  const client = useQueryClient();
  useEffect(() => {
    if (query === undefined || query.trim().length < minLookLength) return undefined;
    const queryFn = ({ signal }: { readonly signal: AbortSignal }) => load(session, signal, '?fresh=true');
    const look = () => void client.prefetchQuery({ queryKey, queryFn, staleTime: 0 });
    const timer = clock.after(typingMs, look);
    return () => timer.cancel();
  }, [query, clock, session, client]);
};
