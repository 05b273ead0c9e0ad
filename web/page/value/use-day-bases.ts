import { useQuery } from '@tanstack/react-query';
import type { Decimal } from '@tickfolio/lib/money';
import { useEffect } from 'react';
import { heldSymbols } from '../live/held-symbols.js';
import type { Baselines, Row } from '../live/portfolio-view.js';
import { useLive, usePace, useParts } from '../parts.js';
import { exact } from '../text/exact.js';

export interface DayAnswer {
  /** Today's first known prices in USDT, from when on they are. */
  readonly Opens: readonly { readonly Symbol: string; readonly Price: string; readonly Since: string }[];
  /** Prices of 24 hours ago in USDT, where the archive has them; a server of before this page does not know them. */
  readonly DayAgo?: readonly { readonly Symbol: string; readonly Price: string }[];
}

/** What was 24 hours ago moves on with the time. */
const refreshMs = 60_000;
/** The first price of a coin that was added is recorded within a minute. */
const soonMs = 20_000;

/** So long after its first price the archive may still be about to know a coin that was added. */
const youngMs = 300_000;

/** How long what is known of the day will do: not long while a coin that has a value waits for its first price, or for an older one. */
export const dayRefreshMs = (rows: readonly Pick<Row, 'valueText' | 'day' | 'daySinceMs'>[], nowMs: number): number => {
  const isWaiting = ({ valueText, day, daySinceMs }: (typeof rows)[number]) =>
    valueText !== undefined && (day === undefined || (daySinceMs !== undefined && nowMs - daySinceMs < youngMs));
  return rows.some(isWaiting) ? soonMs : refreshMs;
};

/** Where changes are counted from: 24 hours ago as everywhere in the market, else the first price that is known since. */
export const dayBasesOf = ({ Opens, DayAgo = [] }: DayAnswer): Baselines['day'] =>
  new Map<string, { readonly price: Decimal; readonly sinceMs: number | undefined }>([
    ...Opens.map(({ Symbol: symbol, Price, Since }) => [symbol, { price: exact(Price), sinceMs: Date.parse(Since) }] as const),
    ...DayAgo.map(({ Symbol: symbol, Price }) => [symbol, { price: exact(Price), sinceMs: undefined }] as const),
  ]);

/** Keeps the prices from which the day's changes are counted. */
export const useDayBases = () => {
  const { session, store } = useParts();
  const held = useLive(({ view }) => heldSymbols(view?.rows));
  const refetchInterval = usePace(useLive((state) => dayRefreshMs(state.view?.rows ?? [], state.view?.asOfMs ?? 0)));
  const { data } = useQuery({
    queryKey: ['day', held],
    queryFn: () => session.call<DayAnswer>('GET', '/api/v1/profile/day'),
    enabled: held !== '',
    refetchInterval,
    placeholderData: (before) => before,
  });
  useEffect(() => {
    if (data) store.setDayBases(dayBasesOf(data));
  }, [data, store]);
};
