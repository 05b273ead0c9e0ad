import { useMemo } from 'react';
import { useSymbols } from '../portfolio/changes/use-symbols.js';
import { type Pair, pairOf } from '../text/pair.js';

/** What the market of a symbol is of, and what it is paid in. */
export const usePairs = (): ((symbol: string) => Pair) => {
  const { data } = useSymbols();
  return useMemo(() => {
    const listed = new Map(data?.map((entry) => [entry.Symbol, { base: entry.BaseAsset, quote: entry.QuoteAsset }]));
    return (symbol) => listed.get(symbol) ?? pairOf(symbol, '');
  }, [data]);
};
