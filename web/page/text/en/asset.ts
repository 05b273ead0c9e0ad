/** One asset. */
export const asset = {
  yourPosition: 'Your position',
  notHeld: 'You do not hold this coin.',
  chartOf: (coin: string) => `Price of ${coin}`,
  dayRange: '24 h range',
  dayRangeUtc: 'Range since 00:00 UTC',
  high: 'High',
  low: 'Low',
  open: 'Open',
  dayVolume: '24 h volume',
  unknownCoin: (symbol: string) => `The exchange does not list ${symbol}.`,
};

export type AssetTexts = typeof asset;
