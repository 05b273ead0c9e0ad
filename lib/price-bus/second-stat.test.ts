import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountBounds, formatDecimal, multiply, parseDecimal } from '../money/money.js';
import { decodeLastPrice } from './last-price.js';
import { decodePublishedThrough } from './published-through.js';
import { decodeSecondStat, type SecondStat } from './second-stat.js';

const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`));
const decimal = (whole: number, fraction: number) =>
  fc.oneof(
    digits(1, whole),
    fc.tuple(digits(1, whole), digits(1, fraction)).map((parts) => parts.join('.')),
  );
const price = decimal(20, 18).filter((text) => /[1-9]/.test(text));
const volume = decimal(48, 36);
const count = fc.maxSafeNat();
const time = fc.nat({ max: 10_413_791_999_999 });
const stat: fc.Arbitrary<SecondStat> = fc.record({
  symbol: fc.stringMatching(/^[a-z0-9]{1,20}$/),
  second: time,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: volume,
  quoteVolume: volume,
  trades: count,
  firstTradeId: count,
  lastTradeId: count,
  lastTradeTime: time,
  complete: fc.boolean(),
  revision: count,
});

describe('decodeSecondStat', () => {
  it('gives back every valid second, its numbers readable as money', () => {
    fc.assert(
      fc.property(stat, (given) => {
        const read = decodeSecondStat(JSON.stringify(given));
        expect(read).toEqual(given);
        for (const text of [given.open, given.high, given.low, given.close, given.volume, given.quoteVolume])
          parseDecimal(text);
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
      fc.property(
        stat,
        fc.constantFrom(...(Object.keys(statOf()) as (keyof SecondStat)[])),
        fc.anything(),
        (given, field, wrong) => {
          fc.pre(
            typeof wrong !== 'string' &&
              typeof wrong !== 'boolean' &&
              !(Number.isSafeInteger(wrong) && Number(wrong) >= 0),
          );
          expect(decodeSecondStat(JSON.stringify({ ...given, [field]: wrong }) ?? '')).toEqual(
            expect.stringContaining(field),
          );
        },
      ),
    );
  });

  it.each([
    ['a price as a number', { close: 1.5 }, 'close'],
    ['an exponent', { close: '1e5' }, 'close'],
    ['a negative price', { low: '-1' }, 'low'],
    ['more decimals than a price has', { low: `1.${'1'.repeat(19)}` }, 'low'],
    ['more decimals than are kept', { volume: `1.${'1'.repeat(37)}` }, 'volume'],
    ['a price of 0, which is no price', { low: '0.00000000' }, 'low'],
    ['a time in microseconds', { lastTradeTime: 1_769_508_000_981_000 }, 'lastTradeTime'],
    ['a second in microseconds', { second: 1_769_508_000_000_000 }, 'second'],
    ['an id past what a number holds', { lastTradeId: 2 ** 53 }, 'lastTradeId'],
    ['a negative count', { trades: -1 }, 'trades'],
    ['half a second', { second: 0.5 }, 'second'],
    ['no symbol', { symbol: '' }, 'symbol'],
    ['complete as a text', { complete: 'true' }, 'complete'],
  ])('refuses %s', (_what, wrong, field) => {
    expect(decodeSecondStat(JSON.stringify({ ...statOf(), ...wrong }))).toEqual(expect.stringContaining(field));
  });
});

describe('what a market may say', () => {
  it('a price times a quantity, each with all the digits it may have, can be read by whoever gets the second', () => {
    const most = parseDecimal(`${'9'.repeat(20)}.${'9'.repeat(18)}`, amountBounds);
    const turnover = multiply(multiply(most, most), { units: 99_999_999n, scale: 0 });
    expect(decodeSecondStat(JSON.stringify({ ...statOf(), quoteVolume: formatDecimal(turnover) }))).toMatchObject({
      trades: 37,
    });
    parseDecimal(formatDecimal(turnover));
  });

  it('no price of 0 and no time in microseconds is kept as the last one of a symbol', () => {
    const last = { symbol: 'btcusdt', price: '1.5', timeMs: 1_769_508_000_981, tradeId: 7 };
    expect(decodeLastPrice(JSON.stringify(last))).toEqual(last);
    for (const wrong of [{ price: '0' }, { price: '0.000' }, { timeMs: last.timeMs * 1_000 }])
      expect(decodeLastPrice(JSON.stringify({ ...last, ...wrong }))).toBeUndefined();
  });

  it('nobody goes on where a time in microseconds says that the seconds ended', () => {
    const end = { second: 1_769_508_000_000, tradeId: 7, tradeTimeMs: 1_769_508_000_981, revision: 1, final: true };
    const through = (last: object) => JSON.stringify({ symbol: 'btcusdt', last, later: [] });
    expect(decodePublishedThrough(through(end))).toMatchObject({ last: end });
    expect(decodePublishedThrough(through({ ...end, tradeTimeMs: end.tradeTimeMs * 1_000 }))).toBeUndefined();
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
