import type { Order } from './order-calls.js';
import { isOpen } from './order-words.js';

/** What came of orders since they were read, the newest of each by its id. */
export type ToldOrders = ReadonlyMap<string, Order>;
export const noneTold: ToldOrders = new Map();

/** Older ones are read again sooner or later. */
const maxTold = 1_000;

/** With another that came; what is older than what is known changes nothing. */
export const withTold = (told: ToldOrders, order: Order): ToldOrders => {
  const known = told.get(order.id);
  if (known && known.version >= order.version) return told;
  const next = new Map(told);
  next.delete(order.id);
  next.set(order.id, order);
  const [oldest] = next.keys();
  if (next.size > maxTold && oldest !== undefined) next.delete(oldest);
  return next;
};

const newestFirst = (a: Order, b: Order): number => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id);

/** Each as it is known last, whichever way that came: what was read may be older than what was told meanwhile. */
const known = (read: readonly Order[], told: ToldOrders): readonly Order[] => {
  const byId = new Map(read.map((order) => [order.id, order]));
  for (const [id, order] of told) {
    const before = byId.get(id);
    if (!before || before.version < order.version) byId.set(id, order);
  }
  return [...byId.values()].sort(newestFirst);
};

/** Those that are open, the newest first. */
export const openOf = (read: readonly Order[], told: ToldOrders): readonly Order[] => known(read, told).filter(isOpen);

/**
 * Those of a portfolio that have ended, the newest first.
 * @param isAll whether nothing older is there to be read: what was told of older ones comes with their page
 */
export const endedOf = (
  read: readonly Order[],
  told: ToldOrders,
  { portfolioId, isAll }: { readonly portfolioId: string; readonly isAll: boolean },
): readonly Order[] => {
  const oldest = read.at(-1);
  return known(read, told).filter(
    (order) =>
      !isOpen(order) &&
      order.portfolioId === portfolioId &&
      (isAll || oldest === undefined || newestFirst(order, oldest) <= 0),
  );
};
