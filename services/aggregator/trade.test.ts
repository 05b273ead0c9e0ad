import { formatDecimal } from '@tickfolio/lib/money';
import { decodeSecondStat } from '@tickfolio/lib/price-bus';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addTrade, startSecond, toSecondStat } from './second-trades.js';
import { parseAggTrade, parseAmount, tradeOf } from './trade.js';

const Exact = Decimal.clone({ precision: 100, toExpNeg: -100, toExpPos: 100 });

describe('an amount', () => {
  it('is read exactly in whatever form the exchange writes it', () => {
    const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
    const text = fc.oneof(
      fc.tuple(digits(14), fc.stringMatching(/^[0-9]{8}$/)).map((parts) => parts.join('.')),
      fc.tuple(digits(14), digits(9)).map((parts) => parts.join('.')),
      digits(14),
    );
    fc.assert(
      fc.property(text, (given) => {
        expect(formatDecimal(parseAmount(given))).toBe(new Exact(given).toFixed());
      }),
    );
  });

  it.each([
    '',
    '.',
    '1.',
    '.5',
    '-1.00000000',
    '+1e5',
    '1e5',
    '0x10',
    ' 1.00000000',
    '1,5',
    '1.0000000a',
    'a.00000000',
    '1.0000000001',
    '9'.repeat(15),
  ])('"%s" is refused', (text) => {
    expect(() => parseAmount(text)).toThrow();
  });

  it('at its largest still makes a SecondStat that readers take', () => {
    const most = { price: parseAmount('99999999999999.999999999'), quantity: parseAmount('99999999999999.999999999') };
    const second = startSecond({ id: 1, timeMs: 1_000, ...most });
    for (let id = 2; id <= 50; id++) addTrade(second, { id, timeMs: 1_001, ...most });
    expect(decodeSecondStat(JSON.stringify(toSecondStat('btcusdt', second, true, 0)))).toMatchObject({ trades: 50 });
  });
});

describe('a trade', () => {
  const frame = { e: 'aggTrade', E: 5, s: 'BTCUSDT', a: 7, p: '1.50000000', q: '2.00000000', f: 1, l: 2, T: 4, m: true, M: true };
  it('is read from the stream and from history alike', () => {
    const read = parseAggTrade(JSON.stringify(frame));
    const row = { id: 7, price: '1.50000000', quantity: '2.00000000', firstTradeId: 1, lastTradeId: 2, tradeTimeMs: 4, buyerIsMaker: true };
    expect(read).toMatchObject({ symbol: 'BTCUSDT', eventMs: 5, trade: tradeOf(row) });
  });

  it.each(Object.keys(frame).filter((key) => !['f', 'l', 'm', 'M'].includes(key)))('without %s is refused', (key) => {
    for (const value of [undefined, null, {}, [], true, -1, 1.5, 2 ** 53]) {
      expect(typeof parseAggTrade(JSON.stringify({ ...frame, [key]: value }))).toBe('string');
    }
  });

  it('is never made of arbitrary JSON, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(typeof parseAggTrade(text)).toBe('string');
      }),
    );
  });
});
