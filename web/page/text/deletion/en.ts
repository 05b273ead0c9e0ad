/** The end of an account; loaded with the pages that say it. */
export const en = {
  deletionTitle: 'Delete account',
  deletionText: 'Your account and everything that is kept of you here.',
  deletionAction: 'Delete account',
  deletionAskTitle: 'Delete your account for good?',
  deletionAskText:
    'What goes: your name, password, passkeys and codes, all your sessions, your portfolios and what you hold, every change of it, what it was worth, and the log of your account. You are signed out everywhere. Nobody can undo this, and your name is free for others.',

  deletionRunning: 'Your account is being deleted',
  deletionRunningText: 'You are signed out everywhere, and nobody can sign in any more. What is kept of you goes now:',
  deletionDone: 'Your account is deleted',
  deletionDoneText:
    'These parts of the server hold nothing of you any more. What they told each other of you is forgotten within 60 days, unless whoever runs this server keeps it longer, and backups hold what they hold until they are replaced.',
  deletionParts: {
    auth: 'How you signed in, your sessions and your log',
    bff: 'What you held, and what it was worth',
    portfolio: 'Your portfolios, and every change of a balance',
    orders: 'Your orders, and what filled them',
    other: (service: string) => `What “${service}” kept of you`,
  },
  deletionErased: (when: string) => `Erased ${when}`,
  deletionOpen: 'Being erased',
  deletionLate: 'Some of it waits for a part of the server that is away. It goes as soon as that is back.',
  deletionLink: (until: string) => `You can look here again until ${until}: keep the address of this page.`,
  deletionUnknown: 'No deletion is known here',
  deletionUnknownText: 'The address is not complete, or the account was deleted more than 30 days ago.',
  deletionToStart: 'To the start page',
};

export type DeletionTexts = typeof en;
