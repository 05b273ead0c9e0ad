/** Links by which others look at a portfolio, and what they see. */
export const en = {
  shareTitle: 'Share with a link',
  shareText:
    'Whoever has the link sees the name of this portfolio and what it is made of, without an account. It tells nobody who you are.',
  shareShows: 'What it shows',
  shareAmounts: { percents: 'Percents only', amounts: 'Percents and amounts' },
  shareAmountsHint: {
    percents: 'No quantities and no values: nobody can tell how much it is.',
    amounts: 'Everybody with the link sees how much you have.',
  },
  shareUntil: 'Ends after',
  shareDays: (days: number) =>
    days === 1 ? '1 day' : days === 7 ? '1 week' : days === 365 ? '1 year' : `${days} days`,
  shareMake: 'Make a link',
  shareMade: 'The link is made. It is shown this once: copy it now.',
  shareLink: 'Link',
  shareCopy: 'Copy link',
  shareCopied: 'Copied',
  shareNotCopied: 'Not copied. Select the link instead.',
  shareLinks: 'Links to this portfolio',
  shareNone: 'There is no link yet.',
  shareMadeAt: (time: string) => `Made ${time}`,
  shareEndsAt: (time: string) => `ends ${time}`,
  shareRanOut: (time: string) => `ended ${time}`,
  shareEnd: 'End',
  shareEndNamed: (what: string, time: string) => `End the link “${what}”, made ${time}`,
  shareEnded: 'The link leads nowhere any more.',
  shareMany: 'There are as many links as there may be. End one first.',
  shareUnknown: 'No answer came, so it is not known whether this was done. The list below says so.',

  sharedNames: { own: 'A portfolio', paper: 'Paper portfolio', simulated: 'Paper portfolio (simulated)' },
  sharedPaper: 'Paper money: nobody owns this.',
  sharedHeld: 'What it is made of',
  sharedWorth: 'Worth',
  sharedUntil: (time: string) => `This link works until ${time}.`,
  sharedRounded: (sum: string) => `By the newest prices, rounded to two decimals: together ${sum}.`,
  sharedEmpty: 'Nothing is in it.',
  sharedOld: 'old price',
  sharedUnpriced: 'no price',
  sharedMissing: 'This link leads nowhere',
  sharedMissingText: 'It has run out, was ended by whoever made it, or is not complete.',
  sharedToStart: 'What tickfolio is',
};

export type SharingTexts = typeof en;
