/** Words that more than one feature says, and faults. */
export const general = {
  tag: 'en',
  numbers: { group: ',', point: '.' },
  /** Thousands of one, of that, and so on. */
  sizes: ['K', 'M', 'B', 'T'],
  appName: 'tickfolio',
  refusals: {
    portfolioFull: 'This portfolio holds as many different assets as it can. Remove one first.',
    moreThanHeld: 'Less than that is held by now. Nothing was changed.',
    unknownChange: 'This was changed too long ago to be undone.',
    unknownCoin: 'The exchange does not list this asset.',
    delisted: 'The exchange does not trade this asset any more.',
    notValued: 'The price of this asset cannot be converted to USDT now.',
    valuationAsset: 'Everything is valued in USDT here, so USDT itself cannot be added.',
    otherSite:
      'The server takes this page for one of another site and changed nothing. Its log says which addresses differ; whoever runs it sets PUBLIC_URL.',
    other: (words: string) => `The server refused that, in its own words: ${words}`,
  },
  tooMany: (seconds: number) => `Too many attempts. Try again in ${seconds} s.`,
  noAnswer: 'The server does not answer. Check your connection and try again.',
  pageFault: 'Something went wrong in this page. Reload it and look whether it was done.',
  serverFault: 'Something went wrong on the server. Try again in a moment.',
  working: 'One moment …',
  up: 'up',
  down: 'down',
  same: 'unchanged',
  close: 'Close',
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  tryAgain: 'Try again',
  reload: 'Reload',
  language: 'Language',
  notHeld: 'You do not hold this asset.',
};

export type GeneralTexts = typeof general;
