import type { ValueRange } from '@tickfolio/api/history';
import type { Messages } from '../text/messages-en.js';

export type RangeName = keyof Messages['ranges'];

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How far back each range reaches; the server has the same. */
export const spanMs: Readonly<Record<RangeName, number>> = {
  '1h': hourMs,
  '6h': 6 * hourMs,
  '24h': dayMs,
  '7d': 7 * dayMs,
  '30d': 30 * dayMs,
  '1y': 365 * dayMs,
};

/** The ranges of the portfolio's value. */
export const valueRanges = ['1h', '24h', '7d', '30d', '1y'] as const satisfies readonly ValueRange[];

/**
 * How far apart recorded values are at most where none is missing: the server answers with at most 400, evenly apart.
 */
export const coarsestStepMs: Readonly<Record<ValueRange, number>> = {
  '1h': minuteMs,
  '24h': 5 * minuteMs,
  '7d': hourMs,
  '30d': 2 * hourMs,
  '1y': dayMs,
};
