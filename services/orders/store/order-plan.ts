import { parseDecimal } from '@tickfolio/lib/money';
import type { MatchedOrder, OrderPlan, Reference } from '../rules/order.js';
import type { OrderRow, Position } from './records.js';

const read = <Name extends string>(name: Name, amount: string | null) =>
  (amount === null ? {} : { [name]: parseDecimal(amount) }) as {
    readonly [key in Name]?: ReturnType<typeof parseDecimal>;
  };

/** What was asked for, of a stored order. */
export const planOf = (order: OrderRow): OrderPlan => ({
  symbol: order.symbol,
  side: order.side,
  type: order.type,
  ...(order.timeInForce === null ? {} : { timeInForce: order.timeInForce }),
  ...read('quantity', order.quantity),
  ...read('quoteQuantity', order.quoteQuantity),
  ...read('price', order.price),
  ...read('stopPrice', order.stopPrice),
  ...read('icebergQuantity', order.icebergQuantity),
});

/** What is known of the tape, of how far it was looked at. */
export const referenceOf = (position: Position): Reference => ({
  lastPrice: parseDecimal(position.lastPrice),
  askPrint: parseDecimal(position.askPrint),
  bidPrint: parseDecimal(position.bidPrint),
  watermarkMs: position.watermarkMs,
  lastTradeId: position.lastTradeId,
  lastTradeMs: position.lastTradeMs,
});

/** A stored order as matching sees it; undefined while nothing says from which trade on it counts. */
export const matchedOrder = (order: OrderRow): MatchedOrder | undefined => {
  if (order.acceptedAfterTrade === null || order.acceptedAtMs === null) return undefined;
  return {
    id: order.id,
    plan: planOf(order),
    age: order.age ?? 0,
    acceptedAfterTrade: order.acceptedAfterTrade,
    acceptedAtMs: order.acceptedAtMs,
    ...read('protection', order.protection),
    ...read('stepSize', order.stepSize),
    working: order.working,
    ...(order.triggeredAfterTrade === null ? {} : { triggeredAfterTrade: order.triggeredAfterTrade }),
    filledQuantity: parseDecimal(order.filledQuantity),
    filledQuote: parseDecimal(order.filledQuote),
    ...(order.matching === null ? {} : { memory: order.matching }),
  };
};
