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
  ['markets', '?sort=value', readMarketsSearch],
  ['markets', '?columns=5', readMarketsSearch],
  ['markets', '?columns=luck', readMarketsSearch],
  ['markets', '?q=true', readMarketsSearch],
  ['markets', '?quote=5&order=up', readMarketsSearch],
  ['holdings', '?sort=1', readTableSearch],
  ['holdings', '?find=true', readTableSearch],
  ['asset', '?market=5', readAssetSearch],
  ['asset', '?interval=9m&type=5&tab=all', readAssetSearch],
  ['value', '?range=3', readValueSearch],
] as const)('takes what somebody wrote wrongly into an address for the usual one: %s%s', (_page, query, read) => {
  expect(searchAt(read, query)).toEqual({});
});
