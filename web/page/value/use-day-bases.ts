import { useQuery } from '@tanstack/react-query';
import type { BasisAnswer, DayAnswer as ServedDay } from '@tickfolio/api/history';
import type { OfAnyAge } from '@tickfolio/client/any-age';
import { doubledMs } from '@tickfolio/lib/retry/backoff';
import { useEffect, useState } from 'react';
import { useChoice } from '../display/choice.js';
import { type Basis, basisChoice } from '../display/choices.js';
import { framedSymbols } from '../live/framed-symbols.js';
import type { DayPlan, PortfolioStore } from '../live/portfolio-store.js';
import type { DayBase, Row } from '../live/portfolio-view.js';
import { useParts, useStore } from '../parts.js';
import { exact } from '../text/exact.js';
import { useSpeaking } from '../text/language.js';
import { isoOf, type Times } from '../text/times.js';
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
/** How far the moment of 7 or 30 days ago moves at once, and how late a price of 24 hours ago may be. */
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
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
export const dayPlanOf = ({ AsOf, Opens, DayAgo = [], DayAgoNext }: DayAnswer): DayPlan => {
  const since = Opens.map((open) => baseOf(open, Date.parse(open.Since)));
  const basesOf = (ago: readonly PriceThen[]) => new Map([...since, ...ago.map((price) => baseOf(price, undefined))]);
  return {
    basis: '24h',
    now: basesOf(DayAgo),
    // A computer that slept has those of long ago.
    untilMs: AsOf === undefined ? undefined : Date.parse(AsOf) + hourMs,
    next: DayAgoNext ? { fromMs: Date.parse(DayAgoNext.From), bases: basesOf(DayAgoNext.Prices) } : undefined,
  };
};

/** What was asked of a moment that was chosen. */
interface PricesThen {
  readonly basis: Exclude<Basis, '24h'>;
  /** The moment, epoch milliseconds. */
  readonly atMs: number;
  /** Of which symbols it was asked, as `framedSymbols` writes them. */
  readonly of: string;
  readonly prices: BasisAnswer['Prices'];
}

/** From when on a moment is none of that basis any more; of a week or a month the hour before stands in for the next. */
const untilOf = ({ basis, atMs }: Pick<PricesThen, 'basis' | 'atMs'>, times: Pick<Times, 'aheadMs'>) =>
  // No day is longer than 25 hours.
  basis === 'today'
    ? basisMoment(basis, atMs + 30 * hourMs, times)
    : atMs + (basis === '7d' ? 7 : 30) * dayMs + 2 * hourMs;

/**
 * Of a moment that was chosen: what is known of it, and of other coins the first price of today. Coins of which it was
 * not asked yet have none until then: what they cost this morning is not what they cost a month ago.
 */
export const basisPlanOf = (
  { Opens }: Pick<DayAnswer, 'Opens'>,
  then: PricesThen,
  times: Pick<Times, 'aheadMs'>,
): DayPlan => {
  const asked = new Set(then.of.split(' '));
  const opens = Opens.filter(({ Symbol: symbol }) => asked.has(symbol));
  const { now } = dayPlanOf({ Opens: opens, DayAgo: then.prices });
  return { basis: then.basis, now, untilMs: untilOf(then, times) };
};

/** Something else whose changes are counted than those of what the default portfolio holds. */
export interface DayOf {
  readonly portfolioId: 'all';
  readonly store: PortfolioStore;
  /** What it is made of, as `framedSymbols` writes it. */
  readonly held: string;
}

/** The prices of the moment that changes are counted from; not asked for of the last 24 hours. */
const useBasisPrices = (store: PortfolioStore, held: string, portfolioId: DayOf['portfolioId'] | undefined) => {
  const { session } = useParts();
  const { times } = useSpeaking();
  const basis = useChoice(basisChoice);
  const atMs = useStore(store, (state) => basisMoment(basis, state.view?.asOfMs ?? 0, times));
  const query = useQuery({
    queryKey: ['basis', portfolioId, held, basis, atMs],
    queryFn: async (): Promise<PricesThen | undefined> => {
      if (basis === '24h' || atMs === undefined) return undefined;
      const path = `/api/v1/profile/basis?at=${encodeURIComponent(isoOf(atMs))}${portfolioId ? `&portfolioId=${portfolioId}` : ''}`;
      return { basis, atMs, of: held, prices: (await session.call<BasisAnswer>('GET', path)).Prices };
    },
    enabled: held !== '' && atMs !== undefined && atMs > 0,
    // What it was then stays; of a coin that is new it may come.
    staleTime: refreshMs,
    refetchInterval: refreshMs,
  });
  return query;
};

/** Whether the prices that changes are counted from can be read. */
export interface ChangesReading {
  /** They could not be, and none are known from before. */
  readonly isAway: boolean;
  readonly isLoading: boolean;
  retry(): void;
}

/** Keeps the prices from which changes are counted, whichever basis is chosen. */
export const useDayBases = (of?: DayOf): ChangesReading => {
  const { session, store: own, random } = useParts();
  const { times } = useSpeaking();
  const { store, portfolioId } = of ?? { store: own };
  const framed = useStore(store, () => framedSymbols(store.frame?.Coins));
  const held = of?.held ?? framed;
  const [part] = useState(random);
  const soon = useStore(store, (state) => isDaySoon(state.view?.rows ?? [], state.view?.asOfMs ?? 0));
  const day = useQuery({
    queryKey: ['day', portfolioId, held],
    queryFn: () =>
      session.call<DayAnswer>('GET', `/api/v1/profile/day${portfolioId ? `?portfolioId=${portfolioId}` : ''}`),
    enabled: held !== '',
    refetchInterval: ({ state: { data: known, dataUpdateCount, errorUpdateCount } }) =>
      dayRefreshMs(known?.AsOf, part, soon, dataUpdateCount + errorUpdateCount),
    placeholderData: (before) => before,
  });
  const basis = useBasisPrices(store, held, portfolioId);
  const chosen = useChoice(basisChoice);
  const [{ data }, { data: then }] = [day, basis];
  useEffect(() => {
    if (chosen === '24h' && data) store.setDayBases(dayPlanOf(data));
    else if (data && then?.basis === chosen) store.setDayBases(basisPlanOf(data, then, times));
    // Those of the same basis stay until the next ones are there, as of other holdings.
    else if (store.basis !== chosen) store.setDayBases({ basis: chosen, now: new Map() });
  }, [data, then, chosen, times, store]);
  const asked = chosen === '24h' ? [day] : [day, basis];
  return {
    isAway: asked.some((query) => query.isError && !query.data),
    isLoading: asked.some((query) => query.isFetching && !query.data),
    retry: () => {
      for (const query of asked) void query.refetch();
    },
  };
};
