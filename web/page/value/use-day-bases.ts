import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Row } from '../live/portfolio-view.js';
import { useLive, useParts } from '../parts.js';
import { exact } from '../text/exact.js';

interface DayAnswer {
  /** Midnight UTC. */
  readonly Since: string;
  readonly Opens: readonly { readonly Symbol: string; readonly Price: string; readonly Since: string }[];
}

const dayMs = 86_400_000;
const refreshMs = 300_000;
/** The first price of a coin that was added is recorded within a minute. */
const soonMs = 20_000;

/** How long what is known of the day will do: not long while a coin that has a value waits for its first price. */
export const dayRefreshMs = (rows: readonly Pick<Row, 'valueText' | 'today'>[]): number =>
  rows.some(({ valueText, today }) => valueText !== undefined && today === undefined) ? soonMs : refreshMs;

/** Keeps the first prices of the day, from which today's changes are counted. */
export const useDayOpens = () => {
  const { session, store } = useParts();
  const held = useLive((state) => state.view?.rows.length ?? 0);
  const today = useLive((state) => Math.floor((state.view?.asOfMs ?? 0) / dayMs));
  const refetchInterval = useLive((state) => dayRefreshMs(state.view?.rows ?? []));
  const { data } = useQuery({
    queryKey: ['day', today, held],
    queryFn: () => session.call<DayAnswer>('GET', '/api/v1/profile/day'),
    enabled: held > 0,
    refetchInterval,
    placeholderData: (before) => before,
  });
  useEffect(() => {
    if (data)
      store.setDayOpens(
        new Map(data.Opens.map(({ Symbol: symbol, Price, Since }) => [symbol, { price: exact(Price), sinceMs: Date.parse(Since) }])),
      );
  }, [data, store]);
};
