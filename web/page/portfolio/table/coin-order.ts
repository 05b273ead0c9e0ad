import { compare } from '@tickfolio/lib/money';
import type { Row } from '../../live/portfolio-view.js';
import { exact } from '../../text/exact.js';

export const orders = ['value', 'name', 'change'] as const;
export type Order = (typeof orders)[number];

type Compare = (a: Row, b: Row) => number;
/** What has no price is worth less than nothing here. */
const byValue: Compare = (a, b) => {
  if (a.value === undefined || b.value === undefined)
    return Number(a.value === undefined) - Number(b.value === undefined);
  return compare(exact(b.value), exact(a.value));
};
/** Two pairs of one coin have one name. */
const byName: Compare = (a, b) => a.name.localeCompare(b.name) || a.symbol.localeCompare(b.symbol);
const byChange: Compare = (a, b) => (b.priceDay?.size ?? 0) - (a.priceDay?.size ?? 0);
const compareBy: Readonly<Record<Order, Compare>> = { value: byValue, name: byName, change: byChange };

/** The rows in an order that every digit counts for; what is alike in it is in the order of names. */
export const inOrder = (rows: readonly Row[], order: Order): readonly Row[] =>
  [...rows].sort((a, b) => compareBy[order](a, b) || byName(a, b));

/** Keeps rows where they are while only prices move. @returns the rows in their places */
export type HeldOrder = (rows: readonly Row[], order: Order) => readonly Row[];

/**
 * The order of the moment it was asked for: rows that change places with every tick cannot be read. They are put in
 * order anew when another order is chosen, when what is held changed (a coin or its quantity, here or on another
 * device), and when a coin has its first price or none any more.
 */
export const createHeldOrder = (): HeldOrder => {
  let key: string | undefined;
  let places: ReadonlyMap<string, number> = new Map();
  return (rows, order) => {
    const held = rows.map(({ symbol, quantity, value }) => `${symbol} ${quantity}${value === undefined ? '?' : ''}`);
    const next = `${order} ${held.sort().join(' ')}`;
    if (next !== key) {
      key = next;
      places = new Map(inOrder(rows, order).map(({ symbol }, place) => [symbol, place]));
    }
    return [...rows].sort((a, b) => (places.get(a.symbol) ?? 0) - (places.get(b.symbol) ?? 0));
  };
};
