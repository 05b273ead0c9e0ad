import type { ValueRange } from '@tickfolio/api/history';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long minutes and hours are kept. */
export const minutesKeptMs = 2 * dayMs;
export const hoursKeptMs = 2 * 365 * dayMs;

/** What a chart can ask for: how far back. */
export const valueRanges = {
  '1h': hourMs,
  '24h': dayMs,
  '7d': 7 * dayMs,
  '30d': 30 * dayMs,
  '1y': 365 * dayMs,
  all: hoursKeptMs,
} as const satisfies Readonly<Record<ValueRange, number>>;

/** An answer has at most so many steps, so one point more, and another where the first one is cut by the range. */
const maxSteps = 400;
const steps = [1, 2, 5, 10, 15]
  .map((minutes) => minutes * minuteMs)
  .concat([1, 2, 3, 6, 12, 24, 48].map((hours) => hours * hourMs));

/** Stretches of one length, counted from the epoch, of each of which a chart shows the last value. */
export interface ChartBins {
  readonly stepMs: number;
  /** The start of the first one. */
  readonly fromMs: number;
  /** Whether hours are needed: of what is older than minutes are kept. */
  readonly withHours: boolean;
}

/**
 * @param oldestMs of the first value within the range: of a portfolio that is young the minutes tell more than hours
 */
export const chartBins = (range: ValueRange, oldestMs: number, nowMs: number): ChartBins => {
  const firstMs = Math.max(nowMs - valueRanges[range], oldestMs);
  const withHours = nowMs - firstMs > minutesKeptMs;
  const fits = (stepMs: number) => nowMs - firstMs <= maxSteps * stepMs && (!withHours || stepMs >= hourMs);
  const stepMs = steps.find(fits) ?? 2 * dayMs;
  return { stepMs, fromMs: Math.floor(firstMs / stepMs) * stepMs, withHours };
};

/**
 * Of a step that runs nothing is told while the one before it is there: it may still change, and ask again for every
 * minute.
 */
export const completeOnly = <P extends { readonly atMs: number }>(
  points: readonly P[],
  stepMs: number,
  nowMs: number,
): readonly P[] => {
  const [before, last] = points.slice(-2);
  const runs = last !== undefined && stepMs > minuteMs && last.atMs >= Math.floor(nowMs / stepMs) * stepMs;
  return runs && before !== undefined && last.atMs - before.atMs <= stepMs ? points.slice(0, -1) : points;
};
