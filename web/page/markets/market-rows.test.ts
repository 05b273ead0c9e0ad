import { describe, expect, it } from 'vitest';
import { foundRows, marketRows, quotesOf, sortedRows, type Ticker, untradedOf, watchedRows } from './market-rows.js';

const ticker = (base: string, quote: string, more: Partial<Ticker> = {}): Ticker => ({
  ...{ symbol: `${base}${quote}`.toLowerCase(), base, quote, status: 'trading', price: '1' },
  ...{ time: '2026-06-15T12:00:00.000Z', age: 0, change1h: null, change24h: null, change7d: null },
  ...{ high24h: '2', low24h: '1', volume24h: '1', quoteVolume24h: '1', quoteVolumeUsdt24h: '1', range24h: null },
  ...more,
});
/** The most traded ones first, as the server sends them. */
const tickers = [
  ticker('BTC', 'FDUSD', { price: '100001' }),
  ticker('BTC', 'USDT', { price: '100000.5', change24h: '-1.2' }),
  ticker('ETH', 'USDT', { price: '3000', change24h: '12' }),
  ticker('ETH', 'BTC', { price: '0.03', change24h: '3' }),
  ticker('QNT', 'BTC', { price: '0.0009', change24h: '9' }),
  ticker('NEW', 'USDT', { price: '9' }),
];
const symbols = (rows: readonly Ticker[]) => rows.map(({ symbol }) => symbol);
const assets = marketRows(tickers, undefined);

describe('the markets', () => {
  it('have each asset once, by its price in USDT, else by its most traded market', () => {
    expect(symbols(assets)).toEqual(['btcusdt', 'ethusdt', 'qntbtc', 'newusdt']);
    expect(assets.map(({ name }) => name)).toEqual(['Bitcoin', 'Ethereum', 'Quant', 'NEW']);
  });
  it('have every market of one quote asset where that is asked for', () => {
    expect(symbols(marketRows(tickers, 'BTC'))).toEqual(['ethbtc', 'qntbtc']);
    expect(quotesOf(tickers)).toEqual(['USDT', 'BTC', 'FDUSD']);
  });
  it('that are watched stand as they were added, each with the newest price, and what has none is left out', () => {
    const watched = new Map([
      ['ethbtc', 'ETH'],
      ['lunausdt', 'LUNA'],
      ['btcusdt', 'BTC'],
      ['ethusdt', 'ETH'],
    ]);
    const at = (price: string, atMs: number) => ({ price, atMs });
    const noonMs = Date.parse('2026-06-15T12:00:00.000Z');
    const rows = watchedRows(
      tickers,
      watched,
      new Map([
        ['btcusdt', at('100001.25', noonMs + 1)],
        ['ethusdt', at('2999', noonMs - 1)],
        ['newusdt', at('10', noonMs + 1)],
      ]),
    );
    expect(rows.map(({ symbol, price, name }) => [symbol, price, name])).toEqual([
      ['ethbtc', '0.03', 'Ethereum'],
      ['btcusdt', '100001.25', 'Bitcoin'],
      ['ethusdt', '3000', 'Ethereum'],
    ]);
  });
  it('that are watched are said not to be traded only where others are known to be', () => {
    const watched = new Map([
      ['lunausdt', 'LUNA'],
      ['btcusdt', 'BTC'],
    ]);
    expect(untradedOf(tickers, watched)).toEqual([['lunausdt', 'LUNA']]);
    expect(untradedOf([], watched)).toEqual([]);
  });
  it('sort by exact figures either way, what is not known last', () => {
    expect(symbols(sortedRows(assets, '24h'))).toEqual(['ethusdt', 'qntbtc', 'btcusdt', 'newusdt']);
    expect(symbols(sortedRows(assets, '24h', 'asc'))).toEqual(['btcusdt', 'qntbtc', 'ethusdt', 'newusdt']);
    expect(symbols(sortedRows(assets, 'name'))).toEqual(['btcusdt', 'ethusdt', 'newusdt', 'qntbtc']);
    const near = ['1.00000000000000000001', '1.00000000000000000003', '1.00000000000000000002'].map((price, at) => ({
      ...ticker(`A${at}`, 'USDT', { price }),
      name: '',
    }));
    expect(symbols(sortedRows(near, 'price'))).toEqual(['a1usdt', 'a2usdt', 'a0usdt']);
  });
  it('are found by name and with typos, the asset that was meant first', () => {
    expect(symbols(foundRows(assets, 'bitcion'))[0]).toBe('btcusdt');
    expect(symbols(foundRows(assets, 'эфириум'))[0]).toBe('ethusdt');
    expect(symbols(foundRows(assets, 'qqqq'))).toEqual([]);
  });
});
