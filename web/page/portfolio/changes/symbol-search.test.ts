import { expect, it } from 'vitest';
import { searchSymbols } from './symbol-search.js';

const listed = ['ETH', 'BTC', 'SOL', 'BCH', 'ETC', 'WBTC', 'DOGE'].flatMap((base) =>
  ['USDT', 'BTC']
    .filter((quote) => quote !== base)
    .map((quote) => ({ Symbol: `${base}${quote}`.toLowerCase(), BaseAsset: base, QuoteAsset: quote })),
);
const find = (typed: string) =>
  searchSymbols(listed, typed, ['dogeusdt']).map(({ kind, symbols }) => [kind, symbols.map(({ symbol }) => symbol)]);
const best = (typed: string) => find(typed)[0]?.[1] ?? [];

it('offers what was used lately, then what is well known', () => {
  expect(find('')).toEqual([
    ['recent', ['dogeusdt']],
    ['popular', ['btcusdt', 'ethusdt', 'solusdt']],
  ]);
});
it('finds by name and by symbol, what fits best first', () => {
  expect(best('bitcoin').slice(0, 2)).toEqual(['btcusdt', 'bchusdt']);
  expect(best('ETH').slice(0, 2)).toEqual(['ethusdt', 'ethbtc']);
  expect(best('eth/btc')[0]).toBe('ethbtc');
  expect(best('classic')).toEqual(['etcusdt', 'etcbtc']);
  expect(find('nothing like it')).toEqual([]);
});

it('finds what pauses, and says so', () => {
  const [group] = searchSymbols(
    [{ Symbol: 'ethusdt', BaseAsset: 'ETH', QuoteAsset: 'USDT', Status: 'paused' }],
    'eth',
    [],
  );
  expect(group?.symbols).toMatchObject([{ symbol: 'ethusdt', paused: true }]);
});
