/** Why the server closes a client's socket, beside what RFC 6455 itself defines (1007 bad text, 1009 message too big). */
export const closeCodes = {
  /** Reconnect, at once and to any replica. */
  goingAway: 1001,
  /** The portfolio cannot be read now: reconnect after a pause. */
  tryAgainLater: 1013,
  /** The token ran out or the session was ended: sign in or refresh, then reconnect. */
  signInAgain: 4401,
  /** The client read too slowly or not at all: reconnect when it can. */
  tooSlow: 4408,
  /** Too many sockets of one user, or too many messages: do not reconnect by yourself. */
  tooMany: 4429,
} as const;
