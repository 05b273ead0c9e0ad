import { useQuery } from '@tanstack/react-query';
import type { CandleRange, CandlesAnswer as ServedCandles } from '@tickfolio/api/market';
import type { OfAnyAge } from '@tickfolio/client/any-age';
import { isProblem } from '@tickfolio/client/problem';
import { useMemo } from 'react';
import { useParts } from '../../parts.js';
import type { Candle } from './plot/candle.js';

type CandlesAnswer = OfAnyAge<ServedCandles, 'BaseAsset' | 'QuoteAsset' | 'Status' | 'Last' | 'Day' | 'Lacks'>;
type CandleText = ServedCandles['Candles'][number];
type DayText = Pick<CandleText, 'Open' | 'High' | 'Low'>;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** How far back each range reaches; the server has the same. */
const spanMs: Readonly<Record<CandleRange, number>> = {
  '1h': hourMs,
  '6h': 6 * hourMs,
  '24h': dayMs,
  '7d': 7 * dayMs,
  '30d': 30 * dayMs,
  '1y': 365 * dayMs,
};

const refreshMs = 30_000;
const none: readonly Candle[] = [];

const candleOf = ({ Time, Open, High, Low, Close }: CandleText): Candle => ({
  atMs: Date.parse(Time),
  open: Open,
  high: High,
  low: Low,
  close: Close,
});
const dayOf = ({ Open, High, Low }: DayText, isRolling: boolean): Day => ({
  open: Open,
  high: High,
  low: Low,
  isRolling,
});

/** A stretch of about a day. */
export interface Day {
  readonly open: string;
  readonly high: string;
  readonly low: string;
  /** Whether it is the last 24 hours; else it began at midnight UTC. */
  readonly isRolling: boolean;
}

/** What was traded in 24 hours, exact. */
export interface Volume {
  readonly base: string;
  readonly quote: string;
}

/** What our own archive has of a symbol; while another range is asked for, that of the one before. */
export const useArchive = (symbol: string, range: CandleRange) => {
  const { session, store } = useParts();
  const { data, error, isError, dataUpdatedAt, refetch } = useQuery({
    queryKey: ['candles', symbol, range],
    queryFn: () =>
      session.call<CandlesAnswer>('GET', `/api/v1/coins/${encodeURIComponent(symbol)}/candles?range=${range}`),
    refetchInterval: refreshMs,
    // Of another symbol nothing is shown.
    placeholderData: (before, query) => (query?.queryKey[1] === symbol ? before : undefined),
    retry: false,
  });
  const candles = useMemo(() => data?.Candles.map(candleOf) ?? none, [data]);
  return {
    /** The exchange does not trade it any more. */
    isDelisted: data?.Status === 'delisted',
    base: data?.BaseAsset ?? undefined,
    quote: data?.QuoteAsset ?? undefined,
    /** Of a delisted symbol, the last price that was recorded. */
    last: data?.Last ? { atMs: Date.parse(data.Last.Time), price: data.Last.Price } : undefined,
    /** When its newest price was recorded, as far as that is known. */
    recordedAtMs: data?.Day ? Date.parse(data.Day.Time) : candles.at(-1)?.atMs,
    candles,
    stepMs: (data?.StepSeconds ?? 0) * 1_000,
    /** How far back it was asked for. */
    spanMs: spanMs[data?.Range ?? range],
    day: data?.Day ? dayOf(data.Day, true) : data?.Today ? dayOf(data.Today, false) : undefined,
    volume: data?.Volume ? { base: data.Volume.Base, quote: data.Volume.Quote } : undefined,
    error,
    /** There is no archive here at all. */
    isNowhere: isProblem(error) && error.reasons.get('archive') === 'no-archive',
    isLoaded: data !== undefined,
    /** Since when what is there was not brought up to date; epoch milliseconds, by the server's clock. */
    oldSinceMs: data && isError ? store.serverTime(dataUpdatedAt) : undefined,
    refetch,
  };
};

export type Archive = ReturnType<typeof useArchive>;
