import { describe, expect, it } from 'vitest';
import type { Holding } from '../live/holdings.js';
import { holdingsOfCoins, testCoin } from '../live/kit/view.js';
import type { Row } from '../live/portfolio-view.js';
import { noticesOf } from './attention.js';

const told = (holdings: readonly Holding[], simulated = false, waiting: readonly { symbol: string }[] = []) =>
  noticesOf(holdings, simulated, waiting).map((notice) =>
    'holding' in notice
      ? `${notice.kind} ${notice.holding.asset}: ${notice.rows.map(({ symbol }) => symbol).join(' ')}`
      : notice.kind,
  );
const withRows = (holding: Holding, more: Partial<Row>): Holding => {
  const [lead, ...others] = holding.rows;
  return { ...holding, rows: [{ ...lead, ...more }, ...others] };
};

describe('what needs attention', () => {
  it('is nothing where every price is of now, real, and known from the chosen moment on', () => {
    expect(told(holdingsOfCoins('3', [testCoin('btcusdt', '1'), testCoin('ethusdt', '2')]))).toEqual([]);
  });
  it('are coins without a price, then old prices, then that prices are simulated', () => {
    const holdings = holdingsOfCoins('3', [
      testCoin('btcusdt', '1', { Stale: true, PriceState: 'old' }),
      testCoin('ethusdt', '2'),
      testCoin('solusdt', null, { PriceState: 'waiting' }),
    ]);
    expect(told(holdings, true)).toEqual(['unpriced SOL: solusdt', 'old BTC: btcusdt', 'simulated']);
  });
  it('names an asset once that is held through three markets, of which two have no price and one has an old one', () => {
    const holdings = holdingsOfCoins('1', [
      testCoin('btcusdt', '1', { Stale: true, PriceState: 'old' }),
      testCoin('btceur', null, { PriceState: 'waiting' }),
      testCoin('btcusdc', null, { PriceState: 'waiting' }),
    ]);
    expect(told(holdings)).toEqual(['unpriced BTC: btceur btcusdc']);
  });
  it('is in one notice which changes begin later than was chosen, and the latest of these moments', () => {
    const holdings = holdingsOfCoins('3', [
      testCoin('btcusdt', '1'),
      testCoin('ethusdt', '2'),
      testCoin('solusdt', '3'),
    ]);
    const young = holdings.map((held, at) => (at === 1 ? held : withRows(held, { daySinceMs: 1_000 + at })));
    expect(noticesOf(young, false, [])).toMatchObject([
      { kind: 'young', holdings: [{ asset: 'BTC' }, { asset: 'SOL' }], sinceMs: 1_002 },
    ]);
  });
  it('are orders that wait, with the market of the newest', () => {
    const holdings = holdingsOfCoins('3', [testCoin('btcusdt', '1')]);
    const waiting = [{ symbol: 'ethusdt' }, { symbol: 'btcusdt' }];
    expect(noticesOf(holdings, true, waiting)).toMatchObject([
      { kind: 'orders', count: 2, symbol: 'ethusdt' },
      { kind: 'simulated' },
    ]);
    expect(told(holdings, false, [])).toEqual([]);
  });
  it('is not what is being changed at this moment', () => {
    const holdings = holdingsOfCoins('0', [testCoin('btcusdt', null)]);
    expect(told(holdings.map((held) => withRows(held, { pending: true })))).toEqual([]);
  });
});
