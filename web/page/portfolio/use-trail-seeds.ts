import { useQuery } from '@tanstack/react-query';
import type { TrailsAnswer } from '@tickfolio/api/history';
import { useEffect } from 'react';
import { framedSymbols } from '../live/framed-symbols.js';
import { useLive, useParts } from '../parts.js';

const minuteMs = 60_000;

/** What the prices of the held coins did before the page was opened, where there is an archive. */
export const useTrailSeeds = () => {
  const { session, store, trails } = useParts();
  const held = useLive(() => framedSymbols(store.frame?.Coins));
  const { data } = useQuery({
    queryKey: ['trails', held],
    queryFn: () => session.call<TrailsAnswer>('GET', '/api/v1/profile/trails'),
    enabled: held !== '',
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    for (const { Symbol: symbol, Points } of data?.Trails ?? [])
      trails.seed(
        symbol,
        // The price at the end of each minute, told by its start.
        Points.map(({ Time, Price }) => ({ atMs: Date.parse(Time) + minuteMs, price: Number(Price) })),
      );
  }, [data, trails]);
};
