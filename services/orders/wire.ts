import type * as wire from '@tickfolio/gen/orders/v1';
import { amountText, orderView } from './store/order-view.js';
import type { FillRow, OrderRow } from './store/records.js';

const orAbsent = <Value>(value: Value | null): Value | undefined => value ?? undefined;

/** Said of an order that rests while prices are of the other kind. */
const frozenWords = (simulated: boolean): string => `prices are ${simulated ? 'simulated' : 'real'} now`;

const isOpen = ({ status }: OrderRow): boolean => ['PENDING', 'NEW', 'PARTIALLY_FILLED'].includes(status);

/**
 * An order for others. One of the other kind of prices is not looked at, and says so.
 * @param simulatedNow whether prices are made up; undefined while nobody knows
 */
export const orderToWire = (order: OrderRow, unsettled: number, simulatedNow: boolean | undefined): wire.Order => {
  const { timeInForce, quantity, quoteQuantity, price, stopPrice, icebergQuantity, ...view } = orderView(
    order,
    unsettled,
  );
  const isFrozen = isOpen(order) && simulatedNow !== undefined && simulatedNow !== order.simulated;
  return {
    id: view.id,
    clientOrderId: view.clientOrderId,
    portfolioId: view.portfolioId,
    symbol: view.symbol,
    baseAsset: order.baseAsset,
    quoteAsset: order.quoteAsset,
    side: view.side,
    type: view.type,
    timeInForce: orAbsent(timeInForce),
    quantity: orAbsent(quantity),
    quoteQuantity: orAbsent(quoteQuantity),
    price: orAbsent(price),
    stopPrice: orAbsent(stopPrice),
    icebergQuantity: orAbsent(icebergQuantity),
    status: view.status,
    working: view.working && !isFrozen,
    filledQuantity: view.filledQuantity,
    filledQuote: view.filledQuote,
    fees: view.fees.map((fee) => ({ ...fee })),
    reserved: { ...view.reserved },
    settled: view.settled,
    reason: isFrozen ? frozenWords(simulatedNow) : orAbsent(view.reason),
    mode: view.mode,
    executionId: orAbsent(view.executionId),
    simulatedPrices: view.simulatedPrices,
    gap: order.gap ? { fromId: order.gap.from, toId: order.gap.to, basis: order.gap.basis } : undefined,
    version: view.version,
    createdAtMs: order.createdAt.getTime(),
    updatedAtMs: order.updatedAt.getTime(),
    endedAtMs: order.endedAt?.getTime(),
  };
};

export const fillToWire = (fill: FillRow): wire.Fill => ({
  id: fill.id,
  orderId: fill.orderId,
  tradeId: orAbsent(fill.tradeId),
  price: amountText(fill.price),
  quantity: amountText(fill.quantity),
  quote: amountText(fill.quote),
  fee: fill.fee === null ? undefined : amountText(fill.fee),
  feeAsset: orAbsent(fill.feeAsset),
  maker: fill.maker,
  tradedAtMs: fill.tradedAt.getTime(),
  model: fill.model,
});
