import { formatDecimal, multiply, parseDecimal } from '@tickfolio/lib/money';
import type { NewOrder } from '../store/order-store.js';

/** A limit order as it is stored, of BTC for USDT unless something else is said. */
export const newOrder = (
  id: string,
  said: Partial<NewOrder> & { readonly userId: string; readonly portfolioId: string },
): NewOrder => {
  const { side = 'BUY', quantity = '1', price = '100' } = said;
  const cost = formatDecimal(multiply(parseDecimal(quantity ?? '0'), parseDecimal(price ?? '0')));
  return {
    id,
    clientOrderId: id,
    symbol: 'btcusdt',
    baseAsset: 'BTC',
    quoteAsset: 'USDT',
    side,
    type: 'LIMIT',
    timeInForce: 'GTC',
    quantity,
    quoteQuantity: null,
    price,
    stopPrice: null,
    icebergQuantity: null,
    protection: null,
    stepSize: '0.00001',
    status: 'PENDING',
    working: false,
    filledQuantity: '0',
    filledQuote: '0',
    fees: [],
    feeAsset: null,
    reservationAsset: side === 'BUY' ? 'USDT' : 'BTC',
    reservationAmount: side === 'BUY' ? cost : (quantity ?? '0'),
    brings: null,
    acceptedAfterTrade: null,
    epoch: 0,
    acceptedAtMs: null,
    triggeredAfterTrade: null,
    endedAfterTrade: null,
    matching: null,
    gap: null,
    cancelAsked: false,
    reason: null,
    detail: null,
    facts: null,
    simulated: false,
    mode: 'paper',
    venue: 'binance',
    accountId: null,
    executionId: null,
    slice: null,
    attempt: null,
    requestHash: new Uint8Array([1]),
    ...said,
  };
};
