import type { Request } from 'playwright-core';
import { orderOf } from '../../page/orders/kit/order.js';
import type { Order } from '../../page/orders/order-calls.js';
import { isOpen } from '../../page/orders/order-words.js';
import type { Refused } from './refused.js';

type Said = Readonly<Record<string, string>>;

/**
 * A server that keeps orders, and what was asked of it.
 * @param first those that are there @param refuse why an order is not tested or placed, instead of doing it
 */
export const createOrderServer = (
  first: readonly Order[],
  refuse: (said: Said, isTest: boolean) => Refused | undefined = () => undefined,
) => {
  const kept = new Map(first.map((order) => [order.id, order]));
  const placed: Said[] = [];
  const change = (id: string, more: Partial<Order>): Order => {
    const before = kept.get(id) ?? orderOf(id);
    const next = { ...before, ...more, version: before.version + 1 };
    kept.set(id, next);
    return next;
  };
  const one = (id: string) => (_search: string, method: string) =>
    method === 'DELETE' ? change(id, { status: 'CANCELED', reason: 'user' }) : kept.get(id);
  const list = (search: string, _method: string, request: Request) => {
    const asked = new URLSearchParams(search);
    if (request.method() === 'DELETE') {
      const canceled = [...kept.values()].filter(isOpen).map(({ id }) => id);
      for (const id of canceled) change(id, { status: 'CANCELED', reason: 'user' });
      return { canceled, failed: [] };
    }
    if (request.method() === 'GET') {
      const wanted = [...kept.values()].filter((order) => isOpen(order) === (asked.get('status') === 'open'));
      return { orders: wanted.reverse(), next: null };
    }
    const said = request.postDataJSON() as Said;
    placed.push(said);
    const refused = refuse(said, false);
    if (refused) return refused;
    const known = [...kept.values()].find(({ clientOrderId }) => clientOrderId === said.clientOrderId);
    if (known) return known;
    const made = orderOf(`o-${kept.size + 1}`, { price: null, ...(said as Partial<Order>) });
    kept.set(made.id, made);
    return made;
  };
  const test = (_search: string, _method: string, request: Request) =>
    refuse(request.postDataJSON() as Said, true) ?? {
      reserve: { asset: 'USDT', quantity: '3400' },
      estimatedFee: { asset: 'BTC', quantity: '0.00005' },
    };
  const ids = [...kept.keys(), ...Array.from({ length: 9 }, (_, n) => `o-${n + 1}`)];
  return {
    placed,
    change,
    told: (order: Order) => ({ Type: 'order', Version: order.version, Order: order, LastFill: null }),
    answers: {
      orders: list,
      'orders/test': test,
      ...Object.fromEntries(ids.map((id) => [`orders/${id}`, one(id)])),
    },
  };
};
