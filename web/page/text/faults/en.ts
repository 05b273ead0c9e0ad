/** What went wrong, or what the server refused; loaded with whatever can fail. */
export const en = {
  nameShape: 'Use 3 to 64 letters A to Z, digits 0 to 9, “_”, “.” or “-”.',
  passwordShort: 'Use at least 8 characters.',
  passwordLong: 'Use at most 128 characters.',
  passwordCommon: 'This password is one of those that are guessed first. Choose another.',
  passwordLikeName: 'Use more than your name and a few digits.',
  quantityShape: 'Write a number such as 1.5 or 1,234.5.',
  quantitySum: 'Together that would have more than 20 digits before the point, and no more are kept. Enter less.',
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
  pageFault: 'Something went wrong in this page. Reload it and look whether it was done.',
  serverFault: 'Something went wrong on the server. Try again in a moment.',
};

export type FaultTexts = typeof en;
