import { useMemo } from 'react';
import { useLive } from '../parts.js';
import { useWatchedPrices, useWatchlist } from '../watchlist/use-watchlist.js';
import type { LivePrice } from '../watchlist/watched-prices.js';
import { marketRows, untradedOf, watchedRows } from './market-rows.js';
import type { MarketsSearch } from './markets-search.js';
import { useTickers } from './use-tickers.js';

/** Prices of now: of what is held as frames tell them, of everything else that is watched as the channel does. */
const useLivePrices = (isWanted: boolean): ReadonlyMap<string, LivePrice> => {
  const told = useWatchedPrices(isWanted);
  const held = useLive(({ view }) => (isWanted ? view?.rows : undefined));
  return useMemo(() => {
    // Of a price of now no time is told.
    const framed = (held ?? []).flatMap(({ symbol, price, priceAtMs: atMs = Number.POSITIVE_INFINITY }) =>
      price === undefined ? [] : [[symbol, { price, atMs }] as const],
    );
    return new Map([...told, ...framed]);
  }, [told, held]);
};

/** All rows of the list that is shown, with what is known of them and why not more is. */
export const useListedRows = ({ list, quote }: MarketsSearch) => {
  const isWatchlist = list !== undefined;
  const { watched, isError, error, retry } = useWatchlist();
  const prices = useLivePrices(isWatchlist);
  const book = useTickers(isWatchlist ? undefined : quote);
  const tickers = book.data?.tickers;
  const everything = useMemo(
    () => (isWatchlist || !tickers ? undefined : marketRows(tickers, quote)),
    [isWatchlist, tickers, quote],
  );
  const chosen = useMemo(
    () => (isWatchlist && tickers && watched ? watchedRows(tickers, watched, prices) : undefined),
    [isWatchlist, tickers, watched, prices],
  );
  const untraded = useMemo(
    () => (isWatchlist && tickers && watched ? untradedOf(tickers, watched) : []),
    [isWatchlist, tickers, watched],
  );
  return {
    book,
    all: isWatchlist ? chosen : everything,
    untraded,
    /** Nothing is on the watchlist. */
    isNothingWatched: isWatchlist && watched?.size === 0,
    /** Why there is no list to show; undefined where there is or may be one. */
    fault:
      isWatchlist && !watched && isError
        ? { error, retry }
        : tickers || !book.isError
          ? undefined
          : { error: book.error, retry: () => void book.refetch() },
  };
};
