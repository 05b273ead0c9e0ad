import { describe, expect, it } from 'vitest';
import { testCoin, viewOfCoins } from '../live/kit/view.js';
import { noticesOf } from './attention.js';

describe('what needs attention', () => {
  it('is nothing where every price is of now, real, and known from the chosen moment on', () => {
    expect(noticesOf(viewOfCoins('3', [testCoin('btcusdt', '1'), testCoin('ethusdt', '2')]))).toEqual([]);
  });
  it('are coins without a price, then old prices, then that prices are simulated', () => {
    const view = viewOfCoins('3', [
      testCoin('btcusdt', '1', { Stale: true, PriceState: 'old' }),
      testCoin('ethusdt', '2'),
      testCoin('solusdt', null, { PriceState: 'waiting' }),
    ]);
    const told = noticesOf({ ...view, simulated: true }).map((notice) =>
      'row' in notice ? `${notice.kind} ${notice.row.base}` : notice.kind,
    );
    expect(told).toEqual(['unpriced SOL', 'old BTC', 'simulated']);
  });
  it('is in one notice which changes begin later than was chosen, and the latest of these moments', () => {
    const { rows } = viewOfCoins('3', [testCoin('btcusdt', '1'), testCoin('ethusdt', '2'), testCoin('solusdt', '3')]);
    const young = rows.map((row, at) => (at === 1 ? row : { ...row, daySinceMs: 1_000 + at }));
    expect(noticesOf({ rows: young, simulated: false })).toMatchObject([
      { kind: 'young', rows: [{ base: 'BTC' }, { base: 'SOL' }], sinceMs: 1_002 },
    ]);
  });
  it('is not what is being changed at this moment', () => {
    const { rows } = viewOfCoins('0', [testCoin('btcusdt', null)]);
    expect(noticesOf({ rows: rows.map((row) => ({ ...row, pending: true })), simulated: false })).toEqual([]);
  });
});
