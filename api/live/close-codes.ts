/** What a client does when its socket was closed. */
export type CloseAction =
  /** At once, and to any replica; once more with a pause. */
  | 'reconnect-now'
  /** With pauses that grow. */
  | 'reconnect-later'
  /** With a new access token; where none is to be had, sign in. */
  | 'refresh'
  /** Until a person wants it, or the program is mended. */
  | 'stop';

/** Why the server closes a client's socket; `notText` and `tooLarge` are RFC 6455's own. */
export const closeCodes = {
  goingAway: 1001,
  notText: 1007,
  tooLarge: 1009,
  tryAgainLater: 1013,
  signInAgain: 4401,
  tooSlow: 4408,
  tooMany: 4429,
} as const;
type CloseCode = (typeof closeCodes)[keyof typeof closeCodes];

// Apart from each other: the page takes the actions, and no words that it never says.
const actions: Readonly<Record<CloseCode, CloseAction>> = {
  1001: 'reconnect-now',
  1007: 'stop',
  1009: 'stop',
  1013: 'reconnect-later',
  4401: 'refresh',
  4408: 'reconnect-later',
  4429: 'stop',
};
const reasons: Readonly<Record<CloseCode, string>> = {
  1001: 'the server is shutting down',
  1007: 'a message was no UTF-8',
  1009: 'a message was larger than 4 KiB',
  1013: 'the portfolio cannot be read now',
  4401: 'the access token ran out, or the session was ended',
  4408: 'nothing was read, or no ping answered, for too long',
  4429: 'too many sockets of one user, or too many messages',
};

/** What to do after a code, one that the server did not send included: the connection broke. */
export const actionAfter = (code: number): CloseAction =>
  code in actions ? actions[code as CloseCode] : 'reconnect-later';

/** Every code with why it is sent and what to do then, for documents. */
export const closings = () =>
  Object.values(closeCodes).map((code) => ({ code, reason: reasons[code], action: actions[code] }));
