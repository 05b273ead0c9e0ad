import { sleep } from '@tickfolio/lib/clock/sleep';
import { retryPauseMs } from '@tickfolio/lib/retry/backoff';
import type { Clock } from '../clock.js';
import { isProblem, signedOut } from './problem.js';
import type { UserCall } from './user-calls.js';

export interface RepeatedCallDeps {
  readonly call: UserCall;
  /** Who is signed in now. */
  readonly userId: () => string | undefined;
  readonly clock: Pick<Clock, 'after'>;
  readonly random: () => number;
  /** Called with every pause before it is made, in milliseconds. */
  readonly onPause: ((ms: number) => void) | undefined;
}

const pauses = { minRetryMs: 500, maxRetryMs: 10_000 };
const maxRepeats = 4;
/** Who is asked to wait longer is told, instead of being left waiting. */
const maxAskedMs = 60_000;
/** No answer, too many calls, and what a proxy or a server says that is about to come back. */
const mayPass = new Set([0, 429, 502, 503, 504]);

/**
 * Sends again what counts once however often it is sent: what only reads, and what carries an `Idempotency-Key`. The
 * pauses are by chance, and never shorter than the server asks for.
 * @throws Problem, and the signal's reason
 */
export const createRepeatedCall =
  ({ call, userId, clock, random, onPause }: RepeatedCallDeps): UserCall =>
  async (method, path, body, headers = {}, signal) => {
    const countsOnce =
      method.toUpperCase() === 'GET' || Object.keys(headers).some((name) => name.toLowerCase() === 'idempotency-key');
    const begunBy = userId();
    for (let failures = 0; ; failures++) {
      signal?.throwIfAborted();
      if (begunBy !== undefined && userId() !== begunBy) throw signedOut();
      try {
        return await call(method, path, body, headers, signal);
      } catch (thrown) {
        signal?.throwIfAborted();
        if (!countsOnce || failures >= maxRepeats || !isProblem(thrown) || !mayPass.has(thrown.status)) throw thrown;
        const { retryAfterMs = 0 } = thrown;
        if (retryAfterMs > maxAskedMs) throw thrown;
        const pauseMs = Math.max(retryAfterMs, retryPauseMs({ ...pauses, random }, failures));
        onPause?.(pauseMs);
        await sleep(clock, pauseMs, signal);
      }
    }
  };
