import { AppError } from '@tickfolio/lib/errors';
import { bulkhead, circuitBreaker, handleAll, type IBreaker, isBrokenCircuitError, isBulkheadRejectedError, wrap } from 'cockatiel';
import type { ObserveCircuit } from './circuit-metrics.js';

export interface CallClassOptions {
  /** What its breaker is called in the metrics. */
  readonly circuit: string;
  /** When it opens. */
  readonly breaker: IBreaker;
  /** How long it stays open, in milliseconds. */
  readonly restMs: number;
  /** Calls on their way at once, and waiting for their turn. */
  readonly maxAtOnce: number;
  readonly maxWaiting: number;
  readonly observeCircuit?: ObserveCircuit | undefined;
}

/** Makes a call of its class. @throws AppError; `unavailable` with a retry time where the service is away or has too much to do */
export type GuardedCall = <T>(work: () => Promise<T>) => Promise<T>;

/** The service's own fault, as opposed to an answer the caller has to live with. */
const isOutage = (err: unknown): boolean =>
  err instanceof AppError && (err.code === 'unavailable' || err.code === 'deadline_exceeded' || err.code === 'internal');

/**
 * Calls to the auth service of like cost, which share a breaker and a bound. Each class has its own: a hundred slow passwords say nothing
 * about renewals, and take no place from them.
 */
export const createCallClass = ({ circuit, breaker, restMs, maxAtOnce, maxWaiting, observeCircuit }: CallClassOptions): GuardedCall => {
  const breaking = circuitBreaker(handleAll, { halfOpenAfter: restMs, breaker });
  observeCircuit?.(circuit, breaking);
  const policy = wrap(bulkhead(maxAtOnce, maxWaiting), breaking);
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
    const answered = await policy
      .execute(() => answerOf(work))
      .catch((cause: unknown) => {
        const isFull = isBulkheadRejectedError(cause);
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
