import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { bulkhead, circuitBreaker, handleAll, type IBreaker, isBrokenCircuitError, isBulkheadRejectedError } from 'cockatiel';
import type { ObserveCircuit } from '../circuit-metrics.js';

export interface CallClassOptions {
  readonly clock: Clock;
  /** What its breaker is called in the metrics. */
  readonly circuit: string;
  /** When it opens. */
  readonly breaker: IBreaker;
  /** How long it stays open, in milliseconds. */
  readonly restMs: number;
  /** Calls on their way at once, and waiting for their turn. */
  readonly maxAtOnce: number;
  readonly maxWaiting: number;
  /** How long one waits for its turn, in milliseconds; then it is refused, and never made. */
  readonly maxWaitMs: number;
  readonly observeCircuit?: ObserveCircuit | undefined;
}

/** Makes a call of its class. @throws AppError; `unavailable` with a retry time where the service is away or has too much to do */
export type GuardedCall = <T>(work: () => Promise<T>) => Promise<T>;

/** A call whose turn did not come in time. */
class WaitedTooLongError extends Error {}

/** The service's own fault, as opposed to an answer the caller has to live with. */
const isOutage = (err: unknown): boolean =>
  err instanceof AppError && (err.code === 'unavailable' || err.code === 'deadline_exceeded' || err.code === 'internal');

/**
 * Calls to the auth service of like cost, which share a breaker and a bound. Each class has its own: a hundred slow passwords say nothing
 * about renewals, and take no place from them.
 */
export const createCallClass = (options: CallClassOptions): GuardedCall => {
  const { clock, circuit, breaker, restMs, maxAtOnce, maxWaiting, maxWaitMs, observeCircuit } = options;
  const breaking = circuitBreaker(handleAll, { halfOpenAfter: restMs, breaker });
  observeCircuit?.(circuit, breaking);
  const turns = bulkhead(maxAtOnce, maxWaiting);
  /** Its turn may come after that all the same: its place is only then free again, as the bulkhead takes nothing out of its queue. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      let waited = false;
      const timer = clock.after(maxWaitMs, () => {
        waited = true;
        reject(new WaitedTooLongError(`a call of '${circuit}' had no turn within ${maxWaitMs} ms`));
      });
      const begin = async () => {
        timer.cancel();
        if (!waited) resolve(await breaking.execute(work));
      };
      turns.execute(begin).catch((err: unknown) => {
        timer.cancel();
        reject(err);
      });
    });
  /** A refusal is an answer: for the breaker all is well. */
  const answerOf = async <T>(work: () => Promise<T>): Promise<() => T> => {
    try {
      const answer = await work();
      return () => answer;
    } catch (err) {
      if (isOutage(err)) throw err;
      return () => {
        throw err;
      };
    }
  };
  return async (work) => {
    const answered = await inTurn(() => answerOf(work)).catch((cause: unknown) => {
      const isFull = isBulkheadRejectedError(cause) || cause instanceof WaitedTooLongError;
      const away = isFull || isBrokenCircuitError(cause) || (isOutage(cause) && (cause as AppError).code !== 'internal');
      if (!away) throw cause;
      throw new AppError('unavailable', 'Accounts cannot be reached at the moment; please try again in a few seconds.', {
        cause,
        retryAfterMs: restMs,
      });
    });
    return answered();
  };
};
