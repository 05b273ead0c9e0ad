import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChartEx,
  LineStyle,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { Times } from '../../../text/times.js';
import type { Candle, Slot } from './candle.js';
import { createLocalTimeScale } from './local-time-scale.js';

export interface CandlePlotOptions {
  readonly times: Times;
  /** Of one candle. */
  readonly stepMs: number;
  readonly decimals: number;
  readonly format: (price: number) => string;
  /** Called with the start of what is pointed at, undefined for nothing. */
  readonly onPoint: (atMs: number | undefined) => void;
}

export interface CandlePlot {
  /**
   * Moves the newest candle, or begins another; one older than the newest is dropped, for a clock may have been set
   * back.
   */
  update(candle: Candle): void;
  close(): void;
}

const dayMs = 86_400_000;
/** A step that is cut at midnight UTC. */
const isDaily = (stepMs: number): boolean => stepMs >= dayMs;

const msOf = (time: Time) => (time as UTCTimestamp) * 1_000;
const timeOf = (atMs: number) => (atMs / 1_000) as UTCTimestamp;
const drawn = ({ atMs, open, high, low, close }: Candle) => ({
  time: timeOf(atMs),
  open: Number(open),
  high: Number(high),
  low: Number(low),
  close: Number(close),
});

/** When a candle begins, for reading. */
export const startText = (times: Times, stepMs: number, atMs: number): string =>
  isDaily(stepMs) ? times.utc.full(atMs) : times.dated(atMs);

/** Draws candles into a box. Their times are moments, so local time may do what it likes. */
export const createCandlePlot = (box: HTMLElement, slots: readonly Slot[], options: CandlePlotOptions): CandlePlot => {
  const { times, stepMs, decimals, format, onPoint } = options;
  const colour = (name: string) => getComputedStyle(box).getPropertyValue(name).trim();
  const ink = colour('--ink-2');
  const { day, year } = isDaily(stepMs) ? times.utc : times;
  const labels = { year, day, time: times.clock };
  const scale = createLocalTimeScale(isDaily(stepMs) ? () => 0 : times.aheadMs, (atMs, kind) => labels[kind](atMs));
  const chart = createChartEx<Time, typeof scale>(box, scale, {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: 'transparent' },
      textColor: ink,
      fontFamily: getComputedStyle(box).fontFamily,
      fontSize: 12,
      attributionLogo: false, // It brings a style element, which the policy of this page refuses; the account page names the maker.
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
    },
    crosshair: {
      mode: CrosshairMode.Magnet,
      horzLine: { labelVisible: false, color: ink, style: LineStyle.Dotted },
      vertLine: { color: ink, style: LineStyle.Dotted, labelBackgroundColor: colour('--accent') },
    },
    handleScroll: { vertTouchDrag: false },
    handleScale: { axisPressedMouseMove: false, mouseWheel: false, pinch: false },
    localization: { priceFormatter: format, timeFormatter: (time: Time) => startText(times, stepMs, msOf(time)) },
  });
  const series = chart.addSeries(CandlestickSeries, {
    // Hollow in high contrast, where colours do not tell them apart.
    upColor: colour('--candle-up-body'),
    downColor: colour('--candle-down'),
    borderUpColor: colour('--candle-up'),
    borderDownColor: colour('--candle-down'),
    wickUpColor: colour('--candle-up'),
    wickDownColor: colour('--candle-down'),
    priceLineStyle: LineStyle.Dotted,
    priceFormat: { type: 'custom', formatter: format, minMove: 10 ** -decimals },
  });
  series.setData(slots.map(({ atMs, candle }) => (candle ? drawn(candle) : { time: timeOf(atMs) })));
  chart.timeScale().fitContent();
  chart.subscribeCrosshairMove(({ time }) => onPoint(time === undefined ? undefined : msOf(time)));
  let lastMs = slots.at(-1)?.atMs ?? 0;
  return {
    update: (candle) => {
      if (candle.atMs < lastMs) return;
      lastMs = candle.atMs;
      series.update(drawn(candle));
    },
    close: () => chart.remove(),
  };
};
