import { grouped, money, type NumberStyle, share, shortQuantity } from '@tickfolio/lib/look/amount';
import { coinName } from '@tickfolio/lib/market/asset-names';
import { compare, type Decimal, divide, isZero } from '@tickfolio/lib/money';
import { exact } from '../../text/exact.js';
import type { Balance, Balances } from '../use-balances.js';
import { known, worthOf } from '../worth.js';

/** One balance as the page shows it. */
export interface BalanceRow {
  /** Of all rows of a portfolio it is the only one with this. */
  readonly key: string;
  readonly asset: string;
  readonly name: string;
  /** Money or a coin that stands for it, not held by a market. */
  readonly isCash: boolean;
  /** Exact, with what is reserved. */
  readonly quantity: string;
  readonly quantityText: string;
  /** What open orders hold of it; undefined where it is nothing. */
  readonly reserved: { readonly text: string; readonly percent: number } | undefined;
  readonly priceText: string | undefined;
  /** When an old price was made, in epoch milliseconds. */
  readonly oldSinceMs: number | undefined;
  readonly isOld: boolean;
  /** In USDT. */
  readonly value: Decimal | undefined;
  readonly valueText: string | undefined;
  readonly share: string | undefined;
}

/** How much of a balance is reserved, in whole percent for the eye; what is something is never nothing, nor all. */
const reservedPercent = (reserved: Decimal, total: Decimal): number => {
  if (isZero(total)) return 0;
  const percent = Number(divide({ ...reserved, units: reserved.units * 100n }, total, 0).units);
  return compare(reserved, total) >= 0 ? 100 : Math.min(99, Math.max(1, percent));
};

/** Decimals of a price that is shown as it is; one that was converted into USDT has more. */
const priceDecimals = 8;

const priceWords = (price: string, style: NumberStyle): string =>
  (price.split('.')[1]?.length ?? 0) > priceDecimals ? money(exact(price), style) : grouped(price, style);

const rowOf = (balance: Balance, whole: Decimal | undefined, style: NumberStyle): BalanceRow => {
  const { asset, via, reserved, total, price, value: worth, priceTime, stale = false } = balance;
  const value = known(worth);
  const held = exact(reserved);
  return {
    key: `${asset} ${via}`,
    asset,
    name: coinName(asset) ?? asset,
    isCash: via === '',
    quantity: total,
    quantityText: shortQuantity(total, style),
    reserved: isZero(held)
      ? undefined
      : { text: shortQuantity(reserved, style), percent: reservedPercent(held, exact(total)) },
    priceText: price ? priceWords(price, style) : undefined,
    oldSinceMs: stale && priceTime ? Date.parse(priceTime) : undefined,
    isOld: stale && Boolean(price),
    value,
    valueText: value && money(value, style),
    share: value && whole && share(value, whole, style),
  };
};

/** The largest value first; what has none follows, by its name. */
const inOrder = (a: BalanceRow, b: BalanceRow): number => {
  if (a.value && b.value) return compare(b.value, a.value) || a.name.localeCompare(b.name);
  if (a.value || b.value) return a.value ? -1 : 1;
  return a.name.localeCompare(b.name);
};

/** What is in a portfolio, a row a balance; what is used up is none. */
export const balanceRows = (of: Balances, style: NumberStyle): readonly BalanceRow[] => {
  const whole = worthOf(of);
  return of.balances
    .filter(({ total }) => !isZero(exact(total)))
    .map((balance) => rowOf(balance, whole, style))
    .sort(inOrder);
};
