import type { AggTrade } from '@tickfolio/gen/market/v1';
import { parseDecimal } from '@tickfolio/lib/money';
import type { TapeTrade } from '../rules/order.js';

/** A trade of the exchange as matching takes it. */
export const readTrade = ({ id, price, quantity, tradeTimeMs, buyerIsMaker }: AggTrade): TapeTrade => ({
  ...{ id, timeMs: tradeTimeMs, buyerIsMaker },
  ...{ price: parseDecimal(price), quantity: parseDecimal(quantity) },
});
