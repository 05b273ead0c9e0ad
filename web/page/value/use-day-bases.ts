import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { BasisAnswer, DayAnswer as ServedDay } from '@tickfolio/api/history';
import type { OfAnyAge } from '@tickfolio/client/any-age';
import { doubledMs } from '@tickfolio/lib/retry/backoff';
import { useEffect, useState } from 'react';
import { useChoice } from '../display/choice.js';
import { basisChoice } from '../display/choices.js';
import { framedSymbols } from '../live/framed-symbols.js';
import type { DayPlan } from '../live/portfolio-store.js';
import type { DayBase, Row } from '../live/portfolio-view.js';
import { useLive, useParts } from '../parts.js';
import { exact } from '../text/exact.js';
import { useSpeaking } from '../text/language.js';
import { isoOf } from '../text/times.js';
import { basisMoment } from './basis-moment.js';

type Open = ServedDay['Opens'][number];
type PriceThen = OfAnyAge<Omit<Open, 'Since'>, 'QuotePrice'>;

/** Where changes of the day are counted from. */
export interface DayAnswer {
  readonly AsOf?: ServedDay['AsOf'];
  readonly Opens: readonly OfAnyAge<Open, 'QuotePrice'>[];
  readonly DayAgo?: readonly PriceThen[];
  readonly DayAgoNext?: { readonly From: string; readonly Prices: readonly PriceThen[] } | null;
}

/** What was 24 hours ago moves on with the time. */
const refreshMs = 60_000;
/**
 * While a coin waits for its first price: mostly that is there within seconds, at the latest it is recorded within a
 * minute.
 */
const [soonestMs, soonMs] = [2_000, 20_000];
/** So long after its first price the archive may still be about to know a coin that was added. */
const youngMs = 300_000;
/**
 * The part of each minute of the server in which it knows the next prices and none of them is in force; each page asks
 * at its own moment of it.
 */
const [askFromMs, askForMs] = [17_000, 24_000];
/** How far the moment of 7 or 30 days ago moves at once. */
const hourMs = 3_600_000;
/** Nearer than this is the turn that just was. */
const leastMs = 5_000;

/**
 * Whether the prices of the day will not do for long: while a coin that has a value waits for its first one, or for an
 * older one. Of one whose price is old, such as of a delisted coin, none is recorded.
 */
export const isDaySoon = (
  rows: readonly Pick<Row, 'valueText' | 'day' | 'daySinceMs' | 'stale'>[],
  nowMs: number,
): boolean =>
  rows.some(
    ({ valueText, day, daySinceMs, stale }) =>
      valueText !== undefined &&
      !stale &&
      (day === undefined || (daySinceMs !== undefined && nowMs - daySinceMs < youngMs)),
  );

/**
 * How long to wait until the prices of the day are asked for again.
 * @param answeredAt the server's time of the last answer
 * @param part 0 to 1, of this page: which moment of the minute is its own
 * @param asked how often they were asked for since the portfolio has these coins
 */
export const dayRefreshMs = (answeredAt: string | undefined, part: number, soon: boolean, asked: number): number => {
  const answeredMs = answeredAt === undefined ? Number.NaN : Date.parse(answeredAt);
  const toTurnMs = askFromMs + Math.floor(askForMs * part) - (answeredMs % refreshMs);
  const turnMs = Number.isNaN(toTurnMs) ? refreshMs : toTurnMs < leastMs ? toTurnMs + refreshMs : toTurnMs;
  return soon ? doubledMs(soonestMs, Math.min(soonMs, turnMs), Math.max(0, asked - 1)) : turnMs;
};

const baseOf = (
  { Symbol: symbol, Price, QuotePrice }: PriceThen,
  sinceMs: number | undefined,
): readonly [string, DayBase] => [
  symbol,
  { price: exact(Price), quotePrice: QuotePrice === undefined ? undefined : exact(QuotePrice), sinceMs },
];

/**
 * Where changes are counted from: 24 hours ago as everywhere in the market, else the first price that is known since.
 */
export const dayPlanOf = ({ Opens, DayAgo = [], DayAgoNext }: DayAnswer): DayPlan => {
  const since = Opens.map((open) => baseOf(open, Date.parse(open.Since)));
  const basesOf = (ago: readonly PriceThen[]) => new Map([...since, ...ago.map((price) => baseOf(price, undefined))]);
  return {
    now: basesOf(DayAgo),
    next: DayAgoNext ? { fromMs: Date.parse(DayAgoNext.From), bases: basesOf(DayAgoNext.Prices) } : undefined,
  };
};

/** Of a moment that was chosen: what is known of it, and of other coins the first price of today. */
const basisPlanOf = (day: DayAnswer, { Prices }: Pick<BasisAnswer, 'Prices'>): DayPlan =>
  dayPlanOf({ Opens: day.Opens, DayAgo: Prices });

/** The prices of the moment that changes are counted from; undefined for the last 24 hours. */
const useBasisPrices = (held: string): BasisAnswer | undefined => {
  const { session } = useParts();
  const { times } = useSpeaking();
  const basis = useChoice(basisChoice);
  const client = useQueryClient();
  const atMs = useLive((state) => basisMoment(basis, state.view?.asOfMs ?? 0, times));
  const keyOf = (ofMs: number | undefined) => ['basis', held, ofMs];
  const { data } = useQuery({
    queryKey: keyOf(atMs),
    queryFn: () => {
      const at = encodeURIComponent(isoOf(atMs ?? 0));
      return session.call<BasisAnswer>('GET', `/api/v1/profile/basis?at=${at}`);
    },
    enabled: held !== '' && atMs !== undefined && atMs > 0,
    // What it was then stays; of a coin that is new it may come.
    staleTime: refreshMs,
    refetchInterval: refreshMs,
    // Those of an hour before stand in for them all that time, if it must be.
    gcTime: 2 * hourMs,
  });
  if (atMs === undefined) return undefined;
  // Another midnight is another day; an hour of a week is next to nothing.
  return data ?? (basis === 'today' ? undefined : client.getQueryData<BasisAnswer>(keyOf(atMs - hourMs)));
};

/** Keeps the prices from which changes are counted, whichever basis is chosen. */
export const useDayBases = () => {
  const { session, store, random } = useParts();
  const held = useLive(() => framedSymbols(store.frame?.Coins));
  const [part] = useState(random);
  const soon = useLive((state) => isDaySoon(state.view?.rows ?? [], state.view?.asOfMs ?? 0));
  const { data } = useQuery({
    queryKey: ['day', held],
    queryFn: () => session.call<DayAnswer>('GET', '/api/v1/profile/day'),
    enabled: held !== '',
    refetchInterval: ({ state: { data: known, dataUpdateCount, errorUpdateCount } }) =>
      dayRefreshMs(known?.AsOf, part, soon, dataUpdateCount + errorUpdateCount),
    placeholderData: (before) => before,
  });
  const basis = useBasisPrices(held);
  const chosen = useChoice(basisChoice);
  useEffect(() => {
    if (chosen === '24h') {
      if (data) store.setDayBases(dayPlanOf(data));
    } else store.setDayBases(data && basis ? basisPlanOf(data, basis) : { now: new Map() });
  }, [data, basis, chosen, store]);
};
