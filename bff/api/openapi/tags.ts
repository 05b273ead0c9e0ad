/** What the groups of the description are about, for who reads it. */
const words: Readonly<Record<string, string>> = {
  auth: 'Accounts begin and sessions are opened here: sign up, sign in with a password, a second factor or a passkey, renew the access token, sign out, recover an account. None of these calls needs an access token but the last sign-out, of all sessions.',
  profile:
    'The portfolio of who is signed in: what is held, each change of it and its undo, what it was worth, and what prices were at the beginning of the day or any quarter of an hour. Amounts are decimal texts.',
  market:
    'What the exchange lists and what it cost: symbols, tickers of the last 24 hours, candles, and following a symbol for a minute without holding it.',
  live: 'The portfolio in the moment: frame by frame over a WebSocket, or one frame over REST where no WebSocket gets through. Messages and close codes are described at `/docs/websocket` and in `/asyncapi.json`.',
  account:
    'How one gets into the account: password, recovery codes, second factor, passkeys, sessions, and the log of what happened to it. What changes it asks for a password or a passkey of the last 5 minutes (`reauthenticate`).',
  operations: 'For who runs the server: whether it answers, whether it can do its work, and figures for Prometheus.',
};

/** @throws Error for a group that nothing is said of */
export const describedTags = (names: readonly string[]) =>
  names.map((name) => {
    const description = words[name];
    if (description === undefined) throw new Error(`tags.ts says nothing of ${name}`);
    return { name, description };
  });
