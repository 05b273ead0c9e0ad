import { compare } from '@tickfolio/lib/money';
import {
  ColorType,
  CrosshairMode,
  createChartEx,
  HistogramSeries,
  LineStyle,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { ChartType } from '../../../text/asset-address.js';
import { exact } from '../../../text/exact.js';
import type { Times } from '../../../text/times.js';
import type { Candle, Slot } from './candle.js';
import { createClearLabels } from './clear-labels.js';
import { createLocalTimeScale } from './local-time-scale.js';
import { createOwnMarks, type OwnMarks } from './own-marks.js';
import { addPriceSeries, timeOf } from './price-series.js';
import { createPriceTag } from './price-tag.js';
import { keepWholeLabels } from './whole-labels.js';

export interface CandlePlotOptions {
  readonly times: Times;
  /** Of one candle. */
  readonly stepMs: number;
  readonly type: ChartType;
  readonly decimals: number;
  /** With a pane of what was traded. */
  readonly withVolume: boolean;
  readonly format: (price: number) => string;
  readonly formatVolume: (volume: number) => string;
  /** Called with the start of what is pointed at, undefined for nothing. */
  readonly onPoint: (atMs: number | undefined) => void;
  /** Called when somebody comes near to the oldest candle. */
  readonly onOldest: () => void;
}

/** Which places are in sight, counted from the newest one back, so that older ones may come. */
export interface Sight {
  readonly from: number;
  readonly to: number;
}

export interface CandlePlot {
  /** Others, or more of them; what is in sight stays. */
  setSlots(slots: readonly Slot[]): void;
  /**
   * Moves the newest candle, or begins another; one older than the newest is dropped, for a clock may have been set
   * back.
   */
  update(candle: Candle): void;
  /** @param factor how many times as many candles as before are in sight */
  zoom(factor: number): void;
  sight(): Sight | undefined;
  show(sight: Sight): void;
  /** Own orders and trades, in the place of those before. */
  setOwn(marks: OwnMarks): void;
  /** The newest ones, as many as at first. */
  reset(): void;
  close(): void;
}

const dayMs = 86_400_000;
/** A step that is cut at midnight UTC. */
const isDaily = (stepMs: number): boolean => stepMs >= dayMs;
const minuteMs = 60_000;

const msOf = (time: Time) => (time as UTCTimestamp) * 1_000;
/** In CSS pixels: what a candle takes at first, and what it has to have where all are in sight. */
const [usualSpacing, leastSpacing] = [8, 6];
/** The pane of the price is so many times as high as that of the volume. */
const priceShare = 4;
/** So near to the oldest candle more of them are asked for. */
const nearOldest = 20;
const leastInSight = 5;

/** When a candle begins, for reading. */
export const startText = (times: Times, stepMs: number, atMs: number): string =>
  isDaily(stepMs) ? times.utc.full(atMs) : stepMs < minuteMs ? times.full(atMs) : times.dated(atMs);

/** Draws candles into a box. Their times are moments, so local time may do what it likes. */
export const createCandlePlot = (box: HTMLElement, first: readonly Slot[], options: CandlePlotOptions): CandlePlot => {
  const { times, stepMs, type, decimals, withVolume, format, formatVolume, onPoint, onOldest } = options;
  const colour = (name: string) => getComputedStyle(box).getPropertyValue(name).trim();
  const ink = colour('--ink-2');
  const { day, year } = isDaily(stepMs) ? times.utc : times;
  const labels = { year, day, time: stepMs < minuteMs ? times.seconds : times.clock };
  const scale = createLocalTimeScale(isDaily(stepMs) ? () => 0 : times.aheadMs, (atMs, kind) => labels[kind](atMs));
  const chart = createChartEx<Time, typeof scale>(box, scale, {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: 'transparent' },
      textColor: ink,
      fontFamily: getComputedStyle(box).fontFamily,
      fontSize: 12,
      panes: { separatorColor: colour('--line'), enableResize: false },
      attributionLogo: false, // It brings a style element, which the policy of this page refuses; the settings name the maker.
    },
    grid: { vertLines: { visible: false }, horzLines: { color: colour('--line') } },
    rightPriceScale: { borderVisible: false, entireTextOnly: true, scaleMargins: { top: 0.12, bottom: 0.08 } },
    timeScale: {
      borderVisible: false,
      timeVisible: true,
      allowBoldLabels: false,
      secondsVisible: false,
      fixLeftEdge: true,
      fixRightEdge: true,
      barSpacing: usualSpacing,
    },
    crosshair: {
      mode: CrosshairMode.Magnet,
      horzLine: { labelVisible: false, color: ink, style: LineStyle.Dotted },
      vertLine: { color: ink, style: LineStyle.Dotted, labelBackgroundColor: colour('--accent') },
    },
    handleScroll: { vertTouchDrag: false },
    handleScale: { axisPressedMouseMove: { time: true, price: false } },
    localization: { timeFormatter: (time: Time) => startText(times, stepMs, msOf(time)) },
  });
  const timeAxis = box.querySelector<HTMLCanvasElement>('tr:last-child td:nth-child(2) canvas')?.getContext('2d');
  if (timeAxis) keepWholeLabels(timeAxis);
  const tagColour = (candle: Candle | undefined): string => {
    if (type !== 'candles' || !candle) return colour('--accent');
    return colour(compare(exact(candle.close), exact(candle.open)) >= 0 ? '--candle-up' : '--candle-down');
  };
  let slots = first;
  let newest: Candle | undefined;
  const newestOf = () => newest ?? slots.findLast(({ candle }) => candle)?.candle;
  const clear = createClearLabels({
    format,
    placeOf: (price) => series.api.priceToCoordinate(price),
    newestPlace: () => tag.place(),
  });
  const priceFormat = {
    type: 'custom' as const,
    formatter: format,
    tickmarksFormatter: (prices: readonly number[]) => clear.write(prices),
    minMove: 10 ** -decimals,
  };
  const series = addPriceSeries(chart, type, colour, priceFormat);
  const tag = createPriceTag({
    price: () => {
      const candle = newestOf();
      return candle && Number(candle.close);
    },
    placeOf: (price) => series.api.priceToCoordinate(price),
    height: () => chart.paneSize(0).height,
    format,
    colours: () => ({ tag: tagColour(newestOf()), text: colour('--surface') }),
  });
  series.api.attachPrimitive(tag);
  const own = createOwnMarks(series.api, colour, stepMs);
  const volumes = withVolume
    ? chart.addSeries(
        HistogramSeries,
        {
          color: colour('--field'),
          lastValueVisible: false,
          priceLineVisible: false,
          priceFormat: { type: 'custom', formatter: formatVolume, minMove: 1e-8 },
        },
        1,
      )
    : undefined;
  const volumeOf = ({ atMs, candle }: Slot) =>
    candle?.volume === undefined ? { time: timeOf(atMs) } : { time: timeOf(atMs), value: Number(candle.volume) };
  const timeScale = chart.timeScale();
  const [pricePane, volumePane] = chart.panes();
  if (volumePane) {
    pricePane?.setStretchFactor(priceShare);
    volumePane.setStretchFactor(1);
  }
  volumes?.priceScale().applyOptions({ scaleMargins: { top: 0.15, bottom: 0 } });
  let lastMs = 0;
  const isBare = () => slots.every(({ candle }) => candle === undefined);
  const setSlots = (next: readonly Slot[]) => {
    slots = next;
    lastMs = next.at(-1)?.atMs ?? 0;
    series.setSlots(next);
    volumes?.setData(next.map(volumeOf));
  };
  const reset = () => {
    if (slots.length * leastSpacing <= box.clientWidth) timeScale.fitContent();
    else {
      const inSight = Math.max(leastInSight, Math.floor(box.clientWidth / usualSpacing));
      timeScale.setVisibleLogicalRange({ from: slots.length - inSight, to: slots.length - 1 });
    }
  };
  setSlots(first);
  reset();
  chart.subscribeCrosshairMove(({ time }) => onPoint(time === undefined ? undefined : msOf(time)));
  timeScale.subscribeVisibleLogicalRangeChange((range) => {
    if (range && range.from < nearOldest) onOldest();
  });
  return {
    setSlots: (next) => {
      const wasBare = isBare();
      setSlots(next);
      if (wasBare) reset();
    },
    update: (candle) => {
      if (candle.atMs < lastMs) return;
      lastMs = candle.atMs;
      newest = candle;
      series.update(candle);
      if (candle.volume !== undefined) volumes?.update({ time: timeOf(candle.atMs), value: Number(candle.volume) });
      if (clear.isOutdated()) series.api.applyOptions({ priceFormat });
    },
    zoom: (factor) => {
      const range = timeScale.getVisibleLogicalRange();
      if (!range) return;
      const inSight = Math.max(leastInSight, (range.to - range.from) * factor);
      timeScale.setVisibleLogicalRange({ from: Math.max(0, range.to - inSight), to: range.to });
    },
    sight: () => {
      const range = timeScale.getVisibleLogicalRange();
      return range ? { from: slots.length - range.from, to: slots.length - range.to } : undefined;
    },
    show: ({ from, to }) => timeScale.setVisibleLogicalRange({ from: slots.length - from, to: slots.length - to }),
    setOwn: own.set,
    reset,
    close: () => chart.remove(),
  };
};
