import type { TickerMessage } from '@tickfolio/lib/events/mini-ticker';
import { recordedTickers } from '@tickfolio/lib/kit/recordings';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTickerMemory, parseMiniTicker } from './mini-ticker.js';

const payload = (fields: object) =>
  JSON.stringify({
    e: '24hrMiniTicker',
    E: 1_700_000_000_123,
    s: 'BTCUSDT',
    c: '2.5',
    o: '2',
    h: '3',
    l: '1',
    v: '0',
    q: '0',
    ...fields,
  });
const read = (fields: object) => parseMiniTicker(payload(fields), 1_700_000_000_200);
const rowOf = (ticker: ReturnType<typeof parseMiniTicker>): TickerMessage => {
  if (typeof ticker === 'string') throw new Error(ticker);
  return ticker.row;
};
const eightDecimals = (units: bigint): string => {
  const digits = units.toString().padStart(9, '0');
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`;
};

const Exact = Decimal.clone({ precision: 100, rounding: Decimal.ROUND_HALF_UP, toExpNeg: -1_000, toExpPos: 1_000 });
const percentOf = (close: string, open: string) =>
  new Exact(open).isZero()
    ? new Exact(0)
    : new Exact(close).minus(open).times(100).div(open).toDecimalPlaces(8, Decimal.ROUND_HALF_UP);
const decimals = ['close_price', 'open_price', 'high_price', 'low_price', 'change_price', 'change_percent'] as const;

describe('a mini-ticker', () => {
  // Prices of every size that the exchange has, so that the percent is sometimes too large for its column.
  const price = fc
    .integer({ min: 1, max: 18 })
    .chain((digits) => fc.bigInt(0n, 10n ** BigInt(digits) - 1n).map(eightDecimals));

  it('keeps the exchange texts and computes its change exactly, however large that is', () => {
    const property = fc.property(price, price, price, price, (c, o, h, l) => {
      const row = rowOf(read({ c, o, h, l }));
      expect([row.close_price, row.open_price, row.high_price, row.low_price]).toEqual([c, o, h, l]);
      expect(row.change_price).toBe(new Exact(c).minus(o).toFixed());
      expect(row.change_percent).toBe(percentOf(c, o).toFixed());
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  it('says the same number in plain digits, of any decimal texts', () => {
    const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
    const text = fc.oneof(
      digits(13),
      fc.tuple(digits(40), digits(40)).map(([whole, fraction]) => `${whole}.${fraction}`),
    );
    const property = fc.property(text, text, text, text, (c, o, h, l) => {
      const row = rowOf(read({ c, o, h, l }));
      for (const name of decimals) expect(row[name]).toMatch(/^-?\d+(\.\d+)?$/);
      const all = [c, o, h, l].map((one) => new Exact(one));
      expect([row.close_price, row.open_price, row.high_price, row.low_price].map((one) => new Exact(one))).toEqual(
        all,
      );
      expect(row.change_percent).toBe(percentOf(c, o).toFixed());
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it.each([
    // Half away from zero, on both sides.
    [{ c: '8.00000001', o: '8' }, '0.00000001', '0.00000013'],
    [{ c: '7.99999999', o: '8' }, '-0.00000001', '-0.00000013'],
    [{ c: '3', o: '3' }, '0', '0'],
    [{ c: '3', o: '0' }, '3', '0'],
    [{ c: '0', o: '0.00000001' }, '-0.00000001', '-100'],
    [{ c: '9999999999.99999999', o: '9999999999.99999999' }, '0', '0'],
    [{ c: '9342.70000000', o: '9393.74000000' }, '-51.04', '-0.54334057'],
  ])('%j changed by %s, which is %s percent', (fields, change, percent) => {
    expect(rowOf(read(fields))).toMatchObject({ change_price: change, change_percent: percent });
  });

  it('names its row by symbol and event time, in upper case, and writes times as UTC text', () => {
    expect(rowOf(read({ s: 'BtcUsdt' }))).toMatchObject({
      message_id: 'BTCUSDT-1700000000123',
      symbol: 'BTCUSDT',
      event_time: '2023-11-14 22:13:20.123',
      receive_time: '2023-11-14 22:13:20.200',
    });
  });

  it('keeps the volumes as the exchange writes them, also of coins that are worth little', () => {
    const traded = { v: '912345678901234567890.12345678', q: '0.00' };
    expect(rowOf(read(traded))).toMatchObject({ volume: traded.v, quote_volume: traded.q });
    expect(rowOf(read({ v: '0007.500000000' }))).toMatchObject({ volume: '7.50000000', quote_volume: '0' });
    expect(rowOf(read({ v: undefined, q: undefined }))).toMatchObject({ volume: null, quote_volume: null });
    const beyond = { v: `1${'0'.repeat(30)}`, q: '0.000000001' };
    expect(rowOf(read(beyond))).toMatchObject({ volume: beyond.v, quote_volume: beyond.q });
  });

  it('writes a price in an unusual form as the same number in the usual one', () => {
    expect(rowOf(read({ c: '0002.500000000', o: '2.0' }))).toMatchObject({ close_price: '2.5', open_price: '2.0' });
  });

  it('is a row also where the columns of the archive are too small for it, which is for the archiver to say', () => {
    expect(rowOf(read({ c: '10000000000', h: '1.000000001' }))).toMatchObject({
      close_price: '10000000000',
      high_price: '1.000000001',
    });
    expect(rowOf(read({ c: '1.5', o: '0.00000001' }))).toMatchObject({
      change_price: '1.49999999',
      change_percent: '14999999900',
    });
    // Microseconds where milliseconds should be.
    expect(rowOf(read({ E: 1_769_508_000_123_456 }))).toMatchObject({
      message_id: 'BTCUSDT-1769508000123456',
      event_time: 1_769_508_000_123_456,
    });
  });

  it.each([
    [{ e: 'aggTrade' }],
    [{ s: '' }],
    [{ s: 5 }],
    [{ E: -1 }],
    [{ E: '1' }],
    [{ E: 9e15 }],
    [{ c: '1'.repeat(300) }],
    [{ c: 2.5 }],
    [{ c: 'x' }],
    [{ c: '-1' }],
    [{ h: '1e3' }],
    [{ l: '' }],
    [{ v: 1 }],
    [{ v: '-1' }],
    [{ q: null }],
    [{ q: '1e3' }],
  ])('%j is no ticker', (fields) => {
    expect(typeof read(fields)).toBe('string');
  });

  it('is new once, by symbol and event time, also out of order', () => {
    const memory = createTickerMemory();
    expect([memory.isNew('A', 2), memory.isNew('A', 1), memory.isNew('A', 2), memory.isNew('B', 2)]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });
});

describe('the recorded mini-tickers', () => {
  it('all become rows with the exchange’s own texts', () => {
    const payloads = recordedTickers();
    expect(payloads.length).toBeGreaterThan(30);
    for (const one of payloads) {
      const { c, o, h, l, s, v, q } = one;
      const row = rowOf(parseMiniTicker(JSON.stringify(one), one.E + 50));
      expect(row).toMatchObject({
        close_price: c,
        open_price: o,
        high_price: h,
        low_price: l,
        symbol: s,
        message_id: `${s}-${one.E}`,
        volume: v,
        quote_volume: q,
      });
      expect(row.change_price).toBe(new Exact(c).minus(o).toFixed());
      expect(row.change_percent).toBe(percentOf(c, o).toFixed());
      expect(Date.parse(`${String(row.event_time).replace(' ', 'T')}Z`)).toBe(one.E);
    }
  });
});
