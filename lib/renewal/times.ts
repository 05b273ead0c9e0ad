/**
 * The times of renewing a session, of the page, the BFF and the auth service. They depend on each other: what one waits
 * for, another has to remember. All in milliseconds.
 */
export interface RenewalTimes {
  /** How long a renewal waits in the BFF for its turn at the auth service, where many want one. */
  readonly waitMs: number;
  /** How long the BFF waits for the auth service. */
  readonly callMs: number;
  /** How long the page waits for the BFF without a sign of it. */
  readonly answerMs: number;
  /** The page's pause before it asks again. */
  readonly retryMs: number;
  /** The page renews at most so long before its access token ends. */
  readonly aheadMs: number;
  /**
   * How long a call may be held up on each of its two ways, page to BFF and BFF to auth, and still count as one that
   * was late.
   */
  readonly onTheWayMs: number;
  /**
   * For so long after the successor of a refresh token was used, a use of that token is taken for a call that was held
   * up, and refused without a consequence. Later it is theft.
   */
  readonly lateMs: number;
}

/** Those that are used; whether they fit together is looked at where services start. */
export const times: RenewalTimes = {
  // A second less than the page leaves it, for the way of the answer.
  waitMs: 9_000,
  callMs: 5_000,
  answerMs: 15_000,
  retryMs: 5_000,
  aheadMs: 120_000,
  onTheWayMs: 60_000,
  lateMs: 180_000,
};
