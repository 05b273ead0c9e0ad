import { createAssetSearch } from '@tickfolio/lib/market/asset-search';
import { expect, it } from 'vitest';
import { assetGroups, holdableMarket, isPaused } from './asset-groups.js';

const listed = ['ETH', 'BTC', 'SOL', 'BCH', 'DOGE'].flatMap((base) =>
  ['USDT', 'BTC']
    .filter((quote) => quote !== base)
    .map((quote) => ({ Symbol: `${base}${quote}`.toLowerCase(), BaseAsset: base, QuoteAsset: quote })),
);
const search = createAssetSearch(listed.map(holdableMarket));
const groups = (typed: string) =>
  assetGroups(search, typed, ['DOGE', 'GONE']).map(({ kind, assets }) => [kind, assets.map(({ asset }) => asset)]);

it('offers what was used lately, then what is well known, each asset once', () => {
  expect(groups('')).toEqual([
    ['recent', ['DOGE']],
    ['popular', ['BTC', 'ETH', 'SOL']],
  ]);
});

it('has results alone once something is typed, and no group without any', () => {
  expect(groups('bitcoin')).toEqual([['results', ['BTC', 'BCH']]]);
  expect(groups('qqqq')).toEqual([]);
});

it('says that an asset pauses where all its markets do', () => {
  const [usual, other] = ['ETHUSDT', 'ETHBTC'].map((symbol) => ({
    ...{ Symbol: symbol.toLowerCase(), BaseAsset: 'ETH', QuoteAsset: symbol.slice(3) },
  }));
  if (!usual || !other) throw new Error('no pairs');
  const pausing = (statuses: readonly ('paused' | 'trading')[]) =>
    isPaused({
      markets: [usual, other].map((one, at) => holdableMarket({ ...one, Status: statuses[at] ?? 'trading' })),
    });
  expect([pausing(['paused', 'paused']), pausing(['paused', 'trading']), isPaused({ markets: [] })]).toEqual([
    true,
    false,
    false,
  ]);
});
