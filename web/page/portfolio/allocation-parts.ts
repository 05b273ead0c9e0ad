import { type NumberStyle, share as shareOf } from '@tickfolio/lib/look/amount';
import { add, compare, type Decimal, divide, zero } from '@tickfolio/lib/money';
import type { Row } from '../live/portfolio-view.js';
import { exact } from '../text/exact.js';
import { pairLabel } from '../text/pair.js';

/** What the whole is made of; a coin, or the rest. */
export interface Part {
  readonly key: string;
  readonly label: string;
  /** As the table says it. */
  readonly share: string;
  /** In tenths of a percent, for drawing only. */
  readonly tenths: number;
}

const maxParts = 6;

/** The largest coins, and the rest as one. @param total of all rows, in USDT */
export const partsOf = (rows: readonly Row[], total: Decimal, others: string, style: NumberStyle): readonly Part[] => {
  const sorted = rows
    .flatMap((row) => (row.value === undefined ? [] : [{ row, worth: exact(row.value) }]))
    .filter(({ worth }) => worth.units > 0n)
    .sort((a, b) => compare(b.worth, a.worth));
  const part = (key: string, label: string, worth: Decimal): Part => ({
    key,
    label,
    share: shareOf(worth, total, style) ?? '–',
    tenths: total.units === 0n ? 0 : Number(divide(worth, total, 3).units),
  });
  const shown = sorted.length > maxParts ? sorted.slice(0, maxParts - 1) : sorted;
  const rest = sorted.slice(shown.length).reduce<Decimal>((sum, { worth }) => add(sum, worth), zero);
  const parts = shown.map(({ row, worth }) => part(row.symbol, pairLabel(row), worth));
  return rest.units > 0n ? [...parts, part('others', others, rest)] : parts;
};
