import { type RenewalTimes, times } from './times.js';

/** @throws Error where the times do not fit together. @returns them */
export const fittingTimes = (given: RenewalTimes): RenewalTimes => {
  const { waitMs, callMs, answerMs, retryMs, aheadMs, onTheWayMs, lateMs } = given;
  const rules: readonly (readonly [boolean, string])[] = [
    [
      answerMs > waitMs + callMs,
      'the page has to hear what the BFF says of an auth service that does not answer, or has too much to do',
    ],
    [aheadMs >= 2 * (answerMs + retryMs), 'an access token has to outlive two tries to renew it that get no answer'],
    // Sent at the last moment before the page gave up on the try before it, then held up on the way.
    [
      lateMs >= 2 * onTheWayMs + answerMs + retryMs + waitMs + callMs,
      'a call that was held up must not be taken for theft',
    ],
  ];
  for (const [holds, why] of rules) if (!holds) throw new Error(`the times of renewals do not fit together: ${why}`);
  return given;
};

export const renewalTimes: RenewalTimes = fittingTimes(times);
