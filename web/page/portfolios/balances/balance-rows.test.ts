import { describe, expect, it } from 'vitest';
import { exact } from '../../text/exact.js';
import type { Balance, Balances } from '../use-balances.js';
import { worthOf } from '../worth.js';
import { balanceRows, lackingOf } from './balance-rows.js';

const style = { group: ',', point: '.' };
const balance = (asset: string, total: string, more: Partial<Balance> = {}): Balance => ({
  ...{ asset, via: `${asset.toLowerCase()}usdt`, available: total, reserved: '0', total },
  ...more,
});
const of = (balances: readonly Balance[], value?: string): Balances => ({
  ...{ portfolioId: 'p', kind: 'paper', baseCurrency: 'USDT', version: 1 },
  ...(value === undefined ? {} : { value }),
  balances,
});
const rowsOf = (...asked: Parameters<typeof of>) => balanceRows(of(...asked), style);

describe('what is in a portfolio', () => {
  it('has the largest value first, and what has none after it, by its name', () => {
    const balances = [
      balance('SOL', '3'),
      balance('ADA', '3'),
      balance('ETH', '1', { price: '30', value: '30' }),
      balance('USDT', '60', { via: '', price: '1', value: '60' }),
    ];
    const rows = rowsOf(balances, '90');
    expect(rows.map(({ asset, valueText, share }) => [asset, valueText, share])).toEqual([
      ['USDT', '60.00', '66.7 %'],
      ['ETH', '30.00', '33.3 %'],
      ['ADA', undefined, undefined],
      ['SOL', undefined, undefined],
    ]);
    expect(rows.map(({ isCash }) => isCash)).toEqual([true, false, false, false]);
  });

  it('says what is in no sum, a market alone where the asset has a price by another', () => {
    const dollars = balance('USDT', '60', { via: '', price: '1', value: '60' });
    const bitcoin = balance('BTC', '1', { price: '30', value: '30' });
    const lacking = [balance('BTC', '1', { via: 'btceur' }), balance('TRY', '5', { via: '' }), balance('SOL', '0')];
    expect(lackingOf(of([dollars, bitcoin, ...lacking], '90'))).toEqual(['BTC/EUR', 'TRY']);
    expect(lackingOf(of([dollars, bitcoin], '90'))).toEqual([]);
    expect(lackingOf(of(lacking))).toEqual([]);
  });

  it('is told without values by a server that knows none', () => {
    expect(rowsOf([balance('BTC', '1')])).toEqual([
      expect.objectContaining({ name: 'Bitcoin', quantityText: '1', priceText: undefined, valueText: undefined }),
    ]);
    expect(rowsOf([balance('BTC', '1', { price: null, value: null })])[0]?.valueText).toBeUndefined();
  });

  it('is nothing where it was used up, and all its digits where there are many', () => {
    const [only, ...others] = rowsOf([balance('BTC', '0'), balance('ETH', '0.000000000000000001')]);
    expect([only?.asset, only?.quantity, only?.quantityText]).toEqual(['ETH', '0.000000000000000001', '<0.00000001']);
    expect(others).toEqual([]);
  });

  it.each([
    ['0', '10', undefined],
    ['0.000000000000000001', '10', 1],
    ['4', '10', 40],
    ['9.999999999999999999', '10', 99],
    ['10', '10', 100],
  ] as const)('has %s of %s reserved, drawn as %s percent', (reserved, total, percent) => {
    const available = `${Number(total) - Math.trunc(Number(reserved))}`;
    const [row] = rowsOf([balance('USDT', total, { via: '', available, reserved })]);
    expect(row?.reserved?.percent).toBe(percent);
  });

  it('has a converted price as people read prices, and one of an exchange with all its digits', () => {
    const prices = ['0.00001854', '1.2345678', '95123.450000000000001'];
    expect(
      rowsOf(prices.map((price, at) => balance(`A${at}`, '1', { price }))).map(({ priceText }) => priceText),
    ).toEqual(['0.00001854', '1.2345678', '95,123.45']);
  });

  it('is worth nothing that could be told while nothing in it has a price', () => {
    expect(worthOf(of([balance('BTC', '1', { value: null })], '0'))).toBeUndefined();
    expect(worthOf(of([balance('BTC', '1', { value: '5' }), balance('ETH', '1')], '5'))).toEqual(exact('5'));
    expect([worthOf(of([], '0')), worthOf(of([]))]).toEqual([exact('0'), exact('0')]);
  });

  it('says of an old price when it was made', () => {
    const priceTime = '2026-06-15T11:00:00.000Z';
    const [old, now] = rowsOf([
      balance('BTC', '2', { price: '1234.5', value: '2469', priceTime, stale: true }),
      balance('ETH', '1', { price: '5', value: '5', priceTime, stale: false }),
    ]);
    expect([old?.priceText, old?.isOld, old?.oldSinceMs]).toEqual(['1,234.5', true, Date.parse(priceTime)]);
    expect([now?.isOld, now?.oldSinceMs]).toEqual([false, undefined]);
  });
});
