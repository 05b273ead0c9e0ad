import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDecimal } from '../money/money.js';
import { decodeLastPrice } from './last-price.js';
import { decodeSecondStat, type SecondStat } from './second-stat.js';

const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`));
const decimal = fc.oneof(
  digits(1, 30),
  fc.tuple(digits(1, 30), digits(1, 18)).map(([whole, fraction]) => `${whole}.${fraction}`),
);
const count = fc.maxSafeNat();
const stat: fc.Arbitrary<SecondStat> = fc.record({
  symbol: fc.stringMatching(/^[a-z0-9]{1,20}$/),
  second: count,
  open: decimal,
  high: decimal,
  low: decimal,
  close: decimal,
  volume: decimal,
  quoteVolume: decimal,
  trades: count,
  firstTradeId: count,
  lastTradeId: count,
  lastTradeTime: count,
  complete: fc.boolean(),
  revision: count,
});

describe('decodeSecondStat', () => {
  it('gives back every valid second, its numbers readable as money', () => {
    fc.assert(
      fc.property(stat, (given) => {
        const read = decodeSecondStat(JSON.stringify(given));
        expect(read).toEqual(given);
        for (const text of [given.open, given.high, given.low, given.close, given.volume, given.quoteVolume]) parseDecimal(text);
      }),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((value) => JSON.stringify(value)),
        ),
        (text) => {
          expect(typeof decodeSecondStat(text)).toBe('string');
          expect(decodeLastPrice(text)).toBeUndefined();
        },
      ),
    );
  });

  it('names the field that is missing or of the wrong kind', () => {
    fc.assert(
      fc.property(stat, fc.constantFrom(...(Object.keys(statOf()) as (keyof SecondStat)[])), fc.anything(), (given, field, wrong) => {
        fc.pre(typeof wrong !== 'string' && typeof wrong !== 'boolean' && !(Number.isSafeInteger(wrong) && Number(wrong) >= 0));
        expect(decodeSecondStat(JSON.stringify({ ...given, [field]: wrong }) ?? '')).toEqual(expect.stringContaining(field));
      }),
    );
  });

  it.each([
    ['a price as a number', { close: 1.5 }, 'close'],
    ['an exponent', { close: '1e5' }, 'close'],
    ['a negative price', { low: '-1' }, 'low'],
    ['more decimals than are kept', { volume: `1.${'1'.repeat(19)}` }, 'volume'],
    ['an id past what a number holds', { lastTradeId: 2 ** 53 }, 'lastTradeId'],
    ['a negative count', { trades: -1 }, 'trades'],
    ['half a second', { second: 0.5 }, 'second'],
    ['no symbol', { symbol: '' }, 'symbol'],
    ['complete as a text', { complete: 'true' }, 'complete'],
  ])('refuses %s', (_what, wrong, field) => {
    expect(decodeSecondStat(JSON.stringify({ ...statOf(), ...wrong }))).toEqual(expect.stringContaining(field));
  });
});

const statOf = (): SecondStat => ({
  symbol: 'btcusdt',
  second: 1_769_508_000_000,
  open: '68120.01',
  high: '68123.45',
  low: '68119.5',
  close: '68123.45',
  volume: '1.2345',
  quoteVolume: '84096.123',
  trades: 37,
  firstTradeId: 3_735_683_365,
  lastTradeId: 3_735_683_401,
  lastTradeTime: 1_769_508_000_981,
  complete: true,
  revision: 0,
});
