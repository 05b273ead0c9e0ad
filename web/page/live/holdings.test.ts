import { formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdingsOf } from './holdings.js';
import { holdingsOfCoins, testCoin, viewOfCoins } from './kit/view.js';

const Exact = Decimal.clone({ precision: 200, toExpNeg: -200, toExpPos: 200 });
const style = { group: ',', point: '.' };
const markets = ['btcusdt', 'btcusdc', 'btceur', 'ethbtc', 'ethusdt'];
const amount = fc
  .tuple(fc.integer({ min: 0, max: 10 ** 9 }), fc.stringMatching(/^[0-9]{1,18}$/))
  .map(([whole, fraction]) => formatDecimal(parseDecimal(`${whole}.${fraction}`)));
const held = fc.record({ quantity: amount, worth: fc.option(amount) });

describe('what is held', () => {
  it('is one row an asset, whose value and quantity are exactly the sums of its markets', () => {
    fc.assert(
      fc.property(fc.array(held, { minLength: 1, maxLength: markets.length }), (coins) => {
        const frame = coins.map(({ quantity, worth }, at) =>
          testCoin(markets[at] ?? '', worth, { Quantity: quantity }),
        );
        const holdings = holdingsOfCoins('100', frame);
        expect(new Set(holdings.map(({ asset }) => asset)).size).toBe(holdings.length);
        expect(holdings.flatMap(({ rows }) => rows.map(({ symbol }) => symbol)).sort()).toEqual(
          frame.map(({ Symbol: symbol }) => symbol).sort(),
        );
        for (const { asset, quantity, value } of holdings) {
          const mine = frame.filter(({ Symbol: symbol }) => symbol.startsWith(asset.toLowerCase()));
          const sum = (texts: readonly string[]) => texts.reduce((all, text) => all.plus(text), new Exact(0)).toFixed();
          const priced = mine.flatMap(({ Total }) => (Total === null ? [] : [Total]));
          expect(quantity).toBe(sum(mine.map(({ Quantity }) => Quantity)));
          expect(value).toBe(priced.length === 0 ? undefined : sum(priced));
        }
      }),
      { numRuns: 50 },
    );
  });
  it('has the price of its market in USDT first, unless only another has one', () => {
    const leadOf = (...coins: readonly (readonly [string, string | null])[]) =>
      holdingsOfCoins(
        '3',
        coins.map(([symbol, worth]) => testCoin(symbol, worth)),
      ).map(({ rows: [{ symbol }] }) => symbol);
    expect(leadOf(['btceur', '1'], ['btcusdt', '1'], ['btcusdc', '1'])).toEqual(['btcusdt']);
    expect(leadOf(['btceur', '1'], ['btcusdt', null], ['btcusdc', '1'])).toEqual(['btceur']);
    expect(leadOf(['btcusdc', null], ['btceur', null])).toEqual(['btceur']);
  });
  it('has one change of its value, exactly that of all its markets, and none while one of them is not known', () => {
    const row = viewOfCoins('60', [testCoin('btcusdt', '60')]).rows[0];
    if (!row) throw new Error('a coin makes a row');
    const market = (symbol: string, value: string, then: string | undefined) => ({
      ...row,
      ...{ symbol, value },
      valueThen: then === undefined ? undefined : parseDecimal(then),
    });
    const dayOf = (...rows: ReturnType<typeof market>[]) => holdingsOf(rows, parseDecimal('100'), style)[0]?.day;
    const [first, second] = [market('btcusdt', '60', '50'), market('btcusdc', '40.5', '30')];
    expect(dayOf(first, second)).toMatchObject({ text: '+20.50', percent: '+25.63 %' });
    expect(dayOf(first, market('btceur', '40', undefined))).toBeUndefined();
  });
  it('is the same list while nothing of it changed, and the same object for an asset that did not', () => {
    const rowsOf = (eth: string) => {
      const coins = [testCoin('btcusdt', '60'), testCoin('ethusdt', eth), testCoin('btcusdc', '40')];
      return viewOfCoins('150', coins).rows;
    };
    const [rows, total] = [rowsOf('50'), parseDecimal('150')];
    const before = holdingsOf(rows, total, style);
    expect(holdingsOf(rows, total, style, before)).toBe(before);
    const moved = rows.map(
      (row) => rowsOf('51').find(({ symbol, value }) => symbol === row.symbol && value === '51') ?? row,
    );
    const after = holdingsOf(moved, total, style, before);
    expect([after[0] === before[0], after[1] === before[1]]).toEqual([true, false]);
    expect(before[0]).toMatchObject({ asset: 'BTC', valueText: '100.00', share: '66.7 %', quantity: '2' });
  });
});
