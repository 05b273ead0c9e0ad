import { grouped, money, type NumberStyle, share, shortQuantity } from '@tickfolio/lib/look/amount';
import type { Direction } from '@tickfolio/lib/look/change';
import { coinName } from '@tickfolio/lib/market/asset-names';
import { add, compare, type Decimal, divide, formatDecimal, isZero, zero } from '@tickfolio/lib/money';
import { exact } from '../../text/exact.js';
import type { Balance, Balances } from '../use-balances.js';
import { known, worthOf } from '../worth.js';

/** What is held of an asset, as the page shows it. */
export interface BalanceRow {
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
  /** Of the last change of the price. */
  readonly direction: Direction;
  /** Counts the changes of the price, where it is live. */
  readonly ticks: number;
  /** When an old price was made, in epoch milliseconds. */
  readonly oldSinceMs: number | undefined;
  readonly isOld: boolean;
  /** In USDT. */
  readonly value: Decimal | undefined;
  readonly valueText: string | undefined;
  readonly share: string | undefined;
}

/** Whether the same is shown of both. */
export const areSame = (a: BalanceRow, b: BalanceRow): boolean =>
  (Object.keys(a) as (keyof BalanceRow)[]).every((field) => {
    if (field === 'value') return true; // Shown as `valueText`.
    return field === 'reserved'
      ? a.reserved?.text === b.reserved?.text && a.reserved?.percent === b.reserved?.percent
      : a[field] === b[field];
  });

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
  const { asset, via, reserved, total, price, value: worth, priceTime, stale = false, moving } = balance;
  const value = known(worth);
  const held = exact(reserved);
  return {
    asset,
    name: coinName(asset) ?? asset,
    isCash: via === '',
    quantity: total,
    quantityText: shortQuantity(total, style),
    reserved: isZero(held)
      ? undefined
      : { text: shortQuantity(reserved, style), percent: reservedPercent(held, exact(total)) },
    priceText: price ? (moving?.text ?? priceWords(price, style)) : undefined,
    direction: moving?.direction ?? 'same',
    ticks: moving?.ticks ?? 0,
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

const sumOf = (texts: readonly (string | null | undefined)[]): string | null => {
  const all = texts.flatMap((text) => known(text) ?? []);
  return all.length === 0 ? null : formatDecimal(all.reduce(add, zero));
};

/** One of all markets through which the asset is held: with the price of the first, as old as the oldest. */
const together = (of: readonly [Balance, ...Balance[]]): Balance => {
  const [first] = of;
  if (of.length === 1) return first;
  const priced = of.filter(({ price }) => price);
  const [lead = first] = priced;
  const old = priced.filter(({ stale }) => stale).sort((a, b) => (a.priceTime ?? '').localeCompare(b.priceTime ?? ''));
  const sum = (field: 'available' | 'reserved' | 'total') => sumOf(of.map((one) => one[field])) ?? '0';
  return {
    ...lead,
    ...{ via: of.map(({ via }) => via).find((via) => via !== '') ?? '' },
    ...{ available: sum('available'), reserved: sum('reserved'), total: sum('total') },
    value: sumOf(of.map(({ value }) => value)),
    priceTime: (old[0] ?? lead).priceTime ?? null,
    stale: old.length > 0 || lead.stale === true,
  };
};

/**
 * What is in no sum, because it has no price: assets, and markets of those that have one by another. Nothing where
 * nothing has a price, and there is no sum.
 */
export const lackingOf = (of: Balances): readonly string[] => {
  const held = of.balances.filter(({ total }) => !isZero(exact(total)));
  const priced = new Set(held.filter(({ value }) => known(value)).map(({ asset }) => asset));
  if (priced.size === 0) return [];
  const names = held
    .filter(({ value }) => !known(value))
    .map(({ asset, via }) => (priced.has(asset) ? `${asset}/${via.slice(asset.length).toUpperCase()}` : asset));
  return [...new Set(names)];
};

/** What is in a portfolio, each asset once; what is used up is none. */
export const balanceRows = (of: Balances, style: NumberStyle): readonly BalanceRow[] => {
  const whole = worthOf(of);
  const byAsset = new Map<string, [Balance, ...Balance[]]>();
  for (const balance of of.balances) {
    if (isZero(exact(balance.total))) continue;
    const others = byAsset.get(balance.asset);
    if (others) others.push(balance);
    else byAsset.set(balance.asset, [balance]);
  }
  return [...byAsset.values()].map((held) => rowOf(together(held), whole, style)).sort(inOrder);
};
