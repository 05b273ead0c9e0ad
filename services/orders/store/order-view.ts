import { canonical, divide, formatDecimal, isZero, parseDecimal } from '@tickfolio/lib/money';
import type { AmountText } from '../schema.js';
import type { OrderRow } from './records.js';

/** An order as others see it. */
export interface OrderView {
  readonly id: string;
  readonly clientOrderId: string;
  readonly portfolioId: string;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly type: string;
  readonly timeInForce: string | null;
  readonly quantity: string | null;
  readonly quoteQuantity: string | null;
  readonly price: string | null;
  readonly stopPrice: string | null;
  readonly icebergQuantity: string | null;
  readonly status: OrderRow['status'];
  readonly working: boolean;
  readonly filledQuantity: string;
  readonly filledQuote: string;
  readonly averagePrice: string | null;
  readonly fees: readonly AmountText[];
  readonly reserved: AmountText;
  readonly settled: boolean;
  readonly reason: string | null;
  readonly mode: string;
  readonly executionId: string | null;
  readonly simulatedPrices: boolean;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const averageDecimals = 18;

/** An amount of the database, in the one text that it has for others. */
export const amountText = (amount: string): string => canonical(amount);
const orNull = (amount: string | null): string | null => (amount === null ? null : canonical(amount));

const averageOf = ({ filledQuantity, filledQuote }: OrderRow): string | null => {
  const quantity = parseDecimal(filledQuantity);
  return isZero(quantity) ? null : formatDecimal(divide(parseDecimal(filledQuote), quantity, averageDecimals));
};

/** @param unsettled how many of its fills are not booked yet */
export const orderView = (order: OrderRow, unsettled: number): OrderView => ({
  id: order.id,
  clientOrderId: order.clientOrderId,
  portfolioId: order.portfolioId,
  symbol: order.symbol,
  side: order.side,
  type: order.type,
  timeInForce: order.timeInForce,
  quantity: orNull(order.quantity),
  quoteQuantity: orNull(order.quoteQuantity),
  price: orNull(order.price),
  stopPrice: orNull(order.stopPrice),
  icebergQuantity: orNull(order.icebergQuantity),
  status: order.status,
  working: order.working,
  filledQuantity: canonical(order.filledQuantity),
  filledQuote: canonical(order.filledQuote),
  averagePrice: averageOf(order),
  fees: order.fees,
  reserved: { asset: order.reservationAsset, quantity: canonical(order.reservationAmount) },
  settled: unsettled === 0,
  reason: order.reason,
  mode: order.mode,
  executionId: order.executionId,
  simulatedPrices: order.simulated,
  version: order.version,
  createdAt: order.createdAt.toISOString(),
  updatedAt: order.updatedAt.toISOString(),
});
