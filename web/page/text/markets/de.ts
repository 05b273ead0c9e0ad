import type { MarketsTexts } from './en.js';

export const de: MarketsTexts = {
  searchMarkets: 'Märkte durchsuchen',
  eachAssetOnce: 'Alle Coins',
  marketsIn: (quote) => `Kurs in ${quote}`,
  columns: 'Spalten',
  asset: 'Coin',
  marketColumns: {
    '1h': '1 Std.',
    '24h': '24 Std.',
    '7d': '7 Tage',
    volume: 'Umsatz 24 Std.',
    range: 'Spanne 24 Std.',
    week: 'Letzte 7 Tage',
  },
  rangeWords: (low, high) => `tiefster ${low}, höchster ${high}`,
  changeUnknown: 'nicht bekannt',
  assetCount: (count) => (count === 1 ? '1 Coin' : `${count} Coins`),
  marketCount: (count) => (count === 1 ? '1 Markt' : `${count} Märkte`),
  clearSearch: 'Suche leeren',
  noMarketsIn: (quote) => `Es gibt keinen Kurs in ${quote}.`,
  noMarketsYet: 'Die Börse hat noch nichts über ihre Märkte mitgeteilt.',
  marketsOldSince: (time) => `Seit ${time} veraltet.`,
  exchangeSilent: 'Der Server hört gerade nichts von der Börse; die Liste läuft von selbst weiter.',
};
