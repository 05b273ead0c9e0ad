import { formatDecimal, multiply, parseDecimal } from '@tickfolio/lib/money';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyOf, type Draft, emptyDraft, partOf, quantityFor } from './draft.js';

const market = { symbol: 'btcusdt', step: '0.00001', portfolioId: 'p-paper' };
const said = (draft: Partial<Draft>, numbers: Readonly<Record<string, string>>) => {
  const read = (name: string) => (numbers[name] === undefined ? undefined : parseDecimal(numbers[name]));
  const [amount, price, stopPrice] = ['amount', 'price', 'stopPrice'].map(read);
  return bodyOf({ ...emptyDraft, ...draft }, { amount, price, stopPrice }, market);
};
const of = { portfolioId: 'p-paper', symbol: 'btcusdt' };

describe('an order that is written', () => {
  it('is sent with what its type takes, and nothing else', () => {
    const numbers = { amount: '0.5', price: '68000', stopPrice: '67000' };
    expect(said({}, numbers)).toEqual({
      ...of,
      ...{ side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.5', price: '68000' },
    });
    expect(said({ type: 'MARKET', side: 'SELL' }, numbers)).toEqual({
      ...of,
      ...{ side: 'SELL', type: 'MARKET', quantity: '0.5' },
    });
    expect(said({ type: 'LIMIT_MAKER' }, numbers)).not.toHaveProperty('timeInForce');
    expect(said({ type: 'STOP_LOSS' }, numbers)).toEqual({
      ...of,
      ...{ side: 'BUY', type: 'STOP_LOSS', quantity: '0.5', stopPrice: '67000' },
    });
    expect(said({ type: 'TAKE_PROFIT_LIMIT', timeInForce: 'IOC' }, numbers)).toMatchObject({
      ...{ timeInForce: 'IOC', price: '68000', stopPrice: '67000' },
    });
  });

  it('is not sent while something is missing', () => {
    expect(said({}, { amount: '0.5' })).toBeUndefined();
    expect(said({}, { price: '68000' })).toBeUndefined();
    expect(said({ type: 'STOP_LOSS_LIMIT' }, { amount: '1', price: '68000' })).toBeUndefined();
  });

  it('is of whole steps where one says what is paid, and at the market of just that', () => {
    expect(said({ unit: 'quote' }, { amount: '100', price: '68000' })).toMatchObject({ quantity: '0.00147' });
    expect(said({ unit: 'quote' }, { amount: '0.5', price: '68000' })).toBeUndefined();
    const atMarket = said({ unit: 'quote', type: 'MARKET' }, { amount: '100' });
    expect(atMarket).toMatchObject({ quoteQuantity: '100' });
    expect(atMarket).not.toHaveProperty('quantity');
  });
});

describe('a part of what is available', () => {
  const draft = (more: Partial<Draft>) => ({ ...emptyDraft, ...more });

  it('is of what is sold, in whole steps, or of what is paid with', () => {
    expect(partOf(draft({ side: 'SELL' }), '0.999999', 50, '0.00001')).toEqual({ unit: 'base', amount: '0.49999' });
    expect(partOf(draft({ side: 'SELL' }), '0.999999', 100, undefined)).toEqual({ unit: 'base', amount: '0.999999' });
    expect(partOf(draft({}), '10000', 25, '0.00001')).toEqual({ unit: 'quote', amount: '2500' });
  });

  it('leaves room for what is kept on top of a stop that buys at the market', () => {
    expect(partOf(draft({ type: 'STOP_LOSS' }), '10500', 100, '0.00001')).toEqual({ unit: 'quote', amount: '10000' });
    expect(partOf(draft({ type: 'STOP_LOSS_LIMIT' }), '10500', 100, '0.00001').amount).toBe('10500');
  });
});

it('never buys more than is paid for, and not a whole step less', () => {
  const amounts = fc.record({
    quote: fc.bigInt({ min: 1n, max: 10n ** 12n }),
    price: fc.bigInt({ min: 1n, max: 10n ** 12n }),
    step: fc.constantFrom('1', '0.001', '0.00001', '0.5', undefined),
  });
  fc.assert(
    fc.property(amounts, ({ quote, price, step }) => {
      const [paid, at] = [
        { units: quote, scale: 2 },
        { units: price, scale: 4 },
      ];
      const found = quantityFor(paid, at, step);
      const by = parseDecimal(step ?? '0.00000001');
      const costs = ({ units, scale }: typeof paid) => units * 10n ** BigInt(40 - scale);
      const more = {
        units: found.units * 10n ** 20n + by.units * 10n ** BigInt(20 + found.scale - by.scale),
        scale: found.scale + 20,
      };
      expect([formatDecimal(found), costs(multiply(found, at)) <= costs(paid)]).toEqual([formatDecimal(found), true]);
      expect(costs(multiply(more, at)) > costs(paid)).toBe(true);
    }),
  );
});
