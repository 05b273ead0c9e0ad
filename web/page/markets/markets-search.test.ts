import { describe, expect, it } from 'vitest';
import { columnsOf, columnsText, readMarketsSearch } from './markets-search.js';
import { shownColumns } from './shown-columns.js';

describe('the address of the markets', () => {
  it('keeps search, quote, order and columns, and leaves out what is usual', () => {
    const wanted = { q: 'bit', quote: 'BTC', sort: '24h', order: 'asc', columns: '24h.volume' } as const;
    expect(readMarketsSearch({ ...wanted, quote: 'btc' })).toEqual(wanted);
    expect(readMarketsSearch({ sort: 'volume', order: 'desc' })).toEqual({ sort: 'volume' });
    expect(readMarketsSearch({ q: 1 })).toEqual({ q: '1' });
  });
  it('takes nothing that somebody made up', () => {
    expect(readMarketsSearch({ q: '', quote: '<b>', sort: 'luck', order: 'up', columns: 7 })).toEqual({});
    expect(readMarketsSearch({ columns: 'volume.luck.24h' })).toEqual({ columns: '24h.volume' });
    expect(readMarketsSearch({ q: 'x'.repeat(99) }).q).toHaveLength(64);
  });
  it('says that no column is shown, and says nothing of all', () => {
    expect([columnsText([]), columnsText(columnsOf({}))]).toEqual(['none', undefined]);
    expect(columnsOf({ columns: 'none' })).toEqual([]);
  });
});

it('shows what matters most where there is no room for everything, and what was chosen wherever there is', () => {
  const all = columnsOf({});
  expect(shownColumns(all, 'all', '24h')).toEqual(all);
  expect(shownColumns(all, 'fewer', '24h')).toEqual(['24h', '7d', 'volume', 'week']);
  expect(shownColumns(['1h', 'range'], 'fewer', '24h')).toEqual(['1h', 'range']);
  expect(['24h', 'today', '7d', '30d'].map((basis) => shownColumns(all, 'phone', basis).join())).toEqual([
    '24h',
    '24h',
    '7d',
    '24h',
  ]);
});
