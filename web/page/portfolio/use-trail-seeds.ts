import { useQuery } from '@tanstack/react-query';
import type { DayTrailsAnswer } from '@tickfolio/api/history';
import { doubledMs } from '@tickfolio/lib/retry/backoff';
import { useEffect } from 'react';
import { framedSymbols } from '../live/framed-symbols.js';
import { useLive, usePace, useParts } from '../parts.js';

/** A new hour is one point of 24; meanwhile the live price is noted. */
const refreshMs = 30 * 60_000;
/** While the server asks the exchange about a coin, which takes it a moment: by itself it notes only hours to come. */
const [soonestMs, soonMs] = [1_000, 5 * 60_000];

/** A server of before does not say so. */
const isWhole = ({ Trails }: DayTrailsAnswer): boolean =>
  Trails.every(({ Whole, Points }) => Whole ?? Points.length > 0);

/** What the prices of the held coins did in the last 24 hours, whether or not they were held or looked at: one answer for all. */
export const useTrailSeeds = () => {
  const { session, store, trails } = useParts();
  const held = useLive(() => framedSymbols(store.frame?.Coins));
  const isSimulated = useLive((state) => state.view?.simulated === true);
  const pace = usePace(refreshMs);
  const { data } = useQuery({
    queryKey: ['day-trails', held, isSimulated],
    queryFn: () => session.call<DayTrailsAnswer>('GET', '/api/v1/profile/day-trails'),
    enabled: held !== '',
    staleTime: refreshMs / 2,
    refetchInterval: ({ state: { data: known, dataUpdateCount, errorUpdateCount } }) =>
      known && isWhole(known)
        ? pace
        : doubledMs(soonestMs, soonMs, Math.max(0, dataUpdateCount + errorUpdateCount - 1)),
  });
  useEffect(() => {
    if (data?.Simulated !== isSimulated) return;
    for (const { Symbol: symbol, Points } of data.Trails)
      trails.seed(
        symbol,
        Points.map(({ Time, Price }) => ({ atMs: Date.parse(Time), price: Number(Price) })),
      );
  }, [data, isSimulated, trails]);
};
