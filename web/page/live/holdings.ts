import { money, type NumberStyle, share as shareOf, shortQuantity } from '@tickfolio/lib/look/amount';
import { type Change, changeOf } from '@tickfolio/lib/look/change';
import { add, type Decimal, formatDecimal, subtract, zero } from '@tickfolio/lib/money';
import { exact } from '../text/exact.js';
import type { Row } from './portfolio-view.js';

/** One asset, through whatever markets it is held. The same object as before when nothing that is shown changed. */
export interface Holding {
  /** Upper case. */
  readonly asset: string;
  readonly name: string;
  /** One for each market; the first is the one whose price stands for the asset. */
  readonly rows: readonly [Row, ...Row[]];
  /** Exact, of all markets. */
  readonly quantity: string;
  readonly quantityText: string;
  /** The exact sum of what has a price; undefined where nothing has. */
  readonly value: string | undefined;
  readonly valueText: string | undefined;
  readonly share: string | undefined;
  /** Of the value through all markets; undefined while it is not known of each that has a value. */
  readonly day: Change | undefined;
  /** What that is in USDT, exact. */
  readonly gained: Decimal | undefined;
}

/** What has a price comes first, then what is priced in USDT; the rest is in the order of symbols, and holds still. */
const rank = ({ price, quote }: Row): number => (price === undefined ? 2 : 0) + (quote === 'USDT' ? 0 : 1);

const sumOf = (texts: readonly (string | undefined)[]): Decimal | undefined => {
  const known = texts.filter((text) => text !== undefined);
  return known.length === 0 ? undefined : known.map(exact).reduce(add, zero);
};

const isSame = (a: Holding, b: Holding): boolean =>
  a.value === b.value &&
  a.share === b.share &&
  a.valueText === b.valueText &&
  a.rows.every((row, at) => row === b.rows[at]);

/** What all markets together were worth then; undefined while that is not known of each that has a value. */
const thenOf = (rows: readonly Row[]): Decimal | undefined => {
  const then = rows.filter(({ value }) => value !== undefined).map(({ valueThen }) => valueThen);
  const known = then.filter((one) => one !== undefined);
  return known.length > 0 && known.length === then.length ? known.reduce(add, zero) : undefined;
};

const holdingOf = (rows: readonly [Row, ...Row[]], total: Decimal, style: NumberStyle): Holding => {
  const [lead] = rows;
  const { base: asset, name } = lead;
  if (rows.length === 1) {
    const { quantity, quantityText, value, valueText, share, day, valueThen } = lead;
    const gained = value === undefined || !valueThen ? undefined : subtract(exact(value), valueThen);
    return { asset, name, rows, quantity, quantityText, value, valueText, share, day, gained };
  }
  const value = sumOf(rows.map((row) => row.value));
  const then = thenOf(rows);
  const quantity = formatDecimal(sumOf(rows.map((row) => row.quantity)) ?? zero);
  return {
    asset,
    name,
    rows,
    quantity,
    quantityText: shortQuantity(quantity, style),
    value: value && formatDecimal(value),
    valueText: value && money(value, style),
    share: value && shareOf(value, total, style),
    day: value && then && changeOf(value, then, style),
    gained: value && then && subtract(value, then),
  };
};

/** The rows of a view by their assets, in the order in which those come first; the same list while nothing changed. */
export const holdingsOf = (
  rows: readonly Row[],
  total: Decimal,
  style: NumberStyle,
  before: readonly Holding[] = [],
): readonly Holding[] => {
  const markets = new Map<string, [Row, ...Row[]]>();
  for (const row of rows) {
    const others = markets.get(row.base);
    if (others) others.push(row);
    else markets.set(row.base, [row]);
  }
  const known = new Map(before.map((holding) => [holding.asset, holding]));
  const holdings = [...markets.values()].map((held) => {
    held.sort((a, b) => rank(a) - rank(b) || a.symbol.localeCompare(b.symbol));
    const holding = holdingOf(held, total, style);
    const last = known.get(holding.asset);
    return last?.rows.length === held.length && isSame(last, holding) ? last : holding;
  });
  const isAsBefore = holdings.length === before.length && holdings.every((holding, at) => holding === before[at]);
  return isAsBefore ? before : holdings;
};
