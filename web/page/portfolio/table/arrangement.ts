import { compare, type Decimal, multiply, zero } from '@tickfolio/lib/money';
import { isDust } from '../../live/dust.js';
import type { Holding } from '../../live/holdings.js';
import { exact } from '../../text/exact.js';

export const orderNames = ['value', 'name', 'change', 'price'] as const;
export type OrderName = (typeof orderNames)[number];

/** Names from A, figures from the largest; or the other way round. */
export interface Order {
  readonly by: OrderName;
  readonly isReversed: boolean;
}

type Compare = (a: Holding, b: Holding) => number;

const byName: Compare = (a, b) => a.name.localeCompare(b.name) || a.asset.localeCompare(b.asset);
const amount = (text: string | undefined): Decimal => (text === undefined ? zero : exact(text));
const sizeOf = ({ rows: [lead] }: Holding): number => lead.priceDay?.size ?? 0;

/** What is compared, and whether it is known. */
const comparisons: Readonly<
  Record<OrderName, { readonly isKnown: (of: Holding) => boolean; readonly compare: Compare }>
> = {
  name: { isKnown: () => true, compare: byName },
  value: {
    isKnown: ({ value }) => value !== undefined,
    compare: (a, b) => compare(amount(b.value), amount(a.value)),
  },
  change: { isKnown: ({ rows: [lead] }) => lead.priceDay !== undefined, compare: (a, b) => sizeOf(b) - sizeOf(a) },
  // In USDT, which is what one piece is worth of: without dividing it stays exact.
  price: {
    isKnown: ({ rows: [lead] }) => lead.value !== undefined,
    compare: ({ rows: [a] }, { rows: [b] }) =>
      compare(multiply(amount(b.value), exact(a.quantity)), multiply(amount(a.value), exact(b.quantity))),
  },
};

/** In an order that every digit counts for; what is alike in it is in the order of names, what is not known comes last. */
export const inOrder = (holdings: readonly Holding[], { by, isReversed }: Order): readonly Holding[] => {
  const { isKnown, compare: compareBy } = comparisons[by];
  return [...holdings].sort(
    (a, b) =>
      Number(isKnown(b)) - Number(isKnown(a)) || (isReversed ? compareBy(b, a) : compareBy(a, b)) || byName(a, b),
  );
};

const fits = ({ name, asset, rows }: Holding, words: readonly string[]): boolean => {
  const text = [name, asset, ...rows.map(({ symbol }) => symbol)].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
};

export interface Asked {
  readonly order: Order;
  /** Words of names, tickers or symbols; empty for all. */
  readonly find: string;
  readonly hidesDust: boolean;
}

export interface Arranged {
  readonly shown: readonly Holding[];
  /** How many are worth less than 1 USDT, hidden or not. */
  readonly dust: number;
}

/**
 * Keeps holdings where they are while only prices move: rows that change places, or come and go, with every tick cannot
 * be read. They are arranged anew when something else is asked for, when what is held changed (here or on another
 * device), when one of their markets has its first price or none any more, and when hidden dust is dust no more.
 */
export const createArrangement = (): ((holdings: readonly Holding[], asked: Asked) => Arranged) => {
  let key: string | undefined;
  let places: ReadonlyMap<string, number> = new Map();
  let hidden: ReadonlySet<string> = new Set();
  let dust = 0;
  return (holdings, { order, find, hidesDust }) => {
    const held = holdings.map(
      ({ asset, quantity, rows }) =>
        `${asset} ${quantity}${rows.map(({ value }) => (value === undefined ? '?' : '='))}`,
    );
    const next = JSON.stringify([order, find, hidesDust, held.sort()]);
    if (next !== key || holdings.some((holding) => hidden.has(holding.asset) && !isDust(holding))) {
      key = next;
      const small = holdings.filter(isDust);
      dust = small.length;
      hidden = new Set(hidesDust ? small.map(({ asset }) => asset) : []);
      const words = find.toLowerCase().split(/\s+/);
      const found = holdings.filter((holding) => !hidden.has(holding.asset) && fits(holding, words));
      places = new Map(inOrder(found, order).map(({ asset }, place) => [asset, place]));
    }
    const shown = holdings.filter(({ asset }) => places.has(asset));
    return { shown: shown.sort((a, b) => (places.get(a.asset) ?? 0) - (places.get(b.asset) ?? 0)), dust };
  };
};
