import { describe, expect, it } from 'vitest';
import { createAssetSearch } from './asset-search.js';

const pairs =
  'BTC/USDT BTC/EUR BTC/USDC ETH/USDT ETH/BTC BCH/USDT BCH/BTC BCH/EUR WBTC/USDT ETC/USDT ETHFI/USDT SOL/USDT DOGE/USDT XRP/USDT ' +
  'ADA/USDT LINK/USDT TON/USDT USDC/USDT FDUSD/USDT EUR/USDT BUSD/USDT QNT/BTC BIT/USDT BITCI/USDT ZZTOP/USDT SHIB/USDT XMR/BTC';
const markets = pairs.split(' ').map((pair) => {
  const [base = '', quote = ''] = pair.split('/');
  return { symbol: `${base}${quote}`.toLowerCase(), base, quote };
});
const search = createAssetSearch(markets);
const assets = (typed: string) => search.find(typed).map(({ asset }) => asset);
const first = (typed: string) => {
  const found = search.find(typed)[0];
  return [found?.asset, found?.market?.symbol];
};

describe('a search for an asset', () => {
  it.each([
    ['usdt', 'USDT', undefined],
    ['tether', 'USDT', undefined],
    ['bitcion', 'BTC', 'btcusdt'],
    ['BTC-USD', 'BTC', 'btcusdt'],
    ['биткоин', 'BTC', 'btcusdt'],
    ['Биткойн ', 'BTC', 'btcusdt'],
    ['bitcoin', 'BTC', 'btcusdt'],
    ['bitcoin cash', 'BCH', 'bchusdt'],
    ['etherium', 'ETH', 'ethusdt'],
    ['Ether', 'ETH', 'ethusdt'],
    ['eth/btc', 'ETH', 'ethbtc'],
    ['btc eur', 'BTC', 'btceur'],
    ['usdt/btc', 'BTC', 'btcusdt'],
    ['doge/eur', 'DOGE', 'dogeusdt'],
    ['dogecion', 'DOGE', 'dogeusdt'],
    ['догикоин', 'DOGE', 'dogeusdt'],
    ['эфириум', 'ETH', 'ethusdt'],
    ['эфирум', 'ETH', 'ethusdt'],
    ['riple', 'XRP', 'xrpusdt'],
    ['monero', 'XMR', 'xmrbtc'],
    ['zztop', 'ZZTOP', 'zztopusdt'],
    ['евро', 'EUR', 'eurusdt'],
    ['dollar', 'USDT', undefined],
  ])('finds by %s %s first', (typed, asset, symbol) => {
    expect(first(typed)).toEqual([asset, symbol]);
  });

  it('lists an asset once, with all its markets, the one in USDT first', () => {
    expect(assets('bitcoin').filter((asset) => asset === 'BTC')).toEqual(['BTC']);
    expect(search.find('bitcoin')[0]?.markets.map(({ quote }) => quote)).toEqual(['USDT', 'USDC', 'EUR']);
    expect(assets('bit').slice(0, 4)).toEqual(['BIT', 'BTC', 'BITCI', 'BCH']);
    expect(assets('classic')).toEqual(['ETC']);
  });

  it('finds nothing for nothing, and for what is like nothing', () => {
    expect(['', '  ', 'nothing like it', 'qqqq'].flatMap(assets)).toEqual([]);
  });

  it('tells a whole name from one that is nearly it', () => {
    expect([search.named('bitcoin')?.asset, search.named('bitcion')?.asset]).toEqual(['BTC', undefined]);
    expect(search.nearlyNamed('bitcion')?.asset).toBe('BTC');
    expect(search.nearlyNamed('abcdefghij')).toBeUndefined();
    expect(search.asset('QNT')).toMatchObject({ name: 'Quant', market: { symbol: 'qntbtc' } });
  });
});
