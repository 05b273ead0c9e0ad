import { type NumberStyle, share as shareOf } from '@tickfolio/lib/look/amount';
import { add, compare, type Decimal, divide, zero } from '@tickfolio/lib/money';
import type { Holding } from '../live/holdings.js';
import { exact } from '../text/exact.js';
import { pairLabel } from '../text/pair.js';

/** What the whole is made of: an asset, or the rest. */
export interface Part {
  readonly key: string;
  readonly label: string;
  /** As the table says it. */
  readonly share: string;
  /** In tenths of a percent, for drawing only. */
  readonly tenths: number;
}

const maxParts = 6;
/** In tenths of a percent: less than that is a hairline in the ring, and joins the others. */
const leastTenths = 20;
/** In tenths of a percent: a ring of one such part tells nothing of the others. */
const mostTenths = 900;

const tenthsOf = (part: Decimal, whole: Decimal): number =>
  whole.units === 0n ? 0 : Number(divide(part, whole, 3).units);

/** How many parts stand for themselves; what is left is worth to be joined only where it is more than one. */
const shownOf = (tenths: readonly number[]): number => {
  const fit = tenths.length > maxParts ? maxParts - 1 : tenths.length;
  const small = tenths.findIndex((size) => size < leastTenths);
  // Where even the largest is small, the largest are shown all the same.
  if (small <= 0 || tenths.length - small === 1) return fit;
  return Math.min(small, fit);
};

/** The only market of what is held through one; what is held through several is called by its asset. */
const labelOf = ({ asset, rows: [lead, ...others] }: Holding): string =>
  others.length === 0 ? pairLabel(lead) : asset;

/** The largest assets, and the rest as one. @param total of all holdings, in USDT */
export const partsOf = (
  holdings: readonly Holding[],
  total: Decimal,
  others: string,
  style: NumberStyle,
): readonly Part[] => {
  const sorted = holdings
    .flatMap((holding) => (holding.value === undefined ? [] : [{ holding, worth: exact(holding.value) }]))
    .filter(({ worth }) => worth.units > 0n)
    .sort((a, b) => compare(b.worth, a.worth));
  const part = (key: string, label: string, worth: Decimal): Part => ({
    key,
    label,
    share: shareOf(worth, total, style) ?? '–',
    tenths: tenthsOf(worth, total),
  });
  const shown = sorted.slice(0, shownOf(sorted.map(({ worth }) => tenthsOf(worth, total))));
  const rest = sorted.slice(shown.length).reduce<Decimal>((sum, { worth }) => add(sum, worth), zero);
  const parts = shown.map(({ holding, worth }) => part(holding.asset, labelOf(holding), worth));
  return rest.units > 0n ? [...parts, part('others', others, rest)] : parts;
};

/** Whether one part is so much that bars tell more than a ring; one alone is a whole ring. */
export const isLopsided = (parts: readonly Part[]): boolean => parts.length > 1 && (parts[0]?.tenths ?? 0) > mostTenths;
