/** Charts of values and prices. */
export const charts = {
  valueOverTime: 'Value over time',
  ranges: {
    '1h': '1 hour',
    '1d': '24 hours',
    '1w': '7 days',
    '1m': '30 days',
    ytd: 'since the year began',
    '1y': '1 year',
    all: 'everything recorded',
  },
  rangeShort: {
    '1h': '1H',
    '1d': '1D',
    '1w': '1W',
    '1m': '1M',
    ytd: 'YTD',
    '1y': '1Y',
    all: 'All',
  },
  range: 'Range',
  noHistory: 'One point a minute is recorded from now on. The line begins to grow soon.',
  historyAway: 'The history cannot be read at the moment.',
  notRecorded: 'not recorded',
  asIfHeld: 'what you hold now, at the prices of then',
  asIfHeldBefore: (time: string) => `Before ${time} nothing is recorded: what you hold now, at the prices of then`,
  heldAway: 'The prices of before the record cannot be read at the moment.',
  oldSince: (time: string) => `Not brought up to date since ${time}.`,
  inPart: 'not all prices were current',
  without: (coins: string) => `without ${coins}, no price`,
  atOldPrice: (coins: string) => `${coins} at an old price`,
};

export type ChartsTexts = typeof charts;
