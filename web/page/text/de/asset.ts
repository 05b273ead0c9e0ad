import type { AssetTexts } from '../en/asset.js';

export const asset: AssetTexts = {
  yourPosition: 'Dein Bestand',
  notHeld: 'Diesen Coin hast du nicht.',
  chartOf: (coin) => `Kurs von ${coin}`,
  dayRange: 'Spanne in 24 Std.',
  dayRangeUtc: 'Spanne seit 00:00 UTC',
  high: 'Hoch',
  low: 'Tief',
  open: 'Anfang',
  dayVolume: 'Umsatz in 24 Std.',
  unknownCoin: (symbol) => `Die Börse führt ${symbol} nicht.`,
};
