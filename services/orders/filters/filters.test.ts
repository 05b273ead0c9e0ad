import { describe, expect, it } from 'vitest';
import { btcusdt, d, planned } from '../kit/matching.js';
import type { OrderPlan, Reference, SymbolRules } from '../rules/order.js';
import { checkFilters } from './filters.js';
import type { Standing } from './standing.js';

const reference: Reference = {
  ...{ lastPrice: d('100'), askPrint: d('100'), bidPrint: d('100') },
  ...{ watermarkMs: 0, lastTradeId: 0, lastTradeMs: 0 },
};
type Said = Partial<Record<keyof OrderPlan, string>>;
const verdict = (said: Said, rules: Partial<SymbolRules> = {}, standing?: Standing, known = reference) => {
  const plan = planned({ quantity: '1', price: '100', ...said });
  const refusal = checkFilters(plan, { ...btcusdt, ...rules }, known, standing);
  return refusal ? [refusal.reason, refusal.field, refusal.bound, refusal.nearest].join(' ') : 'taken';
};
const market = { type: 'MARKET', price: undefined } as unknown as Said;

describe('what the exchange asks of an order', () => {
  it.each<[string, Said]>([
    ['taken', {}],
    ['price-filter price 0.01 100.01', { price: '100.012' }],
    ['price-filter price 0.01 100', { price: '100.005' }],
    ['price-filter price 1000000 1000000', { price: '1000000.01' }],
    ['price-filter stopPrice 0.01 105', { type: 'STOP_LOSS_LIMIT', stopPrice: '105.001' }],
    ['percent-price price 500 500', { price: '500.01' }],
    ['percent-price price 20 20', { price: '19.99' }],
    ['lot-size quantity 0.00001 1', { quantity: '1.000001' }],
    ['lot-size quantity 9000 9000', { quantity: '9001' }],
    ['market-lot-size quantity 100 100', { ...market, quantity: '101' }],
    ['notional quantity 5 0.05', { quantity: '0.04' }],
    ['notional quantity 5 0.05', { ...market, quantity: '0.04' }],
    ['notional quoteQuantity 5 5', { ...market, quantity: undefined as never, quoteQuantity: '4.99' }],
    ['iceberg-parts icebergQuantity 10 0.1', { icebergQuantity: '0.09' }],
    ['taken', { icebergQuantity: '0.1' }],
    ['iceberg-parts icebergQuantity 1 1', { icebergQuantity: '1.1' }],
  ])('%s: %j', (expected, said) => {
    expect(verdict(said)).toBe(expected);
  });

  it('begins with whether the symbol is traded, then whether this type is taken', () => {
    expect(verdict({ price: '0.001' }, { status: 'HALT', orderTypes: [] })).toBe('symbol-not-trading symbol  ');
    expect(verdict({ price: '0.001' }, { orderTypes: ['MARKET'] })).toBe('order-type type  ');
  });

  it('is looked at in the order of the exchange', () => {
    const all = { price: '600.001', quantity: '0.000001', icebergQuantity: '0.00000001' };
    expect(verdict(all)).toMatch(/^price-filter/);
    expect(verdict({ ...all, price: '600' })).toMatch(/^percent-price/);
    expect(verdict({ ...all, price: '100' })).toMatch(/^lot-size quantity/);
    expect(verdict({ ...all, price: '100', quantity: '0.01' })).toMatch(/^lot-size icebergQuantity/);
    expect(verdict({ price: '100', quantity: '0.01', icebergQuantity: '0.0001' })).toMatch(/^notional/);
    expect(verdict({ icebergQuantity: '0.0001' }, {}, { openOrders: 200 })).toMatch(/^iceberg-parts/);
    expect(verdict({}, {}, { openOrders: 200 })).toBe('too-many-orders symbol 200 ');
    expect(verdict({}, {}, { openOrders: 199, position: d('49.5') })).toBe('max-position quantity 50 0.5');
    expect(verdict({ side: 'SELL' }, {}, { openOrders: 199, position: d('49.5') })).toBe('taken');
  });

  it('stands on the mean price exactly, not on a rounded one', () => {
    const third = { ...reference, meanPrice: { numerator: d('100'), denominator: d('3') } };
    const percentPrice = { BUY: { up: d('3') }, SELL: {} };
    expect(verdict({ price: '100' }, { percentPrice }, undefined, third)).toBe('taken');
    expect(verdict({ price: '100.01' }, { percentPrice }, undefined, third)).toBe('percent-price price 100 100');
    const most = { minNotional: d('100'), percentPrice };
    expect(verdict({ ...market, quantity: '3' }, most, undefined, third)).toBe('taken');
    expect(verdict({ ...market, quantity: '2.99999' }, most, undefined, third)).toBe('notional quantity 100 3');
  });

  it('of a market order is not what it is worth, unless the exchange says so', () => {
    expect(verdict({ ...market, quantity: '0.00001' }, { applyNotionalToMarket: false })).toBe('taken');
  });

  it('is nothing where a bound is 0 or absent', () => {
    const zero = d('0');
    const none = {
      ...{ tickSize: zero, minPrice: zero, maxPrice: zero, stepSize: zero, minQuantity: zero, maxQuantity: zero },
      ...{ minNotional: zero, maxNotional: zero, icebergParts: 0, maxOpenOrders: 0, maxPosition: zero },
      percentPrice: { BUY: { up: zero, down: zero }, SELL: {} },
    };
    const odd = { price: '1234567.123456789', quantity: '0.000000001', icebergQuantity: '0.000000001' };
    expect(verdict(odd, none, { openOrders: 5_000, position: d('9999') })).toBe('taken');
  });

  it('cannot be more than 18 decimals of price and quantity together', () => {
    const fine = { tickSize: d('0.0000000001'), stepSize: d('0.000000001') };
    expect(verdict({}, fine)).toBe('too-fine symbol  ');
    expect(verdict({}, { ...fine, stepSize: d('0.00000001') })).toBe('taken');
  });
});
