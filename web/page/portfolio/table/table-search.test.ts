import { expect, it } from 'vitest';
import { isAscending, readTableSearch } from './table-search.js';

it('reads from the address what the table is sorted and filtered by, and nothing else', () => {
  expect(readTableSearch({ sort: '-change', find: 'sol', other: 'x' })).toEqual({ sort: '-change', find: 'sol' });
  expect(readTableSearch({ sort: 'name', find: 1_000 })).toEqual({ sort: 'name', find: '1000' });
  expect(readTableSearch({ sort: '-value', find: '' })).toEqual({});
  expect(readTableSearch({ sort: 'size', find: ['a'] })).toEqual({});
  expect(readTableSearch({ sort: 5, find: 'x'.repeat(200) })).toEqual({ find: 'x'.repeat(64) });
});
it('tells screen readers that names begin at A and figures at the largest', () => {
  expect(isAscending({ by: 'name', isReversed: false })).toBe(true);
  expect(isAscending({ by: 'value', isReversed: false })).toBe(false);
  expect(isAscending({ by: 'price', isReversed: true })).toBe(true);
});
