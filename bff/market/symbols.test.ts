import { maxSymbolLength } from '@tickfolio/api/fields';
import { AppError } from '@tickfolio/lib/errors';
import { maxSymbolLength as maxBetweenServices } from '@tickfolio/lib/market/symbol';
import { describe, expect, it } from 'vitest';
import type { SymbolEntry } from './aggregator-client.js';
import { createSymbols } from './symbols.js';

const listed = (symbol: string, quoteAsset: string, status = 'TRADING'): SymbolEntry => ({
  symbol,
  quoteAsset,
  status,
});
const list = [
  listed('ethbtc', 'BTC'),
  listed('btcusdt', 'USDT'),
  listed('ethusdt', 'USDT'),
  listed('btcsusdt', 'USDT'),
  listed('susdt', 'USDT'),
  listed('usdcusdt', 'USDT'),
  listed('dogeusdt', 'USDT'),
  listed('linkusdt', 'USDT'),
  listed('maticusdt', 'USDT'),
  listed('dogebusd', 'BUSD'),
  listed('shibusdt', 'USDT'),
  listed('busdusdt', 'USDT'),
  listed('usdttry', 'TRY'),
  listed('linktry', 'TRY'),
  listed('oldusdt', 'USDT', 'BREAK'),
  listed('olbusdt', 'USDT'),
];

const refusalOf = (typed: string): string => {
  const symbols = createSymbols();
  symbols.replace({ revision: 'r', simulated: false, symbols: list });
  try {
    symbols.resolve(typed);
    return 'taken';
  } catch (err) {
    expect(err).toMatchObject({ code: 'unprocessable', fields: [{ field: 'symbol' }] });
    return err instanceof AppError ? err.message : String(err);
  }
};
const suggestionFor = (typed: string) => /Did you mean (\w+)\?$/.exec(refusalOf(typed))?.[1];

it('tells the steps of prices and quantities where the exchange says them, so that a column of prices keeps its point and an order is of whole steps', () => {
  const symbols = createSymbols();
  const [first, second] = [
    { ...listed('btcusdt', 'USDT'), tickSize: '0.01000000', stepSize: '0.00001000' },
    { ...listed('ethusdt', 'USDT'), tickSize: '' },
  ];
  symbols.replace({ revision: 'r', simulated: false, symbols: [first, second] });
  expect(symbols.listed().symbols).toEqual([
    {
      ...{ Symbol: 'btcusdt', BaseAsset: 'BTC', QuoteAsset: 'USDT', Status: 'trading' },
      ...{ TickSize: '0.01000000', StepSize: '0.00001000' },
    },
    { Symbol: 'ethusdt', BaseAsset: 'ETH', QuoteAsset: 'USDT', Status: 'trading' },
  ]);
});
describe('a symbol that is not listed', () => {
  it.each([
    ['btc', 'btcusdt'],
    ['eth/btc', 'ethbtc'],
    ['btc-usdt', 'btcusdt'],
    ['btcusd', 'btcusdt'],
    ['shibusd', 'shibusdt'],
    ['usdtbtc', 'btcusdt'],
    ['btcudst', 'btcusdt'],
    ['tbcusdt', 'btcusdt'],
    ['etusdt', 'ethusdt'],
    ['dogusdt', 'dogeusdt'],
    ['dogbusd', 'dogebusd'],
    ['lnik', 'linkusdt'],
    ['maticusdtt', 'maticusdt'],
    ['matcusdt', 'maticusdt'],
    ['linkbtc', 'linkusdt'],
    ['bitcoin', 'btcusdt'],
    ['bitcion', 'btcusdt'],
    ['биткоин', 'btcusdt'],
    ['ethereum', 'ethusdt'],
  ])('%s is answered with %s', (typed, meant) => {
    expect(suggestionFor(typed)).toBe(meant);
  });

  it.each(['zzz', 'x', 'sx', 'abcdefghij', 'nikeusdt', 'xyz-usdt'])('%s is near none, and none is made up', (typed) => {
    expect(refusalOf(typed)).toBe(`The exchange does not list "${typed}".`);
  });

  it.each(['usdt', 'usdtusdt', 'usd'])('%s is what everything is valued in, and like no coin', (typed) => {
    expect(refusalOf(typed)).toMatch(/^USDT is what everything is valued in; .*\.$/);
  });
});

describe('a symbol that is listed but cannot be held', () => {
  it('is told why, with the same coin in USDT where there is one and nothing like it otherwise', () => {
    expect(refusalOf('oldusdt')).toBe('The exchange no longer trades oldusdt.');
    expect(refusalOf('usdttry')).toBe(
      'usdttry is priced in TRY, which cannot be converted to USDT: tryusdt is not traded.',
    );
    expect(suggestionFor('linktry')).toBe('linkusdt');
  });
});

it('a symbol that pauses may be held and is no typing mistake, nor is a pair that is converted through one; one that is gone may not', () => {
  const symbols = createSymbols();
  expect(symbols.standing('btcusdt')).toBeUndefined();
  const paused = list.map((entry) => ({ ...entry, status: 'BREAK', paused: entry.symbol !== 'oldusdt' }));
  symbols.replace({ revision: 'r', simulated: false, symbols: [...paused, listed('endusdt', 'USDT', 'END_OF_DAY')] });
  expect(symbols.resolve('ethbtc')).toEqual({ symbol: 'ethbtc', quoteAsset: 'btc' });
  expect(symbols.resolve('endusdt')).toEqual({ symbol: 'endusdt', quoteAsset: 'usdt' });
  expect(() => symbols.resolve('oldusdt')).toThrow('The exchange no longer trades oldusdt.');
  expect(() => symbols.resolve('btcudst')).toThrow('Did you mean btcusdt?');
  expect(['ethbtc', 'endusdt', 'oldusdt', 'nosuch'].map(symbols.standing)).toEqual([
    'paused',
    'paused',
    'gone',
    'gone',
  ]);
  expect(new Set(symbols.listed().symbols.map(({ Status }) => Status))).toEqual(new Set(['paused']));
});

it('a symbol may be as long in a request as it may be between the services', () => {
  expect(maxSymbolLength).toBe(maxBetweenServices);
});
