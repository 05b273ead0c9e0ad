import { useMemo } from 'react';
import { useParts } from '../../parts.js';
import type { ChartInterval } from '../../text/asset-address.js';
import { stepOf } from './intervals.js';
import { joined } from './kline-pages.js';
import { type Candle, type Slot, slotsOf } from './plot/candle.js';
import type { Archive } from './use-archive.js';
import { useGrowingCandle } from './use-growing-candle.js';
import { useKlines } from './use-klines.js';
import { useSeconds } from './use-seconds.js';

/** A chart is at least so many candles wide, so that a young one is not one wide candle. */
const leastSlots = 60;
/** What was seen live takes its place among what was read this often. */
const secondsBeatMs = 10_000;
const none: readonly Slot[] = [];

export interface ChartOptions {
  readonly symbol: string;
  readonly interval: ChartInterval;
  /** Whether the exchange trades it; undefined while that is not known. */
  readonly isListed: boolean | undefined;
  readonly isSimulated: boolean;
  readonly archive: Archive;
  /** Live and exact; undefined where none comes. */
  readonly price: string | undefined;
  /** Of the newest frame, epoch milliseconds. */
  readonly asOfMs: number;
}

/** What is drawn of a coin: the exchange's candles, or our archive's where those are not to be had, with a live end. */
export const useChart = ({ symbol, interval, isListed, isSimulated, archive, price, asOfMs }: ChartOptions) => {
  const { store } = useParts();
  const klines = useKlines({ symbol, interval, isListed, isSimulated });
  const seconds = useSeconds(symbol, price, asOfMs);
  const isBySecond = interval === '1s';
  const beat = isBySecond ? Math.floor(asOfMs / secondsBeatMs) : 0;
  const isArchived = klines.candles.length === 0 && !klines.isLoading && !isBySecond && archive.candles.length > 0;
  const stepMs = isArchived ? archive.stepMs : stepOf(interval);
  const candles = useMemo((): readonly Candle[] => {
    if (isArchived) return archive.candles;
    if (!isBySecond || beat < 0) return klines.candles;
    const lastMs = klines.candles.at(-1)?.atMs ?? 0;
    return joined(
      [klines.candles],
      seconds.filter(({ atMs }) => atMs > lastMs),
    );
  }, [isArchived, archive.candles, klines.candles, isBySecond, beat, seconds]);
  const hasPrice = price !== undefined;
  const slots = useMemo(() => {
    if (candles.length === 0 && !hasPrice) return none;
    const least = isArchived ? Math.ceil(archive.spanMs / stepMs) : leastSlots;
    // The server's clock counts, as it is told with every frame.
    return slotsOf(candles, stepMs, Date.parse(store.frame?.AsOf ?? '') || 0, least, hasPrice);
  }, [candles, stepMs, isArchived, archive.spanMs, hasPrice, store]);
  const newest = useGrowingCandle(`${symbol} ${stepMs}`, slots, stepMs, price, asOfMs);
  return { slots, stepMs, newest, first: candles[0], last: candles.at(-1), isArchived, klines };
};
