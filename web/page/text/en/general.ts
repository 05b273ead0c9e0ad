/** Words that more than one feature says, and faults. */
export const general = {
  tag: 'en',
  numbers: { group: ',', point: '.' },
  /** Thousands of one, of that, and so on. */
  sizes: ['K', 'M', 'B', 'T'],
  appName: 'tickfolio',
  noAnswer: 'The server does not answer. Check your connection and try again.',
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
