/** Charts of values and prices. */
export const charts = {
  valueOverTime: 'Value over time',
  ranges: { '1h': '1 hour', '6h': '6 hours', '24h': '24 hours', '7d': '7 days', '30d': '30 days', '1y': '1 year' },
  rangeShort: { '1h': '1 h', '6h': '6 h', '24h': '24 h', '7d': '7 d', '30d': '30 d', '1y': '1 y' },
  range: 'Range',
  noHistory: 'One point a minute is recorded from now on. The line begins to grow soon.',
  noCandles: 'No price of this time is recorded yet.',
  noArchive: 'There is no archive of prices here, so there is no chart.',
  historyAway: 'The history cannot be read at the moment.',
  notRecorded: 'not recorded',
  inPart: 'not all prices were current',
  without: (coins: string) => `without ${coins}, no price`,
  atOldPrice: (coins: string) => `${coins} at an old price`,
  chartNote: 'Charts by TradingView Lightweight Charts™',
};

export type ChartsTexts = typeof charts;
