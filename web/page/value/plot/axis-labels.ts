import { grouped, type NumberStyle } from '@tickfolio/lib/look/amount';
import type { Times } from '../../text/times.js';

const dayS = 86_400;

/** With its year, where one begins, or where it is the first of a month of another year than the day before it. */
const dayLabel = (atMs: number, beforeMs: number | undefined, times: Times): string => {
  const date = new Date(atMs + times.aheadMs(atMs));
  if (date.getUTCDate() !== 1) return times.day(atMs);
  if (date.getUTCMonth() === 0) return times.year(atMs);
  return beforeMs !== undefined && times.year(beforeMs) !== times.year(atMs) ? times.month(atMs) : times.day(atMs);
};

/** Times of day along an axis, and the date where a day begins. @param splits in seconds @param stepS between them */
export const timeLabels = (splits: readonly number[], stepS: number, times: Times): string[] =>
  splits.map((second, at) => {
    const atMs = second * 1_000;
    const beforeS = splits[at - 1];
    const beforeMs = beforeS === undefined ? undefined : beforeS * 1_000;
    const begins = beforeMs !== undefined && !times.isSameDay(beforeMs, atMs);
    return stepS >= dayS || begins ? dayLabel(atMs, beforeMs, times) : times.clock(atMs);
  });

/** Numbers this large are shortened. */
const large = 10_000_000;
/** A size, such as a million, has so many zeros more than the one before. */
const sizeZeros = 3;

/**
 * Numbers along an axis, with the decimals that tell neighbours apart. For places on the screen only.
 * @param sizes names of a thousand, of a thousand of that, and so on
 */
export const valueLabels = (
  splits: readonly number[],
  step: number,
  style: NumberStyle,
  sizes: readonly string[],
): string[] => {
  const most = Math.max(...splits.map(Math.abs));
  const size = most < large ? 0 : Math.min(sizes.length, Math.floor(Math.log10(most) / sizeZeros));
  const unit = 10 ** (size * sizeZeros);
  const decimals = Math.min(8, Math.max(size === 0 && step < 1 ? 2 : 0, Math.ceil(-Math.log10(step / unit) - 1e-9)));
  const name = size === 0 ? '' : ` ${sizes[size - 1]}`;
  return splits.map((value) => `${grouped((value / unit).toFixed(decimals), style)}${name}`);
};
