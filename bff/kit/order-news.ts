import { randomUUID } from 'node:crypto';
import type { DomainEvent, TypesOf } from '@tickfolio/lib/events/domain-event';
import type { orderEvents } from '@tickfolio/lib/events/order-events';
import { streams } from '@tickfolio/lib/events/streams';

export type OrderEvent = DomainEvent<TypesOf<typeof orderEvents>>;

const time = '2026-01-27T10:00:00.000Z';

/** What the orders service tells, numbered as it does. */
export const createOrderNews = () => {
  const versions = new Map<string, number>();
  let epoch = 1;
  const around = (userId: string, orderId: string) => {
    const version = (versions.get(orderId) ?? 0) + 1;
    versions.set(orderId, version);
    const numbered = { epoch, stream: streams.order(orderId), version, time };
    return { id: randomUUID(), source: 'orders', schema: 1, userId, ...numbered };
  };
  const about = (orderId: string, portfolioId: string, version: number, status: string) => ({
    ...{ orderId, portfolioId, symbol: 'btcusdt', baseAsset: 'BTC', quoteAsset: 'USDT' },
    ...{ side: 'BUY' as const, mode: 'paper', executionId: null },
    order: {
      ...{ id: orderId, clientOrderId: `c-${orderId.slice(0, 8)}`, portfolioId, symbol: 'btcusdt' },
      ...{ side: 'BUY' as const, type: 'LIMIT', timeInForce: 'GTC', quantity: '0.5', quoteQuantity: null },
      ...{ price: '68000', stopPrice: null, icebergQuantity: null, status, working: true, filledQuantity: '0' },
      ...{ filledQuote: '0', averagePrice: null, fees: [], reserved: { asset: 'USDT', quantity: '34000' } },
      ...{ settled: true, reason: null, mode: 'paper', executionId: null, simulatedPrices: false, version },
      ...{ createdAt: time, updatedAt: time },
    },
  });
  const fillOf = (tradeId: number) => ({
    ...{ id: randomUUID(), tradeId, price: '67999.8', quantity: '0.1', quote: '6799.98', maker: true, tradedAt: time },
  });
  const portfolioId = randomUUID();
  return {
    accepted: (userId: string, orderId: string): OrderEvent => {
      const numbered = around(userId, orderId);
      return { ...numbered, type: 'order.accepted', data: about(orderId, portfolioId, numbered.version, 'NEW') };
    },
    filled: (userId: string, orderId: string, tradeId: number): OrderEvent => {
      const numbered = around(userId, orderId);
      const status = 'PARTIALLY_FILLED';
      const sums = { status, filledQuantity: '0.1', filledQuote: '6799.98', fill: fillOf(tradeId) };
      const data = { ...about(orderId, portfolioId, numbered.version, status), ...sums };
      return { ...numbered, type: 'order.partially_filled', data };
    },
    settled: (userId: string, orderId: string, tradeId: number): OrderEvent => {
      const numbered = around(userId, orderId);
      const status = 'PARTIALLY_FILLED';
      const fill = { ...fillOf(tradeId), fee: '0.0001', feeAsset: 'BTC' };
      const sums = { status, filledQuantity: '0.1', filledQuote: '6799.98', fill };
      return {
        ...numbered,
        type: 'order.settled',
        data: { ...about(orderId, portfolioId, numbered.version, status), ...sums },
      };
    },
    cancelled: (userId: string, orderId: string): OrderEvent => {
      const numbered = around(userId, orderId);
      const sums = { filledQuantity: '0', filledQuote: '0', reason: 'user' };
      return {
        ...numbered,
        type: 'order.cancelled',
        data: { ...about(orderId, portfolioId, numbered.version, 'CANCELED'), ...sums },
      };
    },
    /** It was restored from a backup of its beginning: all is told under new numbers. */
    restored: () => {
      epoch += 1;
      versions.clear();
    },
  };
};
