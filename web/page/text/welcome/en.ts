/** The first page of who is not signed in. */
export const en = {
  welcomeTitle: 'What your crypto is worth, live and exact to the last digit',
  welcomeText:
    'Add what you own and watch its value follow every trade. No number is rounded on the way, and none is stored in your browser.',
  documentation: 'Documentation',
  demoTitle: 'A demo portfolio, live',
  demoWaiting: 'Waiting for the first price',
  demoLost: {
    away: 'The server does not answer. It is being tried again.',
    refused: 'Too many look at it from here at the moment.',
  },
  demoNote: 'Nobody’s own, and read only. Yours looks like this after a minute.',
};

export type WelcomeTexts = typeof en;
