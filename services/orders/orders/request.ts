import { createHash } from 'node:crypto';
import { invalidField } from '@tickfolio/lib/errors';
import type { AskedOrder } from './order-rules.js';

const namePattern = /^[A-Za-z0-9.:/_-]{1,36}$/;

/** @throws AppError invalid_argument for what is no name of an order */
export const readClientOrderId = (name: string): string => {
  if (!namePattern.test(name)) throw invalidField('client_order_id', 'must be 1 to 36 letters, digits and .:/_-');
  return name;
};

/** The same for the same order only. */
export const hashOfOrder = (portfolioId: string, asked: AskedOrder): Uint8Array => {
  const { symbol, side, type, timeInForce, quantity, quoteQuantity, price, stopPrice, icebergQuantity } = asked;
  const said = [symbol, side, type, timeInForce, quantity, quoteQuantity, price, stopPrice, icebergQuantity];
  return createHash('sha256')
    .update(JSON.stringify([portfolioId, ...said.map((one) => one ?? null)]))
    .digest();
};

export const isSameOrder = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
