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

interface CloseCode {
  readonly code: number;
  readonly reason: string;
  readonly action: CloseAction;
}

/** Why the server closes a client's socket. */
export const closeCodes = {
  goingAway: { code: 1001, reason: 'the server is shutting down', action: 'reconnect-now' },
  // The next two are RFC 6455's own.
  notText: { code: 1007, reason: 'a message was no UTF-8', action: 'stop' },
  tooLarge: { code: 1009, reason: 'a message was larger than 4 KiB', action: 'stop' },
  tryAgainLater: { code: 1013, reason: 'the portfolio cannot be read now', action: 'reconnect-later' },
  signInAgain: { code: 4401, reason: 'the access token ran out, or the session was ended', action: 'refresh' },
  tooSlow: { code: 4408, reason: 'nothing was read, or no ping answered, for too long', action: 'reconnect-later' },
  tooMany: { code: 4429, reason: 'too many sockets of one user, or too many messages', action: 'stop' },
} as const satisfies Readonly<Record<string, CloseCode>>;

const actions = new Map<number, CloseAction>(Object.values(closeCodes).map(({ code, action }) => [code, action]));

/** What to do after a code, one that the server did not send included: the connection broke. */
export const actionAfter = (code: number): CloseAction => actions.get(code) ?? 'reconnect-later';
