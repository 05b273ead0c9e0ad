import { formatDecimal, readAmount } from '@tickfolio/lib/money';
import { decodeSecondStat } from '@tickfolio/lib/price-bus';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addTrade, startSecond, toSecondStat } from './second-trades.js';
import { aggTradeOf, isVoid, parseAggTrade, type Trade, tradeOf } from './trade.js';

describe('an amount', () => {
  it('at its largest still makes a SecondStat that readers take', () => {
    const text = `${'9'.repeat(20)}.${'9'.repeat(18)}`;
    const most = { price: readAmount(text), quantity: readAmount(text) };
    const second = startSecond({ id: 1, timeMs: 1_000, ...most });
    for (let id = 2; id <= 50; id++) addTrade(second, { id, timeMs: 1_001, ...most });
    expect(decodeSecondStat(JSON.stringify(toSecondStat('btcusdt', second, true, 0)))).toMatchObject({ trades: 50 });
  });
});

describe('a trade', () => {
  const frame = {
    e: 'aggTrade',
    E: 5,
    s: 'BTCUSDT',
    a: 7,
    p: '1.50000000',
    q: '2.00000000',
    f: 1,
    l: 2,
    T: 4,
    m: true,
    M: true,
  };
  const historyRow = {
    id: 7,
    price: '1.50000000',
    quantity: '2.00000000',
    firstTradeId: 1,
    lastTradeId: 2,
    tradeTimeMs: 4,
    buyerIsMaker: true,
  };
  it('is read from the stream and from history alike', () => {
    const read = parseAggTrade(JSON.stringify(frame));
    expect(read).toMatchObject({ symbol: 'BTCUSDT', eventMs: 5, trade: tradeOf(historyRow) });
  });

  it('is told again as the exchange said it', () => {
    const read = tradeOf(historyRow);
    expect(read && !isVoid(read) && aggTradeOf(read)).toEqual(historyRow);
  });

  it.each(['e', 's', 'a'])('without %s is refused', (key) => {
    for (const value of [undefined, null, {}, [], true, -1, 1.5, 2 ** 53]) {
      expect(typeof parseAggTrade(JSON.stringify({ ...frame, [key]: value }))).toBe('string');
    }
  });

  it.each(['E', 'p', 'q', 'f', 'l', 'T', 'm'])('without %s is refused, and its id is known', (key) => {
    for (const value of [undefined, null, {}, [], -1, 1.5, 2 ** 53]) {
      const read = parseAggTrade(JSON.stringify({ ...frame, [key]: value }));
      expect(read).toEqual({ symbol: 'BTCUSDT', trade: { id: 7, fault: expect.any(String) } });
    }
  });

  it.each([
    [{ price: '0.00000000' }, 'its price is not above 0'],
    [{ price: '' }, 'its price, quantity or side cannot be read'],
    [{ quantity: '-1' }, 'its price, quantity or side cannot be read'],
    [{ price: `0.${'0'.repeat(19)}1` }, 'its price or quantity has more digits than are taken'],
    [{ firstTradeId: -1, lastTradeId: -1 }, 'the ids of its first and last trade cannot be right'],
    [{ firstTradeId: 3 }, 'the ids of its first and last trade cannot be right'],
    [{ tradeTimeMs: 1_700_000_000_000_000 }, 'its time cannot be right'],
  ])('of history with %j has nothing but its id', (odd, fault) => {
    expect(tradeOf({ ...historyRow, ...odd })).toEqual({ id: 7, fault });
    expect(tradeOf({ ...historyRow, ...odd, id: -1 })).toBeUndefined();
  });

  it('of a quantity of 0 is one: its price was paid', () => {
    const read = tradeOf({ ...historyRow, quantity: '0.00000000' });
    expect(read && !isVoid(read) && formatDecimal(read.price)).toBe('1.5');
  });

  it('of a coin that costs twelve decimals is read to the last of them, and its second can be read by whoever gets it', () => {
    const read = parseAggTrade(JSON.stringify({ ...frame, p: '0.000000000012', q: '123456789.12345678' })) as {
      trade: Trade;
    };
    const stat = toSecondStat('tinyusdt', startSecond(read.trade), true, 0);
    expect(decodeSecondStat(JSON.stringify(stat))).toMatchObject({
      close: '0.000000000012',
      quoteVolume: '0.00148148146948148136',
    });
  });

  it('is never made of arbitrary JSON, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(typeof parseAggTrade(text)).toBe('string');
      }),
    );
  });
});
