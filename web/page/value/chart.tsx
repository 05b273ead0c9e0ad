import {
  AreaSeries,
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  type IChartApi,
  type ISeriesApi,
  LineStyle,
  type SeriesType,
  type UTCTimestamp,
} from 'lightweight-charts';
import { useEffect, useRef, useState } from 'react';
import { useDark } from '../frame/theme.js';
import { grouped } from '../text/amount.js';
import { useSpeaking } from '../text/language.js';

/** A moment of a line. */
export interface LinePoint {
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** Exact decimal text. */
  readonly value: string;
}

/** A stretch of time; exact decimal texts. */
export interface Candle {
  readonly atMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
}

export interface ChartProps {
  readonly label: string;
  readonly line?: readonly LinePoint[] | undefined;
  readonly candles?: readonly Candle[] | undefined;
  /** What moves at the end. */
  readonly newest?: LinePoint | Candle | undefined;
  readonly height: number;
}

const cssOf = (element: Element, name: string): string => getComputedStyle(element).getPropertyValue(name).trim();
const secondsOf = (atMs: number) => Math.floor(atMs / 1_000) as UTCTimestamp;
/** The chart draws in the local time of who looks. */
const shifted = (atMs: number) => secondsOf(atMs - new Date(atMs).getTimezoneOffset() * 60_000);
const precisionOf = (texts: readonly string[]) => Math.min(8, Math.max(2, ...texts.map((text) => text.split('.')[1]?.length ?? 0)));

const colours = (element: Element) => ({
  ink: cssOf(element, '--ink-2'),
  line: cssOf(element, '--line'),
  accent: cssOf(element, '--accent'),
  accentFade: cssOf(element, '--accent-fade'),
  up: cssOf(element, '--up'),
  down: cssOf(element, '--down'),
});

const build = (box: HTMLElement, isLine: boolean, language: string, format: (value: number) => string) => {
  const look = colours(box);
  const chart = createChart(box, {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: 'transparent' },
      textColor: look.ink,
      fontFamily: getComputedStyle(box).fontFamily,
      fontSize: 12,
      attributionLogo: false, // It brings a style element, which the policy of this page refuses; the account page names the maker.
    },
    grid: { vertLines: { visible: false }, horzLines: { color: look.line } },
    rightPriceScale: { borderVisible: false, entireTextOnly: true, scaleMargins: { top: 0.12, bottom: 0.08 } },
    timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false, fixLeftEdge: true, fixRightEdge: true },
    crosshair: {
      mode: CrosshairMode.Magnet,
      horzLine: { labelVisible: false, color: look.ink, style: LineStyle.Dotted },
      vertLine: { color: look.ink, style: LineStyle.Dotted, labelBackgroundColor: look.accent },
    },
    handleScroll: { vertTouchDrag: false },
    handleScale: { axisPressedMouseMove: false, mouseWheel: false, pinch: false },
    localization: { locale: language, priceFormatter: format },
  });
  const series: ISeriesApi<SeriesType> = isLine
    ? chart.addSeries(AreaSeries, {
        lineColor: look.accent,
        topColor: look.accentFade,
        bottomColor: 'transparent',
        lineWidth: 2,
        priceLineVisible: false,
        lastValueVisible: false,
      })
    : chart.addSeries(CandlestickSeries, {
        upColor: look.up,
        downColor: look.down,
        borderVisible: false,
        wickUpColor: look.up,
        wickDownColor: look.down,
        priceLineStyle: LineStyle.Dotted,
      });
  return { chart, series };
};

const drawn = (point: LinePoint | Candle) =>
  'value' in point
    ? { time: shifted(point.atMs), value: Number(point.value) }
    : {
        time: shifted(point.atMs),
        open: Number(point.open),
        high: Number(point.high),
        low: Number(point.low),
        close: Number(point.close),
      };

/** Draws a line or candles. Numbers are for the pixels; what is read as text is the exact one. */
export const Chart = ({ label, line, candles, newest, height }: ChartProps) => {
  const { language, text } = useSpeaking();
  const box = useRef<HTMLDivElement>(null);
  const made = useRef<{ chart: IChartApi; series: ISeriesApi<SeriesType> }>(undefined);
  const [pointed, setPointed] = useState<LinePoint | Candle>();
  const dark = useDark();
  const isLine = candles === undefined;
  const points: readonly (LinePoint | Candle)[] = candles ?? line ?? [];
  const precision = precisionOf(points.slice(-50).map((point) => ('value' in point ? point.value : point.close)));
  const shownPrecision = isLine ? 2 : precision;

  // A theme change makes the chart anew, because it takes its colours only once.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    element.dataset.look = dark ? 'dark' : 'light';
    const format = (value: number) => grouped(value.toFixed(shownPrecision), text.numbers);
    const parts = build(element, isLine, language, format);
    const byTime = new Map(points.map((point) => [shifted(point.atMs), point]));
    parts.series.applyOptions({ priceFormat: { type: 'custom', formatter: format, minMove: 10 ** -shownPrecision } });
    parts.series.setData(points.map(drawn));
    parts.chart.timeScale().fitContent();
    parts.chart.subscribeCrosshairMove(({ time }) => setPointed(time === undefined ? undefined : byTime.get(time as UTCTimestamp)));
    made.current = parts;
    return () => {
      made.current = undefined;
      parts.chart.remove();
    };
  }, [points, isLine, language, dark, text, shownPrecision]);

  useEffect(() => {
    const last = points.at(-1);
    if (newest && (!last || newest.atMs >= last.atMs)) made.current?.series.update(drawn(newest));
  }, [newest, points]);

  const when = pointed && new Date(pointed.atMs).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <div className="chart">
      <p className="chart-legend" aria-hidden="true">
        {pointed && (
          <>
            <span>{when}</span>
            {'value' in pointed ? (
              <strong className="digits">{grouped(pointed.value, text.numbers)}</strong>
            ) : (
              <span className="digits">
                {text.open} {grouped(pointed.open, text.numbers)} · {text.high} {grouped(pointed.high, text.numbers)} · {text.low}{' '}
                {grouped(pointed.low, text.numbers)} · <strong>{grouped(pointed.close, text.numbers)}</strong>
              </span>
            )}
          </>
        )}
      </p>
      <div ref={box} className={`chart-box tall-${height}`} role="img" aria-label={label} />
    </div>
  );
};
