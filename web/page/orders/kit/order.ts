import type { Order } from '../order-calls.js';

/** An order as the server tells of it: open, of nothing in particular. */
export const orderOf = (id: string, more: Partial<Order> = {}): Order => ({
  ...{ id, clientOrderId: `name-of-${id}`, portfolioId: 'p-paper', symbol: 'btcusdt' },
  ...{ side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' },
  ...{ quantity: '0.5', quoteQuantity: null, price: '68000', stopPrice: null, icebergQuantity: null },
  ...{ status: 'NEW', working: true, filledQuantity: '0', filledQuote: '0', averagePrice: null, fees: [] },
  ...{ reserved: { asset: 'USDT', quantity: '34000' }, settled: true, reason: null, mode: 'paper' },
  ...{ executionId: null, simulatedPrices: false, version: 2 },
  ...{ createdAt: '2026-06-15T11:00:00.000Z', updatedAt: '2026-06-15T11:00:00.000Z' },
  ...more,
});
