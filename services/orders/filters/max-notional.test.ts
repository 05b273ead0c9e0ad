import { expect, it } from 'vitest';
import { btcusdt, d, planned } from '../kit/matching.js';
import { checkFilters } from './filters.js';

it('an order at the market may be worth more than maxNotional where the exchange says applyMaxToMarket: false', () => {
  const rules = { ...btcusdt, marketMaxQuantity: d('1000'), applyMaxNotionalToMarket: false };
  const reference = {
    ...{ lastPrice: d('100000'), askPrint: d('100000'), bidPrint: d('100000') },
    ...{ watermarkMs: 0, lastTradeId: 0, lastTradeMs: 0 },
  };
  const reasonOf = (said: Parameters<typeof planned>[0], of = rules) =>
    checkFilters(planned(said), of, reference)?.reason;
  expect(reasonOf({ type: 'MARKET', quoteQuantity: '10000000' })).toBeUndefined();
  expect(reasonOf({ type: 'MARKET', quantity: '100' })).toBeUndefined();
  expect(reasonOf({ quantity: '100', price: '100000' })).toBe('notional');
  const applied = { ...rules, applyMaxNotionalToMarket: true, applyNotionalToMarket: false };
  expect(reasonOf({ type: 'MARKET', quoteQuantity: '10000000' }, applied)).toBe('notional');
  expect(reasonOf({ type: 'MARKET', quantity: '0.00001' }, applied)).toBeUndefined();
});
