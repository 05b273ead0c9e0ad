import type { OrderAnswer, OrderBody, OrdersAnswer } from '@tickfolio/api/orders';
import type { Session } from '@tickfolio/client/session';
import { useMemo } from 'react';
import { useParts } from '../parts.js';

export type Order = OrderAnswer;
export type { OrderBody };
export type OrderSide = Order['side'];
export type OrderType = Order['type'];
export type TimeInForce = NonNullable<Order['timeInForce']>;

interface Quantity {
  readonly asset: string;
  /** Exact. */
  readonly quantity: string;
}

/** What placing an order would do. */
export interface Tested {
  readonly reserve: Quantity;
  readonly estimatedFee: Quantity;
}

interface CanceledOrders {
  readonly canceled: readonly string[];
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

/** Everything that is read of orders has a key that begins so. */
export const ordersKey = ['orders'];
const path = '/api/v1/orders';
export const orderPath = (id: string): string => `${path}/${encodeURIComponent(id)}`;

/** Orders over REST. @throws Problem */
const createOrderCalls = (call: Session['call']) => ({
  /** Sent again under the same name it is the same order. */
  place: (body: OrderBody, clientOrderId: string) => call<Order>('POST', path, { ...body, clientOrderId }),
  test: (body: OrderBody, signal: AbortSignal) => call<Tested>('POST', `${path}/test`, body, {}, signal),
  /** Ended, or will be as soon as it is decided what is kept for it. */
  cancel: (id: string) => call<Order>('DELETE', orderPath(id)),
  cancelAll: (portfolioId: string) =>
    call<CanceledOrders>('DELETE', `${path}?portfolioId=${encodeURIComponent(portfolioId)}`),
  list: (query: Readonly<Record<string, string>>, signal: AbortSignal) =>
    call<OrdersAnswer>('GET', `${path}?${new URLSearchParams(query)}`, undefined, {}, signal),
});

export const useOrderCalls = () => {
  const { session } = useParts();
  return useMemo(() => createOrderCalls(session.call), [session]);
};
