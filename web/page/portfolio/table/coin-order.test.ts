import { describe, expect, it } from 'vitest';
import { testCoin, viewOfCoins } from '../../live/kit/view.js';
import { createHeldOrder, inOrder, type Order } from './coin-order.js';

const symbols = (totals: Readonly<Record<string, string | null>>, order: Order) => {
  const coins = Object.entries(totals).map(([symbol, worth]) => testCoin(symbol, worth));
  return inOrder(viewOfCoins('1000000', coins).rows, order).map(({ symbol }) => symbol);
};

describe('the order of the coins', () => {
  it('is by value also among coins that are worth less than a hundredth of a percent, and what has no price comes last', () => {
    const small = {
      dogeusdt: '3',
      xrpusdt: null,
      adausdt: '20',
      solusdt: '3.000000000000000001',
      btcusdt: '999974',
      bnbusdt: '0',
    };
    expect(symbols(small, 'value')).toEqual(['btcusdt', 'adausdt', 'solusdt', 'dogeusdt', 'bnbusdt', 'xrpusdt']);
  });
  it('is by value also where that has more digits than a number of the browser', () => {
    expect(symbols({ adausdt: '98765432109876543210.1', btcusdt: '98765432109876543210.2' }, 'value')).toEqual([
      'btcusdt',
      'adausdt',
    ]);
  });
  it.each(['value', 'change'] as const)('is by name where coins are alike by %s', (order) => {
    expect(symbols({ solusdt: '5', btcusdt: '5', btcusdc: '5', adausdt: '5' }, order)).toEqual([
      'btcusdc',
      'btcusdt',
      'adausdt',
      'solusdt',
    ]);
  });
});

describe('rows in their places', () => {
  const rowsOf = (coins: Readonly<Record<string, readonly [quantity: string, worth: string | null]>>) =>
    viewOfCoins(
      '1000000',
      Object.entries(coins).map(([symbol, [Quantity, worth]]) => testCoin(symbol, worth, { Quantity })),
    ).rows;
  const before = rowsOf({ ethusdt: ['20', '44205'], solusdt: ['5', '900'], btcusdt: ['0.03', '2032'] });
  const placesOf = (rows: ReturnType<typeof rowsOf>, inPlaces = createHeldOrder()) => {
    const symbols = (held: typeof rows, order: Order = 'value') => inPlaces(held, order).map(({ symbol }) => symbol);
    expect(symbols(before)).toEqual(['ethusdt', 'btcusdt', 'solusdt']);
    return symbols(rows);
  };
  it('are in the order that is named again after more of a coin was added on another device, and after that was undone', () => {
    const more = rowsOf({ ethusdt: ['20', '44203'], solusdt: ['5', '901'], btcusdt: ['100.03', '6777112'] });
    const inPlaces = createHeldOrder();
    expect(placesOf(more, inPlaces)).toEqual(['btcusdt', 'ethusdt', 'solusdt']);
    expect(placesOf(before, inPlaces)).toEqual(['ethusdt', 'btcusdt', 'solusdt']);
  });
  it('hold still while only prices move', () => {
    const moved = rowsOf({ ethusdt: ['20', '900'], solusdt: ['5', '44205'], btcusdt: ['0.03', '2032'] });
    expect(placesOf(moved)).toEqual(['ethusdt', 'btcusdt', 'solusdt']);
  });
  it('are sorted in when a coin has its first price', () => {
    expect(placesOf(rowsOf({ ethusdt: ['20', '44203'], solusdt: ['5', null], btcusdt: ['0.03', '2032'] }))[2]).toBe(
      'solusdt',
    );
    const inPlaces = createHeldOrder();
    const waiting = rowsOf({ ethusdt: ['20', '44203'], btcusdt: ['3', null] });
    const priced = rowsOf({ ethusdt: ['20', '44203'], btcusdt: ['3', '203200'] });
    expect([waiting, priced].map((rows) => inPlaces(rows, 'value')[0]?.symbol)).toEqual(['ethusdt', 'btcusdt']);
  });
});
