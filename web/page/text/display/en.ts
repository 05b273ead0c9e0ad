/** How the page looks in one browser. */
export const en = {
  directions: 'Colours of rising and falling',
  directionPairs: { 'green-red': 'Green and red', 'red-green': 'Red and green', 'blue-orange': 'Blue and orange' },
  zone: 'Times',
  zones: { local: 'Of this computer', utc: 'UTC' },
  hideAmountsHint: 'Everything but prices and percentages, also in the title of the tab.',
  calm: 'Calm',
  calmHint: 'Numbers change without lighting up.',
  keysHint: 'Such as / to search. The question mark shows all of them.',
  chartNote: 'Charts by TradingView Lightweight Charts™',
};

export type DisplayTexts = typeof en;
