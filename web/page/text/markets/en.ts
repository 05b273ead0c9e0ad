/** The markets. */
export const en = {
  searchMarkets: 'Search the markets',
  eachAssetOnce: 'All assets',
  marketsIn: (quote: string) => `Priced in ${quote}`,
  columns: 'Columns',
  asset: 'Asset',
  marketColumns: {
    '1h': '1 h',
    '24h': '24 h',
    '7d': '7 d',
    volume: '24 h volume',
    range: '24 h range',
    week: 'Last 7 days',
  },
  rangeWords: (low: string, high: string) => `lowest ${low}, highest ${high}`,
  changeUnknown: 'not known',
  assetCount: (count: number) => (count === 1 ? '1 asset' : `${count} assets`),
  marketCount: (count: number) => (count === 1 ? '1 market' : `${count} markets`),
  clearSearch: 'Clear the search',
  noMarketsIn: (quote: string) => `Nothing is priced in ${quote}.`,
  noMarketsYet: 'The exchange has told nothing about its markets yet.',
  marketsOldSince: (time: string) => `Old since ${time}.`,
  exchangeSilent: 'The server hears nothing from the exchange at the moment; the list goes on by itself.',
};

export type MarketsTexts = typeof en;
