import { expect, it } from 'vitest';
import { assetAddress, readAssetSearch, symbolOf } from './asset-address.js';

it('leads from every symbol to the page of its asset, and from there to the same symbol', () => {
  expect(assetAddress('btcusdt')).toEqual({ asset: 'BTC', search: {} });
  expect(assetAddress('btceur')).toEqual({ asset: 'BTC', search: { market: 'btceur' } });
  for (const symbol of ['btcusdt', 'ethbtc', 'btceur', 'solbusd', 'nothing', 'usdt', '1inchusdt']) {
    const { asset, search } = assetAddress(symbol);
    expect(symbolOf(asset, readAssetSearch({ ...search }))).toBe(symbol);
  }
});
it('takes no market from an address that is none', () => {
  for (const market of [7, '', '../x', 'a b', 'x'.repeat(65), undefined, ['btcusdt']])
    expect(readAssetSearch({ market })).toEqual({});
});
