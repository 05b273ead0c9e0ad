import {
  CandlestickSeries,
  type IChartApiBase,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  type PriceFormatCustom,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { ChartType } from '../../../text/asset-address.js';
import type { Candle, Slot } from './candle.js';

/** Candles as the library takes them, whichever way they are drawn. */
export interface PriceSeries {
  /** The highest label that is drawn over those of the axis, and what is drawn at a price. */
  readonly api: ISeriesApi<'Candlestick' | 'Line', Time>;
  setSlots(slots: readonly Slot[]): void;
  update(candle: Candle): void;
}

export const timeOf = (atMs: number) => (atMs / 1_000) as UTCTimestamp;

/** @param colour of the style, by its name */
export const addPriceSeries = (
  chart: IChartApiBase<Time>,
  type: ChartType,
  colour: (name: string) => string,
  priceFormat: PriceFormatCustom,
): PriceSeries => {
  // The price of now has a tag of its own.
  const shared = { lastValueVisible: false, priceLineStyle: LineStyle.Dotted, priceFormat };
  if (type === 'line') {
    const api = chart.addSeries(LineSeries, { ...shared, color: colour('--accent'), lineWidth: 2 });
    const drawn = ({ atMs, close }: Candle) => ({ time: timeOf(atMs), value: Number(close) });
    return {
      api: api as ISeriesApi<'Candlestick' | 'Line', Time>,
      setSlots: (slots) =>
        api.setData(slots.map(({ atMs, candle }) => (candle ? drawn(candle) : { time: timeOf(atMs) }))),
      update: (candle) => api.update(drawn(candle)),
    };
  }
  const api = chart.addSeries(CandlestickSeries, {
    ...shared,
    // Always hollow in high contrast, where colours do not tell them apart.
    ...(type === 'hollow' ? { priceLineColor: colour('--accent') } : {}),
    upColor: type === 'hollow' ? 'transparent' : colour('--candle-up-body'),
    downColor: colour('--candle-down'),
    borderUpColor: colour('--candle-up'),
    borderDownColor: colour('--candle-down'),
    wickUpColor: colour('--candle-up'),
    wickDownColor: colour('--candle-down'),
  });
  const drawn = ({ atMs, open, high, low, close }: Candle) => ({
    time: timeOf(atMs),
    open: Number(open),
    high: Number(high),
    low: Number(low),
    close: Number(close),
  });
  return {
    api: api as ISeriesApi<'Candlestick' | 'Line', Time>,
    setSlots: (slots) =>
      api.setData(slots.map(({ atMs, candle }) => (candle ? drawn(candle) : { time: timeOf(atMs) }))),
    update: (candle) => api.update(drawn(candle)),
  };
};
