import type { HeldRange, ValueRange } from '@tickfolio/api/history';
import type { Times } from '../text/times.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** The ranges of the portfolio's value, as they stand in the address; the second is the usual one. */
export const valueRanges = ['1h', '1d', '1w', '1m', 'ytd', '1y', 'all'] as const;
export type RangeName = (typeof valueRanges)[number];

/** What the server has for a range, shortest first. */
const served = { '1h': '1h', '1d': '24h', '1w': '7d', '1m': '30d', '1y': '1y', all: 'all' } as const satisfies Readonly<
  Partial<Record<RangeName, ValueRange>>
>;

/** How far back the server's ranges reach; it has the same. */
export const spanMs: Readonly<Record<ValueRange, number>> = {
  '1h': hourMs,
  '24h': dayMs,
  '7d': 7 * dayMs,
  '30d': 30 * dayMs,
  '1y': 365 * dayMs,
  all: 2 * 365 * dayMs,
};

/**
 * How far apart recorded values are at most where none is missing: the server answers with at most 400, evenly apart.
 */
export const coarsestStepMs: Readonly<Record<ValueRange, number>> = {
  '1h': minuteMs,
  '24h': 5 * minuteMs,
  '7d': hourMs,
  '30d': 2 * hourMs,
  '1y': dayMs,
  all: 2 * dayMs,
};

/** What of the value's chart stands in the address; nothing for the usual range. */
export interface ValueSearch {
  readonly range?: RangeName | undefined;
}

const usualRange = '1d';
const isRange = (text: unknown): text is RangeName => (valueRanges as readonly unknown[]).includes(text);

/** Of an address that somebody may have written by hand. */
export const readValueSearch = ({ range }: Readonly<Record<string, unknown>>): ValueSearch =>
  // Undefined where it is none: what is left out stays as it is written.
  ({ range: isRange(range) ? range : undefined }) satisfies Required<ValueSearch>;
export const searchOf = (range: RangeName): ValueSearch => ({ range: range === usualRange ? undefined : range });
export const rangeOf = ({ range = usualRange }: ValueSearch): RangeName => range;

/** When the year began where times are shown. Epoch milliseconds. */
const yearStart = (nowMs: number, { aheadMs }: Pick<Times, 'aheadMs'>): number => {
  const midnight = Date.UTC(new Date(nowMs + aheadMs(nowMs)).getUTCFullYear(), 0, 1);
  // Clocks may be set otherwise in winter.
  return midnight - aheadMs(midnight - aheadMs(nowMs));
};

/** What to ask the server for: of a year that is young a shorter range, which is finer. */
export const servedRange = (range: RangeName, nowMs: number, times: Pick<Times, 'aheadMs'>): ValueRange => {
  if (range !== 'ytd') return served[range];
  const yearMs = nowMs - yearStart(nowMs, times);
  return Object.values(served).find((name) => spanMs[name] >= yearMs) ?? 'all';
};

/** What today's holdings were worth is known for a year at most. */
export const heldRange = (range: ValueRange): HeldRange => (range === 'all' ? '1y' : range);

/**
 * Where a range begins, epoch milliseconds. Everything begins with the first record, an hour ago at the latest.
 * @param firstMs of what is recorded; undefined for nothing
 */
export const rangeStart = (
  range: RangeName,
  nowMs: number,
  times: Pick<Times, 'aheadMs'>,
  firstMs: number | undefined,
): number => {
  if (range === 'ytd') return yearStart(nowMs, times);
  if (range === 'all') return Math.min(firstMs ?? nowMs, nowMs - hourMs);
  return nowMs - spanMs[served[range]];
};
