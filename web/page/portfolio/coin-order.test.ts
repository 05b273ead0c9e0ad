import { describe, expect, it } from 'vitest';
import { testCoin, viewOfCoins } from '../live/test-view.js';
import { inOrder, type Order } from './coin-order.js';

const symbols = (totals: Readonly<Record<string, string | null>>, order: Order) => {
  const coins = Object.entries(totals).map(([symbol, worth]) => testCoin(symbol, worth));
  return inOrder(viewOfCoins('1000000', coins).rows, order).map(({ symbol }) => symbol);
};

describe('the order of the coins', () => {
  it('is by value also among coins that are worth less than a hundredth of a percent, and what has no price comes last', () => {
    const small = { dogeusdt: '3', xrpusdt: null, adausdt: '20', solusdt: '3.000000000000000001', btcusdt: '999974', bnbusdt: '0' };
    expect(symbols(small, 'value')).toEqual(['btcusdt', 'adausdt', 'solusdt', 'dogeusdt', 'bnbusdt', 'xrpusdt']);
  });
  it('is by value also where that has more digits than a number of the browser', () => {
    expect(symbols({ adausdt: '98765432109876543210.1', btcusdt: '98765432109876543210.2' }, 'value')).toEqual(['btcusdt', 'adausdt']);
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
