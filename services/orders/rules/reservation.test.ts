import { formatDecimal } from '@tickfolio/lib/money';
import { describe, expect, it } from 'vitest';
import { btcusdt, d, planned } from '../kit/matching.js';
import { judgeReference } from './judgement.js';
import type { OrderPlan, Reference, SymbolRules } from './order.js';
import { reservationOf } from './reservation.js';

const reference: Reference = {
  ...{ lastPrice: d('100.01'), askPrint: d('100.02'), bidPrint: d('100') },
  ...{ watermarkMs: 0, lastTradeId: 0, lastTradeMs: 0 },
};
const kept = (said: Partial<Record<keyof OrderPlan, string>>, rules: SymbolRules = btcusdt) => {
  const { asset, amount, protection } = reservationOf(planned(said), rules, reference);
  return `${formatDecimal(amount)} ${asset}${protection ? ` up to ${formatDecimal(protection)}` : ''}`;
};

describe('what is kept for an order', () => {
  it.each([
    ['0.5 BTC', { side: 'SELL', quantity: '0.5', price: '100' }],
    ['0.5 BTC', { side: 'SELL', type: 'MARKET', quantity: '0.5' }],
    ['0.5 BTC', { side: 'SELL', type: 'STOP_LOSS', quantity: '0.5', stopPrice: '90' }],
    ['34000 USDT', { quantity: '0.5', price: '68000.00' }],
    ['0.00000068 USDT', { quantity: '0.00001', price: '0.068' }],
    ['34000 USDT', { type: 'LIMIT_MAKER', quantity: '0.5', price: '68000' }],
    ['55 USDT', { type: 'STOP_LOSS_LIMIT', quantity: '0.5', price: '110', stopPrice: '105' }],
    ['250 USDT', { type: 'MARKET', quoteQuantity: '250' }],
    // 100.01 × 1.05 = 105.0105, and up to the tick.
    ['52.51 USDT up to 105.02', { type: 'MARKET', quantity: '0.5' }],
    ['55.125 USDT up to 110.25', { type: 'STOP_LOSS', quantity: '0.5', stopPrice: '105' }],
    ['47.25 USDT up to 94.5', { type: 'TAKE_PROFIT', quantity: '0.5', stopPrice: '90' }],
  ])('%s', (amount, said) => {
    expect(kept(said)).toBe(amount);
  });

  it('is in the quote asset for BUY, never in what is to be received (hummingbot#5440)', () => {
    expect(kept({ quantity: '1', price: '100' })).toBe('100 USDT');
    expect(kept({ type: 'MARKET', quantity: '1' })).toBe('105.02 USDT up to 105.02');
  });

  it('goes no further than the exchange lets prices go', () => {
    const percentPrice = { ...btcusdt.percentPrice, BUY: { up: d('1.02') }, SELL: {} };
    expect(kept({ type: 'MARKET', quantity: '0.5' }, { ...btcusdt, percentPrice })).toBe('51.01 USDT up to 102.02');
  });

  it('for a sale by quote is enough at the lowest price at which it is sold', () => {
    expect(kept({ side: 'SELL', type: 'MARKET', quoteQuantity: '100' })).toBe('1.05253 BTC up to 95.01');
  });
});

describe('an order that may not be there at this moment', () => {
  it.each([
    ['would-take', { type: 'LIMIT_MAKER', quantity: '1', price: '100.02' }],
    ['fine', { type: 'LIMIT_MAKER', quantity: '1', price: '100.01' }],
    ['would-take', { type: 'LIMIT_MAKER', side: 'SELL', quantity: '1', price: '100' }],
    ['fine', { type: 'LIMIT_MAKER', side: 'SELL', quantity: '1', price: '100.01' }],
    ['fine', { quantity: '1', price: '100.02' }],
    ['would-trigger', { type: 'STOP_LOSS', quantity: '1', stopPrice: '100.01' }],
    ['fine', { type: 'STOP_LOSS', quantity: '1', stopPrice: '100.02' }],
    ['would-trigger', { type: 'TAKE_PROFIT', quantity: '1', stopPrice: '100.01' }],
    ['would-trigger', { type: 'STOP_LOSS', side: 'SELL', quantity: '1', stopPrice: '100.01' }],
    ['fine', { type: 'TAKE_PROFIT', side: 'SELL', quantity: '1', stopPrice: '100.02' }],
  ])('%s: %j', (verdict, said) => {
    expect(judgeReference(planned(said), reference)?.reason ?? 'fine').toBe(verdict);
  });
});
