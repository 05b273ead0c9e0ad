/** What surrounds every page: notices, navigation, what is missing or broken. */
export const shell = {
  notices: 'Notices',
  skip: 'Skip to content',
  simulated: 'Simulated prices. They look real, but no exchange stands behind them.',
  simulatedShort: 'Simulated',
  offline: 'You are offline. The values below are the last ones that arrived.',
  offlineTitle: 'You are offline',
  offlineText: 'Your portfolio and its prices appear as soon as the network is back.',
  awayTitle: 'The server does not answer',
  awayText: 'Your portfolio and its prices appear as soon as it does; this page keeps trying.',
  nothingKept: 'None of your numbers are stored on this device, so there is nothing to show until then.',
  offlineGate: 'You are offline. Signing in needs the network.',
  reconnecting: 'Connection lost. Reconnecting …',
  notReached: 'No connection to the server yet. Trying again …',
  reading: (seconds: number) => `Live connection blocked; updating about every ${seconds} s.`,
  noPricesArrive:
    'No prices are arriving from the exchange. The values below are made of the last ones; they go on by themselves.',
  cookieRisk: {
    blocked:
      'This browser blocks cookies here, so it cannot keep you signed in: a reload, or some minutes, sign you out.',
    'needs-https':
      'This page was opened over http, and the server keeps people signed in over https only: a reload, or some minutes, sign you out. Open it with https://.',
    'not-kept': 'This browser did not keep the sign-in: a reload, or some minutes, sign you out.',
  },
  refused: 'Too many open windows for this account, so this one is not live.',
  connectAgain: 'Connect again',
  portfolio: 'Portfolio',
  cardBroken: 'This part could not be drawn. The rest of the page goes on.',
  notFoundTitle: 'There is nothing here',
  notFoundText: 'The address leads nowhere.',
  toPortfolio: 'To the portfolio',
  brokenTitle: 'This page broke',
  brokenText: 'Reloading usually helps. Your portfolio is safe on the server.',
};

export type ShellTexts = typeof shell;
