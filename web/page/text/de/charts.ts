import type { ChartsTexts } from '../en/charts.js';

export const charts: ChartsTexts = {
  valueOverTime: 'Wert im Verlauf',
  ranges: {
    '1h': '1 Stunde',
    '6h': '6 Stunden',
    '24h': '24 Stunden',
    '7d': '7 Tage',
    '30d': '30 Tage',
    '1y': '1 Jahr',
  },
  rangeShort: { '1h': '1 Std', '6h': '6 Std', '24h': '24 Std', '7d': '7 T', '30d': '30 T', '1y': '1 J' },
  range: 'Zeitraum',
  noHistory: 'Ab jetzt wird jede Minute ein Punkt festgehalten. Die Linie wächst gleich.',
  noCandles: 'Aus dieser Zeit ist noch kein Kurs festgehalten.',
  noArchive: 'Hier gibt es kein Kursarchiv, also auch kein Diagramm.',
  historyAway: 'Der Verlauf kann gerade nicht gelesen werden.',
  notRecorded: 'nicht festgehalten',
  inPart: 'nicht alle Kurse waren aktuell',
  without: (coins) => `ohne ${coins}, kein Kurs`,
  atOldPrice: (coins) => `${coins} zu einem alten Kurs`,
  chartNote: 'Diagramme mit TradingView Lightweight Charts™',
};
