import { expect, it } from 'vitest';
import { assetKindOf, isCash } from './asset-kinds.js';

it.each([
  ['USDT', 'stable'],
  ['USDC', 'stable'],
  ['EUR', 'fiat'],
  ['TRY', 'fiat'],
  ['BTC', 'crypto'],
  // Each worth as much as something else that has a course of its own.
  ['PAXG', 'crypto'],
  ['WBTC', 'crypto'],
  // Was made to be worth a dollar, and is not.
  ['USTC', 'crypto'],
] as const)('%s is %s', (asset, kind) => {
  expect(assetKindOf(asset)).toBe(kind);
  expect(isCash(asset)).toBe(kind !== 'crypto');
});
