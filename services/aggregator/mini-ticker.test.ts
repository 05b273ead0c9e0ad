import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTickerMemory, parseMiniTicker } from './mini-ticker.js';

const payload = (fields: object) =>
  JSON.stringify({ e: '24hrMiniTicker', E: 1_700_000_000_123, s: 'BTCUSDT', c: '2.5', o: '2', h: '3', l: '1', v: '0', q: '0', ...fields });
const read = (fields: object) => parseMiniTicker(payload(fields), 1_700_000_000_200);

describe('a mini-ticker', () => {
  it('keeps the exchange texts and computes its change exactly', () => {
    const texts = fc
      .tuple(fc.bigInt(1n, 10n ** 17n), fc.bigInt(1n, 10n ** 17n))
      .map(([c, o]) => [c, o].map(eightDecimals) as [string, string]);
    const Exact = Decimal.clone({ precision: 100, rounding: Decimal.ROUND_HALF_UP, toExpNeg: -1_000, toExpPos: 1_000 });
    fc.assert(
      fc.property(texts, ([c, o]) => {
        const ticker = read({ c, o });
        if (typeof ticker === 'string') throw new Error(ticker);
        expect(ticker.row.close_price).toBe(c);
        expect(ticker.row.open_price).toBe(o);
        expect(ticker.row.change_price).toBe(new Exact(c).minus(o).toFixed());
        expect(ticker.row.change_percent).toBe(new Exact(new Exact(c).minus(o).times(100).div(o).toFixed(8)).toFixed());
      }),
    );
  });

  it('has no change in percent when it opened at zero', () => {
    expect(read({ o: '0.00000000' })).toMatchObject({ row: { change_percent: '0', change_price: '2.5' } });
  });

  it.each([
    [{ e: 'aggTrade' }],
    [{ s: '' }],
    [{ s: 5 }],
    [{ E: -1 }],
    [{ E: '1' }],
    [{ E: 9e15 }],
    [{ c: 2.5 }],
    [{ c: 'x' }],
    [{ h: '1e3' }],
    [{ l: '' }],
  ])('%j is no ticker', (fields) => {
    expect(typeof read(fields)).toBe('string');
  });

  it('is new once, by symbol and event time, also out of order', () => {
    const memory = createTickerMemory();
    expect([memory.isNew('A', 2), memory.isNew('A', 1), memory.isNew('A', 2), memory.isNew('B', 2)]).toEqual([true, true, false, true]);
  });
});

const eightDecimals = (units: bigint): string => {
  const digits = units.toString().padStart(9, '0');
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`;
};
