import { orderWords } from './order-words.js';

/** What docs/errors.md says of a refusal, besides what the code says of it. */
export interface ErrorWords {
  /** When it is answered. */
  readonly means: string;
  /** What a client, or the person before it, does then. */
  readonly act: string;
}

/** Of a field, in `errors[].reason` of a problem. */
export interface FieldErrorWords extends ErrorWords {
  readonly status: 400 | 401 | 403 | 404 | 409 | 422 | 503;
  readonly field: string;
}

const retry = 'Ask again after `Retry-After` seconds, with growing pauses.';
const fix = 'Fix the program; the same request is refused again.';

/** By the last word of the problem's URN. */
export const problemWords: Readonly<Record<string, ErrorWords>> = {
  ...orderWords,
  'invalid-argument': {
    means: 'The request is malformed. `errors` names each wrong field.',
    act: 'Correct the fields, then send it again.',
  },
  unprocessable: {
    means: 'The symbol is well formed, but cannot be held: not listed, delisted, or not convertible to USDT.',
    act: 'Choose another symbol; `detail` suggests one where it can. `errors[].reason` says which of these it is.',
  },
  unauthenticated: {
    means: 'No access token, one that ran out, one of an ended session, or a wrong name or password.',
    act: 'Refresh the access token once; when that is refused with 401 too, sign in again.',
  },
  'permission-denied': {
    means: 'A page of another site asked with a browser.',
    act: 'Set `PUBLIC_URL` or `ALLOWED_ORIGINS` where the page is yours; `detail` names both addresses.',
  },
  reauthenticate: {
    means: 'The call changes how one gets into the account, and the session gave no password or passkey for 5 minutes.',
    act: 'Send one of them to `POST /api/v1/account/reauthenticate`, then the call again.',
  },
  'operator-only': {
    means: 'The route is for operators, the accounts named in `OPERATORS`.',
    act: 'Sign in as one. Who became one lately refreshes the access token first.',
  },
  'name-taken': {
    means: 'The user has a portfolio of this name that is not archived; capitals make no other name.',
    act: 'Choose another name.',
  },
  'limit-reached': {
    means: 'There are as many of them as one user may have; `detail` says how many.',
    act: 'Archive or remove one first.',
  },
  'wrong-state': {
    means: 'As it is now, this cannot be done with it; `detail` says why. A default portfolio is not archived.',
    act: 'Read it anew, then decide.',
  },
  'wrong-kind': {
    means:
      'A portfolio of this kind does not take part in it: paper money is given to paper portfolios, and kinds never mix.',
    act: 'Choose a portfolio of the right kind; `detail` says which.',
  },
  'insufficient-balance': {
    means: 'Less of the asset is available than is needed; `detail` says how much.',
    act: 'Ask for less, or release what is reserved.',
  },
  gone: {
    means: 'The account was deleted, and what it names with it.',
    act: 'Nothing; asking again is of no use.',
  },
  archived: { means: 'The portfolio is archived; nothing changes in it any more.', act: 'Use another portfolio.' },
  'unknown-currency': {
    means: 'Worth is told in USDT, USDC, BTC, ETH or EUR, and the currency that was asked for is none of them.',
    act: 'Choose one of these.',
  },
  'unknown-asset': {
    means:
      'The exchange does not list the asset, so no paper money is given in it and no fees are paid in it. Until the list was read once only USDT is.',
    act: 'Check the spelling, or choose an asset that is traded: `GET /api/v1/symbols` lists all.',
  },
  'not-found': {
    means: 'There is nothing at this address, or what it names is not held.',
    act: 'Check the path, or read the portfolio anew.',
  },
  'already-exists': { means: 'The name is taken.', act: 'Choose another name.' },
  'failed-precondition': {
    means:
      'It conflicts with what is there now; nothing was changed. At a refresh: a later call renewed the session first.',
    act: 'Read what is there, then decide. `errors[].reason` says what is in the way. A refused refresh is repeated after `Retry-After`.',
  },
  'resource-exhausted': {
    means: 'Too many attempts, changes or renewals in a short time.',
    act: 'Wait for `Retry-After` seconds; nothing was changed.',
  },
  'payload-too-large': { means: 'The body is larger than the route takes.', act: fix },
  canceled: { means: 'The caller left before the answer was there.', act: 'Nothing; it is seen in logs only.' },
  'deadline-exceeded': {
    means: 'A service or a database took too long to answer.',
    act: `${retry} A change is repeated with the same \`Idempotency-Key\`.`,
  },
  unavailable: {
    means: 'Something that is needed is away: accounts, a database, the exchange, the archive. `detail` names it.',
    act: `${retry} A change is repeated with the same \`Idempotency-Key\`.`,
  },
  internal: {
    means: 'A fault of the server; its log has it under the `requestId` of the answer.',
    act: 'Tell the operator the `requestId`.',
  },
  'method-not-allowed': { means: 'The address does not take this method.', act: 'Use one that `Allow` names.' },
  'request-timed-out': { means: 'The request did not arrive whole in time.', act: 'Send it again.' },
  'address-too-long': { means: 'The address is too long.', act: fix },
  'unsupported-media-type': { means: 'The body is not JSON.', act: 'Send `content-type: application/json`.' },
  'expectation-failed': { means: 'The request has an `Expect` that is not met.', act: 'Send it without `Expect`.' },
  'upgrade-required': {
    means: 'A plain request to the address of the WebSocket.',
    act: 'Open a WebSocket of version 13 there.',
  },
  'headers-too-large': { means: 'The headers of the request are too large.', act: fix },
};

export const fieldErrorWords: Readonly<Record<string, FieldErrorWords>> = {
  'different-request': {
    status: 409,
    field: 'idempotency-key',
    means:
      'The `Idempotency-Key` was used for another request in the last 7 days, or for another registration at any time.',
    act: 'Take a new key for each new request; keep the key for repeats of the same one.',
  },
  'more-than-held': {
    status: 409,
    field: 'quantity',
    means: 'Less is held than is to be taken away.',
    act: 'Take away at most what is held.',
  },
  'name-shape': {
    status: 400,
    field: 'name',
    means: 'The name is not 3 to 64 characters of A to Z, a to z, 0 to 9, `_`, `.` and `-`.',
    act: 'Choose another name.',
  },
  'no-archive': {
    status: 503,
    field: 'archive',
    means: 'This installation has no archive of prices.',
    act: 'Go on without charts; asking again is of no use until `CLICKHOUSE_ADDR` is set.',
  },
  'not-held': {
    status: 404,
    field: 'symbol',
    means: 'The asset is not held (409 where some of it was to be taken away).',
    act: 'Read the portfolio anew.',
  },
  'passkey-address': {
    status: 409,
    field: 'address',
    means: 'The page was opened by an address such as 127.0.0.1, to which browsers bind no passkey.',
    act: 'Open it by a host name: `localhost`, or the one of `PUBLIC_URL`.',
  },
  'passkey-misfit': {
    status: 403,
    field: 'response',
    means: 'What the browser answered does not fit the ticket, the page, or a passkey of the account.',
    act: 'Ask for new options, and send what the browser makes of them.',
  },
  'passkey-name': {
    status: 400,
    field: 'name',
    means: 'The name of the passkey is not 1 to 64 characters, or has control characters in it.',
    act: 'Choose another name.',
  },
  'password-changed': {
    status: 409,
    field: 'old',
    means: 'Another call changed the password in the same moment.',
    act: 'Sign in with the password that counts now.',
  },
  'password-common': {
    status: 400,
    field: 'password',
    means:
      'It is guessed first: one of the 10,000 commonest passwords, a common English or German word (also doubled, backwards, or with a few digits and signs), or a few characters over and over.',
    act: 'Choose another password.',
  },
  'password-like-name': {
    status: 400,
    field: 'password',
    means: 'It is the name (or `tickfolio`) with nothing but digits and signs.',
    act: 'Choose another password.',
  },
  'password-long': {
    status: 400,
    field: 'password',
    means: 'It has more than 128 characters.',
    act: 'Choose a shorter one.',
  },
  'password-short': {
    status: 400,
    field: 'password',
    means: 'It has fewer than 8 characters.',
    act: 'Choose a longer one.',
  },
  'password-unicode': {
    status: 400,
    field: 'password',
    means: 'It has something in it that is no character of Unicode, such as half a surrogate pair.',
    act: 'Send it as UTF-8, as it was typed.',
  },
  'quantity-shape': {
    status: 400,
    field: 'quantity',
    means: 'It is no decimal text, is zero, or has more than 20 digits before the point or 18 after.',
    act: 'Send a text such as `"1.5"`.',
  },
  'quantity-too-large': {
    status: 409,
    field: 'quantity',
    means: 'The sum, with what open orders may bring, would have more than 20 digits before the point.',
    act: 'Add less.',
  },
  'symbol-delisted': {
    status: 422,
    field: 'symbol',
    means: 'The exchange no longer trades it.',
    act: 'Choose another symbol.',
  },
  'symbol-not-valued': {
    status: 422,
    field: 'symbol',
    means: 'Its price is in an asset that cannot be converted to USDT.',
    act: 'Choose the symbol that `detail` suggests, or another market of the same asset.',
  },
  'ticket-over': {
    status: 401,
    field: 'ticket',
    means: 'The ticket was used, is older than 5 minutes, had five wrong codes, or was given for something else.',
    act: 'Begin again: sign in with the password, or ask for new options.',
  },
  'too-many-coins': {
    status: 409,
    field: 'symbol',
    means: 'The portfolio holds as many assets as it may (`MAX_COINS`).',
    act: 'Remove one first.',
  },
  'too-many-passkeys': {
    status: 409,
    field: 'passkeys',
    means: 'The account has 20 passkeys already.',
    act: 'Remove one first.',
  },
  'totp-not-begun': {
    status: 409,
    field: 'code',
    means:
      'No secret of an authenticator app waits for its first code: none was asked for by this session in 10 minutes.',
    act: 'Ask for a new secret by `POST /api/v1/account/totp`.',
  },
  'totp-on': {
    status: 409,
    field: 'totp',
    means: 'The account has an authenticator app already.',
    act: 'Remove it first.',
  },
  'unknown-change': {
    status: 404,
    field: 'id',
    means: "There is no such change: never, somebody else's, or older than 7 days.",
    act: 'Make the opposite change by hand.',
  },
  'unknown-symbol': {
    status: 422,
    field: 'symbol',
    means: 'The exchange does not list it. In an address it is 404.',
    act: 'Check the spelling; `detail` suggests a close one. `GET /api/v1/symbols` lists all.',
  },
  'valuation-asset': {
    status: 422,
    field: 'symbol',
    means: 'USDT is what everything is valued in, so it has no price of its own.',
    act: 'Hold an asset that has a price in USDT.',
  },
  'wrong-code': {
    status: 403,
    field: 'code',
    means: 'The code is wrong, or was used before (401 where one signs in).',
    act: 'Give the code that the app shows now, or a recovery code that was not used. A ticket takes five tries.',
  },
  'wrong-password': {
    status: 403,
    field: 'password',
    means: "It is not the account's password (`old` where it is changed).",
    act: 'Give the right one; after ten wrong ones wait for `Retry-After` seconds.',
  },
};
