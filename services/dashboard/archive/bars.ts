import type { ArchiveNames } from '@tickfolio/lib/events/archive';
import {
  compare,
  type Decimal,
  divide,
  formatDecimal,
  isZero,
  multiply,
  parseDecimal,
  subtract,
} from '@tickfolio/lib/money';
import type { Archive } from './archive.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export interface Range {
  readonly name: string;
  /** As in "the last 15 minutes". */
  readonly words: string;
  readonly label: string;
  readonly spanMs: number;
  readonly barMs: number;
  readonly barWords: string;
  readonly from: 'minutes' | 'hours';
}

/** What a chart can show; at most 180 bars each, made of the rollups. */
export const ranges = [
  {
    name: '15m',
    label: '15 min',
    words: '15 minutes',
    spanMs: 15 * minuteMs,
    barMs: minuteMs,
    barWords: '1 minute',
    from: 'minutes',
  },
  { name: '1h', label: '1 h', words: 'hour', spanMs: hourMs, barMs: minuteMs, barWords: '1 minute', from: 'minutes' },
  {
    name: '6h',
    label: '6 h',
    words: '6 hours',
    spanMs: 6 * hourMs,
    barMs: 5 * minuteMs,
    barWords: '5 minutes',
    from: 'minutes',
  },
  {
    name: '24h',
    label: '24 h',
    words: '24 hours',
    spanMs: dayMs,
    barMs: 15 * minuteMs,
    barWords: '15 minutes',
    from: 'minutes',
  },
  { name: '7d', label: '7 d', words: '7 days', spanMs: 7 * dayMs, barMs: hourMs, barWords: '1 hour', from: 'hours' },
  {
    name: '30d',
    label: '30 d',
    words: '30 days',
    spanMs: 30 * dayMs,
    barMs: 4 * hourMs,
    barWords: '4 hours',
    from: 'hours',
  },
] as const satisfies readonly Range[];

export type RangeName = (typeof ranges)[number]['name'];
export const rangeNames: readonly RangeName[] = ranges.map(({ name }) => name);
export const defaultRange: RangeName = '1h';
export const rangeOf = (name: RangeName): Range => ranges.find((range) => range.name === name) ?? ranges[1];

/** Open, high, low and close of a stretch of time, exact texts, and how many tickers it had. */
export interface Bar {
  readonly startMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly tickers: number;
}

/** The moments between which a range's bars start, the second one excluded; the bar that holds `nowMs` is the last. */
export const barWindow = (range: Range, nowMs: number): { readonly fromMs: number; readonly toMs: number } => {
  const toMs = (Math.floor(nowMs / range.barMs) + 1) * range.barMs;
  return { fromMs: toMs - range.spanMs, toMs };
};

interface BarAnswer {
  readonly startS: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly tickers: string;
}

/** The bars of a symbol that have tickers, oldest first. */
export const readBars = async (
  archive: Archive,
  names: ArchiveNames,
  symbol: string,
  range: Range,
  nowMs: number,
): Promise<readonly Bar[]> => {
  const { fromMs, toMs } = barWindow(range, nowMs);
  const answers = await archive.read<BarAnswer>(
    `SELECT intDiv(toUnixTimestamp(bar.start), {step:UInt32}) * {step:UInt32} AS startS,
       argMin(bar.open, bar.start) AS open, max(bar.high) AS high, min(bar.low) AS low, argMax(bar.close, bar.start) AS close,
       sum(bar.tickers) AS tickers
     FROM ${range.from === 'hours' ? names.hours : names.minutes} AS bar
     WHERE bar.symbol = {symbol:String} AND bar.start >= toDateTime({from:UInt32}) AND bar.start < toDateTime({to:UInt32})
     GROUP BY startS ORDER BY startS`,
    { symbol, step: range.barMs / 1_000, from: fromMs / 1_000, to: toMs / 1_000 },
    range.spanMs / range.barMs + 1,
  );
  return answers.map(({ startS, tickers, ...prices }) => ({
    ...prices,
    startMs: Number(startS) * 1_000,
    tickers: Number(tickers),
  }));
};

/** What a chart shows, in figures. */
export interface BarSummary {
  readonly first: string;
  readonly last: string;
  readonly high: string;
  readonly low: string;
  /** Last minus first, exact. */
  readonly change: string;
  /** The change in percent of the first, to 2 decimals; undefined where the first is zero. */
  readonly percent: string | undefined;
  readonly tickers: number;
}

const hundred: Decimal = { units: 100n, scale: 0 };

/** Undefined for no bars. */
export const summarize = (bars: readonly Bar[]): BarSummary | undefined => {
  const [head] = bars;
  const tail = bars.at(-1);
  if (!head || !tail) return undefined;
  const extreme = (of: 'high' | 'low', sign: 1 | -1): string =>
    bars
      .map((bar) => bar[of])
      .reduce((best, text) => (sign * compare(parseDecimal(text), parseDecimal(best)) > 0 ? text : best));
  const first = parseDecimal(head.open);
  const change = subtract(parseDecimal(tail.close), first);
  return {
    first: head.open,
    last: tail.close,
    high: extreme('high', 1),
    low: extreme('low', -1),
    change: formatDecimal(change),
    percent: isZero(first) ? undefined : formatDecimal(divide(multiply(change, hundred), first, 2)),
    tickers: bars.reduce((sum, bar) => sum + bar.tickers, 0),
  };
};
