/** The markets. */
export const markets = {
  searchMarkets: 'Search the markets',
};

export type MarketsTexts = typeof markets;
