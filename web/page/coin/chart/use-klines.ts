import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import type { KlinesAnswer } from '@tickfolio/api/klines';
import { useMemo } from 'react';
import { usePace, useParts } from '../../parts.js';
import type { ChartInterval } from '../../text/asset-address.js';
import { isoOf } from '../../text/times.js';
import { stepOf } from './intervals.js';
import { candlesOf, joined, type KnownKlines, pageRows, readKlines } from './kline-pages.js';
import type { Candle } from './plot/candle.js';

/** The one that runs is moved by live prices meanwhile. */
const refreshMs = 30_000;
const secondsRefreshMs = 10_000;
/** Pages of before that somebody may scroll back to. */
const maxOlderPages = 9;
const none: readonly Candle[] = [];

export interface KlinesOptions {
  readonly symbol: string;
  readonly interval: ChartInterval;
  /** Whether the exchange trades it; undefined while that is not known. */
  readonly isListed: boolean | undefined;
  /** Of the prices that come now; candles of the other kind are not shown beside them. */
  readonly isSimulated: boolean;
}

/** The exchange's own candles, up to now and as far back as somebody scrolls. */
export const useKlines = ({ symbol, interval, isListed, isSimulated }: KlinesOptions) => {
  const isEnabled = isListed === true;
  const { session, store, clock } = useParts();
  const client = useQueryClient();
  const ask = (query: string) =>
    session.call<KlinesAnswer>(
      'GET',
      `/api/v1/klines/${encodeURIComponent(symbol)}?interval=${interval}&limit=${pageRows}${query}`,
    );
  const queryKey = ['klines', symbol, interval];
  const { data, isError, dataUpdatedAt, refetch } = useQuery({
    queryKey,
    queryFn: () => readKlines(ask, stepOf(interval), client.getQueryData<KnownKlines>(queryKey), clock.monotonic()),
    enabled: isEnabled,
    refetchInterval: usePace(interval === '1s' ? secondsRefreshMs : refreshMs),
  });
  const oldestMs = data?.candles[0]?.atMs ?? 0;
  const older = useInfiniteQuery({
    queryKey: ['klines-before', symbol, interval, data?.begunAtMs],
    queryFn: async ({ pageParam }) => candlesOf(await ask(`&to=${encodeURIComponent(isoOf(pageParam))}`)),
    initialPageParam: oldestMs - 1,
    getNextPageParam: (page, pages) => {
      const first = page[0];
      return first && pages.length < maxOlderPages ? first.atMs - 1 : undefined;
    },
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const isUsable = data?.simulated === isSimulated;
  const pages = older.data?.pages;
  const mayHaveOlder = oldestMs > 0 && (pages === undefined || older.hasNextPage) && !older.isFetching;
  return {
    candles: useMemo(() => (data && isUsable ? joined(pages ?? [], data.candles) : none), [data, isUsable, pages]),
    isLoading: isListed === undefined || (isEnabled && !data && !isError),
    /** Nothing could be read, or not what belongs beside the prices of now. */
    isAway: isEnabled && (data ? !isUsable : isError),
    /** Since when what is there was not brought up to date; epoch milliseconds, by the server's clock. */
    oldSinceMs: data && isError ? store.serverTime(dataUpdatedAt) : undefined,
    refetch,
    /** What is older could not be read; scrolling on asks again. */
    isOlderAway: older.isError,
    loadOlder: () => {
      if (mayHaveOlder) void older.fetchNextPage();
    },
  };
};
