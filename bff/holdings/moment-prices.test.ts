import { formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import { expect, it } from 'vitest';
import type { PriceState } from '../market/price-state.js';
import { createMomentPrices } from './moment-prices.js';

const nowMs = Date.UTC(2026, 10, 29, 12);
const market = { symbol: 'btcusdt', quoteAsset: 'usdt' };
const priceWhere = async (state: PriceState, tickerAgeMs: number) => {
  const reading = { text: '1', timeText: new Date(nowMs - 60_000).toISOString(), tradeId: 1 };
  const texts = { beforeTotal: '', afterTotal: '' };
  const listing = { ...market, reading, conversion: undefined, priceUsdt: parseDecimal('1'), state, ...texts };
  const day = { open: '2', high: '2', low: '2', volume: '1', quoteVolume: '2' };
  const ticker = { symbol: 'btcusdt', close: '2', eventTimeMs: nowMs - tickerAgeMs, ...day };
  const lookUp = createMomentPrices({
    board: { listing: () => listing },
    feed: { follow: () => undefined, release: () => undefined },
    tickers: { of: () => ticker, fault: undefined, simulated: false },
    simulated: () => false,
    exchangeNow: () => nowMs,
    staleAfterMs: 30_000,
  });
  const price = (await lookUp([market]))(market);
  return price && [formatDecimal(price.usdt), price.stale];
};

it('is the price of the last 24 hours where the one that was followed is older, and else that one', async () => {
  expect(await priceWhere('live', 1_000)).toEqual(['1', false]);
  expect(await priceWhere('old', 1_000)).toEqual(['2', false]);
  expect(await priceWhere('old', 40_000)).toEqual(['2', true]);
  expect(await priceWhere('old', 90_000)).toEqual(['1', true]);
});
