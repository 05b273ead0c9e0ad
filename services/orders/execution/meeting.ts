import type { Kline } from '@tickfolio/gen/market/v1';
import { compare, type Decimal, parseDecimal } from '@tickfolio/lib/money';
import { actingOrder } from '../matching/acting-order.js';
import { matchedOrder } from '../store/order-plan.js';
import type { OrderRow } from '../store/records.js';

/** Between which prices something was traded. */
export type PriceRange = Pick<Kline, 'high' | 'low'>;

/** Whether something traded in this range may do something to an order: rather once too often. */
const meets = (row: OrderRow, high: Decimal, low: Decimal): boolean => {
  const order = matchedOrder(row);
  const acting = order && actingOrder(order);
  if (!order || !acting) return false;
  const { side, price, stopPrice } = order.plan;
  if (acting.isWaiting && stopPrice)
    return compare(acting.triggersUp ? high : low, stopPrice) * (acting.triggersUp ? 1 : -1) >= 0;
  // What takes in a window takes of every trade.
  if (acting.isWindowed || !price) return true;
  return side === 'BUY' ? compare(low, price) <= 0 : compare(high, price) >= 0;
};

export const mayMeet = (rows: readonly OrderRow[], { high, low }: PriceRange): boolean => {
  const [most, least] = [parseDecimal(high), parseDecimal(low)];
  return rows.some((row) => meets(row, most, least));
};

/** Whether an order takes in a window, which began when it was accepted or its stop was reached. */
export const isWindowed = (row: OrderRow): boolean => {
  const order = matchedOrder(row);
  const acting = order && actingOrder(order);
  return acting?.isWindowed === true && !acting.isWaiting;
};
