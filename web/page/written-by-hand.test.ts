import { defaultParseSearch } from '@tanstack/react-router';
import { expect, it } from 'vitest';
import { readMarketsSearch } from './markets/markets-search.js';
import { readTableSearch } from './portfolio/table/table-search.js';
import { readAssetSearch } from './text/asset-address.js';
import { readValueSearch } from './value/ranges.js';

/** As the router puts it together: what a reader leaves out stays as it is written. */
const searchAt = (read: (given: Readonly<Record<string, unknown>>) => object, query: string) => {
  const given = defaultParseSearch(query) as Readonly<Record<string, unknown>>;
  return { ...given, ...read(given) };
};

it.each([
  [readMarketsSearch, '?sort=value'],
  [readMarketsSearch, '?columns=5'],
  [readMarketsSearch, '?columns=luck'],
  [readMarketsSearch, '?q=true'],
  [readMarketsSearch, '?quote=5&order=up'],
  [readTableSearch, '?sort=1'],
  [readTableSearch, '?find=true'],
  [readAssetSearch, '?market=5'],
  [readAssetSearch, '?interval=9m&type=5&tab=all'],
  [readValueSearch, '?range=3'],
] as const)('takes what somebody wrote wrongly into an address for the usual one: %s %s', (read, query) => {
  expect(searchAt(read, query)).toEqual({});
});
