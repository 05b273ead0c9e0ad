import { type Clock, sleep } from '../clock/clock.js';
import { createBackoff, type RetryPolicy } from './backoff.js';

export { type Backoff, createBackoff, doubledMs, type RetryPolicy, retryPauseMs } from './backoff.js';

/** What comes after a failure that passes. */
export interface NextTry {
  /** Failures up to now, this one among them. */
  readonly failures: number;
  /** Whole milliseconds until the next attempt. */
  readonly retryInMs: number;
}

/**
 * Does `work` until it succeeds, with a pause after each failure that grows up to the policy's ceiling.
 * @param isPassing asked after each failure, also where the signal aborted meanwhile; may tell people, and may throw
 * what says it better
 * @returns undefined once the signal aborted before `work` succeeded
 * @throws what `work` threw and does not pass
 */
export const retrying = async <T>(
  clock: Clock,
  policy: RetryPolicy,
  signal: AbortSignal | undefined,
  isPassing: (thrown: unknown, next: NextTry) => boolean,
  work: () => Promise<T>,
): Promise<T | undefined> => {
  const backoff = createBackoff(policy);
  while (!signal?.aborted) {
    try {
      return await work();
    } catch (thrown) {
      const retryInMs = Math.round(backoff.next());
      if (!isPassing(thrown, { failures: backoff.failures, retryInMs })) throw thrown;
      await sleep(clock, retryInMs, signal);
    }
  }
  return undefined;
};
