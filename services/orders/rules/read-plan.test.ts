import { describe, expect, it } from 'vitest';
import { type AskedPlan, readPlan } from './read-plan.js';

const limit: AskedPlan = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', quantity: '0.5', price: '68000.00' };
const { price: _, ...unpriced } = limit;
const market: AskedPlan = { ...unpriced, type: 'MARKET' };
const refusalOf = (asked: AskedPlan) => {
  const read = readPlan(asked);
  return 'refusal' in read ? `${read.refusal.reason} ${read.refusal.field} ${read.refusal.exchangeCode}` : 'taken';
};

describe('the form of an order', () => {
  it('is read, with what was not said as it is usual', () => {
    expect(readPlan(limit)).toEqual({
      plan: {
        ...{ symbol: 'btcusdt', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' },
        ...{ quantity: { units: 5n, scale: 1 }, price: { units: 68_000n, scale: 0 } },
      },
    });
    expect(readPlan(market)).toEqual({
      plan: { symbol: 'btcusdt', side: 'BUY', type: 'MARKET', quantity: { units: 5n, scale: 1 } },
    });
  });

  it.each<[string, AskedPlan]>([
    ['missing price -1102', unpriced],
    ['missing quantity -1102', { ...limit, quantity: undefined }],
    ['missing quantity -1102', { ...market, quantity: undefined }],
    ['missing stopPrice -1102', { ...limit, type: 'STOP_LOSS_LIMIT' }],
    ['missing side -1102', { ...limit, side: '' }],
    ['not-needed price -1106', { ...limit, type: 'MARKET' }],
    ['not-needed timeInForce -1106', { ...market, timeInForce: 'GTC' }],
    ['not-needed timeInForce -1106', { ...market, timeInForce: 'IOC' }],
    ['not-needed stopPrice -1106', { ...limit, stopPrice: '1' }],
    ['not-needed quoteQuantity -1106', { ...limit, quoteQuantity: '1' }],
    ['not-needed icebergQuantity -1106', { ...market, icebergQuantity: '1' }],
    ['not-needed quoteQuantity -1128', { ...market, quoteQuantity: '1' }],
    ['bad-combination timeInForce -1014', { ...limit, type: 'LIMIT_MAKER', timeInForce: 'IOC' }],
    ['bad-combination timeInForce -1115', { ...market, timeInForce: 'FOK' }],
    ['bad-combination icebergQuantity -1115', { ...limit, timeInForce: 'IOC', icebergQuantity: '0.1' }],
    ['unknown-value side -1117', { ...limit, side: 'buy' }],
    ['unknown-value type -1116', { ...limit, type: 'OCO' }],
    ['unknown-value timeInForce -1115', { ...limit, timeInForce: 'GTD' }],
    ['bad-number quantity -1102', { ...limit, quantity: '0' }],
    ['bad-number quantity -1102', { ...limit, quantity: '-1' }],
    ['bad-number quantity -1102', { ...limit, quantity: '1e3' }],
    ['bad-number price -1102', { ...limit, price: `0.${'0'.repeat(18)}1` }],
    ['bad-number price -1102', { ...limit, price: '1'.repeat(21) }],
    ['taken', { ...limit, type: 'LIMIT_MAKER' }],
    ['taken', { ...limit, icebergQuantity: '0.1' }],
    ['taken', { ...limit, timeInForce: 'FOK' }],
    ['taken', { ...market, quantity: undefined, quoteQuantity: '100' }],
    ['taken', { ...market, type: 'STOP_LOSS', stopPrice: '1' }],
    ['taken', { ...limit, type: 'TAKE_PROFIT_LIMIT', stopPrice: '1', timeInForce: 'IOC' }],
  ])('%s', (verdict, asked) => {
    expect(refusalOf(asked).replace(/^(\S+) (\S+) (\S+)$/, '$1 $2 $3')).toBe(verdict);
  });
});
