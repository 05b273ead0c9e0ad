import { useQuery } from '@tanstack/react-query';
import type { TickersAnswer } from '@tickfolio/api/tickers';
import { bodyOf, problemOf } from '@tickfolio/client/problem';
import type { Session } from '@tickfolio/client/session';
import { usePace, useParts } from '../parts.js';

/** All markets of a moment, and what the server knows this answer by. */
export interface TickerBook extends Omit<TickersAnswer, 'next'> {
  readonly etag: string | undefined;
}

/** More than an exchange lists: all of it comes in one answer, of one moment. */
const limit = 5_000;
const paceMs = 5_000;
/** A whole exchange is some 200 KB each time. */
const [longBook, longPaceMs] = [1_000, 15_000];
/** A week is told by points 6 hours apart. */
const weekPaceMs = 300_000;

/** @param known what the page has already: it is had again where nothing changed since, for nothing. */
const readTickers = async (
  { ask }: Pick<Session, 'ask'>,
  query: string,
  known: TickerBook | undefined,
  signal: AbortSignal,
): Promise<TickerBook> => {
  const headers = known?.etag === undefined ? {} : { 'if-none-match': known.etag };
  const answer = await ask(`/api/v1/tickers?limit=${limit}${query}`, { signal, headers });
  if (known && answer.status === 304) return known;
  if (!answer.ok) throw await problemOf(answer);
  const { next: _, ...book } = (await bodyOf(answer, 'tickers')) as unknown as TickersAnswer;
  return { ...book, etag: answer.headers.get('etag') ?? undefined };
};

const onlyOf = (quote: string | undefined) => (quote === undefined ? '' : `&quote=${encodeURIComponent(quote)}`);

/** The last 24 hours of all markets, or of those in one quote asset; asked for again while the page is looked at. */
export const useTickers = (quote: string | undefined) => {
  const { session } = useParts();
  const [pace, longPace] = [usePace(paceMs), usePace(longPaceMs)];
  const queryKey = ['tickers', quote ?? ''];
  return useQuery<TickerBook>({
    queryKey,
    queryFn: ({ client, signal }) => readTickers(session, onlyOf(quote), client.getQueryData(queryKey), signal),
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => ((data?.tickers.length ?? 0) > longBook ? longPace : pace),
    // What the server says is the same is the same object; to compare 3,000 rows would cost more than to draw 20.
    structuralSharing: false,
  });
};

const weeksOf = ({ tickers }: TickerBook): ReadonlyMap<string, readonly (string | null)[]> =>
  new Map(tickers.map(({ symbol, spark7d = [] }) => [symbol, spark7d]));

/** What each market cost every 6 hours of the last 7 days, by symbol. */
export const useWeeks = (quote: string | undefined, isWanted: boolean) => {
  const { session } = useParts();
  const pace = usePace(weekPaceMs);
  return useQuery({
    queryKey: ['weeks', quote ?? ''],
    queryFn: ({ signal }) => readTickers(session, `&spark=true${onlyOf(quote)}`, undefined, signal),
    select: weeksOf,
    enabled: isWanted,
    staleTime: pace,
    refetchInterval: pace,
    structuralSharing: false,
  }).data;
};
