import { AppError } from '@tickfolio/lib/errors';
import type { NotPlaced } from '../store/order-store.js';
import { orderView } from '../store/order-view.js';
import type { OrderRow } from '../store/records.js';

/** An order that is not taken; nothing was stored. */
export const orderRefusal = (
  code: 'failed_precondition' | 'already_exists' | 'not_found' | 'unprocessable' | 'invalid_argument' | 'unavailable',
  field: string,
  reason: string,
  message: string,
  more: { readonly facts?: Readonly<Record<string, string>>; readonly retryAfterMs?: number } = {},
): AppError => new AppError(code, message, { fields: [{ field, message, reason }], ...more });

export const unknownOrder = (): AppError =>
  orderRefusal('not_found', 'order_id', 'not-found', 'There is no such order.');

/** The same client order id, and another order. */
export const otherOrder = (clientOrderId: string): AppError =>
  orderRefusal(
    'already_exists',
    'client_order_id',
    'duplicate-client-order-id',
    `Another order is called ${clientOrderId} already; nothing was placed. Each order takes a name of its own.`,
  );

const tooMany = (message: string, retryAfterMs: number): AppError =>
  new AppError('resource_exhausted', message, {
    fields: [{ field: 'order', message, reason: 'too-many-orders' }],
    retryAfterMs,
  });

/** Why an order was not stored. */
export const notPlaced = (why: NotPlaced): AppError => {
  switch (why) {
    case 'gone':
      return orderRefusal('not_found', 'portfolio_id', 'gone', 'There is no such portfolio any more.');
    case 'under-review':
      return orderRefusal(
        'failed_precondition',
        'portfolio_id',
        'under-review',
        'Something of this portfolio does not add up and is being looked at; until then it takes no orders.',
      );
    case 'too-often':
      return tooMany('These are too many orders within a second; nothing was placed.', 1_000);
    case 'too-many-of-symbol':
      return tooMany('There are as many open orders of this symbol as there may be; nothing was placed.', 10_000);
    case 'too-many':
      return tooMany('The portfolio has as many open orders as it may have; nothing was placed.', 10_000);
  }
};

/** An order that was stored and refused, as everybody is told who asks for it again. */
export const rejectedOrder = (order: OrderRow): AppError => {
  const { reason, detail, facts } = order;
  return orderRefusal(
    'failed_precondition',
    'order',
    reason ?? 'refused',
    detail ?? 'The order was refused; nothing is kept for it.',
    { facts: { ...facts, order: JSON.stringify(orderView(order, 0)) } },
  );
};

export const endedOrder = (order: OrderRow, unsettled: number): AppError =>
  orderRefusal('failed_precondition', 'order_id', 'already-ended', `The order has ended: it is ${order.status}.`, {
    facts: { order: JSON.stringify(orderView(order, unsettled)) },
  });
