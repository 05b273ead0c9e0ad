import { add, multiply } from '@tickfolio/lib/money';
import type { MatchedOrder } from '../rules/order.js';
import type { Matched } from './match.js';

/** Orders as matching left them, without those that are over: what is stored, and what it goes on from. */
export const afterMatch = (orders: readonly MatchedOrder[], { steps, memories }: Matched): readonly MatchedOrder[] => {
  const byId = new Map(orders.map((order) => [order.id, order]));
  for (const step of steps) {
    const order = byId.get(step.orderId);
    if (!order) continue;
    if (step.kind === 'ended' || (step.kind === 'fill' && step.isLast)) byId.delete(order.id);
    else if (step.kind === 'triggered')
      byId.set(order.id, { ...order, working: true, triggeredAfterTrade: step.tradeId });
    else
      byId.set(order.id, {
        ...order,
        filledQuantity: add(order.filledQuantity, step.quantity),
        filledQuote: add(order.filledQuote, multiply(step.price, step.quantity)),
      });
  }
  for (const { orderId, memory } of memories) {
    const order = byId.get(orderId);
    if (order) byId.set(orderId, { ...order, memory });
  }
  return [...byId.values()];
};
