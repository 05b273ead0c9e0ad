import type { ReserveAsked, SettleAsked } from '../portfolio/reservations.js';
import { amountText } from '../store/order-view.js';
import type { FillRow, OrderRow } from '../store/records.js';

/** What is asked of portfolio for an order: the same each time, since it is decided once by its id. */

export const reservationOf = (order: OrderRow): ReserveAsked => {
  const { id: reservationId, portfolioId, userId, reservationAsset: asset } = order;
  const brings = {
    asset: order.side === 'BUY' ? order.baseAsset : order.quoteAsset,
    amount: amountText(order.brings ?? '0'),
  };
  const asked = { reservationId, portfolioId, userId, asset, amount: amountText(order.reservationAmount) };
  return brings.amount === '0' ? asked : { ...asked, brings };
};

export const bookingOf = (order: OrderRow, fill: FillRow): SettleAsked => {
  const base = { asset: order.baseAsset, amount: amountText(fill.quantity) };
  const quote = { asset: order.quoteAsset, amount: amountText(fill.quote) };
  const isBuy = order.side === 'BUY';
  const give = isBuy ? { ...base, via: order.symbol } : { ...quote, via: '' };
  const about = { fillId: fill.id, reservationId: order.id, portfolioId: order.portfolioId };
  return { ...about, take: isBuy ? quote : base, give, fees: fill.feeChoices };
};

/** Why what is left is given back, a word in kebab-case. */
export const releaseReasonOf = ({ reason, status }: OrderRow): string =>
  reason ?? status.toLowerCase().replaceAll('_', '-');
