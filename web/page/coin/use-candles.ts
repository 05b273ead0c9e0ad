import { useQuery } from '@tanstack/react-query';
import type { CandleRange, CandlesAnswer as ServedCandles } from '@tickfolio/api/market';
import type { OfAnyAge } from '@tickfolio/client/any-age';
import { isProblem } from '@tickfolio/client/problem';
import { useMemo, useRef } from 'react';
import { useParts } from '../parts.js';
import { type Candle, growCandle, type Slot, slotsOf } from './chart/plot/candle.js';
import type { Day } from './day-range.js';

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
export const candleRanges = ['1h', '6h', '24h', '7d', '30d', '1y'] as const satisfies readonly CandleRange[];

type CandlesAnswer = OfAnyAge<ServedCandles, 'BaseAsset' | 'QuoteAsset' | 'Status' | 'Last' | 'Day'>;
type CandleText = ServedCandles['Candles'][number];
type DayText = Pick<CandleText, 'Open' | 'High' | 'Low'>;

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

/** What the archive has of a symbol; while another range is asked for, that of the one before. */
export const useCandles = (symbol: string, range: CandleRange) => {
  const { session, store } = useParts();
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['candles', symbol, range],
    queryFn: () =>
      session.call<CandlesAnswer>('GET', `/api/v1/coins/${encodeURIComponent(symbol)}/candles?range=${range}`),
    refetchInterval: refreshMs,
    // Of another symbol nothing is shown.
    placeholderData: (before, query) => (query?.queryKey[1] === symbol ? before : undefined),
    retry: false,
  });
  const candles = useMemo(() => data?.Candles.map(candleOf) ?? none, [data]);
  const stepMs = (data?.StepSeconds ?? 0) * 1_000;
  const slots = useMemo((): readonly Slot[] => {
    if (!data || stepMs === 0) return [];
    // The server's clock counts, as it is told with every frame.
    return slotsOf(candles, spanMs[data.Range], stepMs, Date.parse(store.frame?.AsOf ?? '') || 0);
  }, [candles, data, stepMs, store]);
  return {
    range: data?.Range,
    /** The exchange does not trade it any more. */
    isDelisted: data?.Status === 'delisted',
    base: data?.BaseAsset ?? undefined,
    quote: data?.QuoteAsset ?? undefined,
    /** Of a delisted symbol, the last price that was recorded. */
    last: data?.Last ? { atMs: Date.parse(data.Last.Time), price: data.Last.Price } : undefined,
    /** When its newest price was recorded, as far as that is known. */
    recordedAtMs: data?.Day ? Date.parse(data.Day.Time) : candles.at(-1)?.atMs,
    candles,
    slots,
    stepMs,
    day: data?.Day ? dayOf(data.Day, true) : data?.Today ? dayOf(data.Today, false) : undefined,
    volume: data?.Volume ? { base: data.Volume.Base, quote: data.Volume.Quote } : undefined,
    error,
    /** There is no archive here at all. */
    isNowhere: isProblem(error) && error.reasons.get('archive') === 'no-archive',
    isLoaded: data !== undefined,
    isOfBefore: isPlaceholderData,
  };
};

interface Grown {
  /** Of the symbol and the range. */
  readonly key: string;
  readonly slots: readonly Slot[];
  readonly candle: Candle;
}

/**
 * The candle that is still growing, moved by the live price. A moment of before the newest candle moves the newest one,
 * until the next answer of the archive: a clock may have been set back.
 */
export const useGrowingCandle = (
  key: string,
  slots: readonly Slot[],
  stepMs: number,
  price: string | undefined,
  asOfMs: number,
) => {
  const kept = useRef<Grown>(undefined);
  if (price === undefined || stepMs === 0) return undefined;
  const lastMs = slots.at(-1)?.atMs ?? 0;
  const grown = kept.current;
  const before =
    grown?.key === key && (grown.slots === slots || grown.candle.atMs <= lastMs) ? grown.candle : undefined;
  const atMs = Math.max(Math.floor(asOfMs / stepMs) * stepMs, before?.atMs ?? 0, lastMs);
  const known = slots.findLast((slot) => slot.atMs === atMs)?.candle;
  const candle = growCandle(before, known, atMs, price);
  kept.current = { key, slots, candle };
  return candle;
};
