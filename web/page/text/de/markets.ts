import type { MarketsTexts } from '../en/markets.js';

export const markets: MarketsTexts = {
  searchMarkets: 'Märkte durchsuchen',
};
