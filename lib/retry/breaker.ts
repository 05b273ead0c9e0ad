import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  isBrokenCircuitError,
  SamplingBreaker,
} from 'cockatiel';

/**
 * When a breaker opens: after so many failures in a row, or when such a share of what was tried within a time failed.
 */
export type OpensAfter =
  | { readonly failuresInRow: number }
  | {
      /** 0 to 1. */
      readonly failedShare: number;
      readonly withinMs: number;
      /** Of fewer calls than this nothing is concluded. */
      readonly minPerSecond: number;
    };

export interface BreakerOptions {
  readonly opens: OpensAfter;
  /** How long nothing is tried then; after it one call is, as a test. */
  readonly restMs: number;
}

/** Thrown instead of trying, while the breaker is open. */
export class RestingError extends Error {
  override readonly name = 'RestingError';
}

/**
 * Stops asking somebody who fails again and again, so that callers are answered at once and the other side may recover.
 */
export interface Breaker {
  /** Whatever `work` throws counts as a failure. @throws RestingError, and what `work` throws */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Calls back at every change; `testing` while a single call is tried. @returns what ends that */
  onChange(listener: (state: 'closed' | 'open' | 'testing') => void): () => void;
}

const rule = (opens: OpensAfter) =>
  'failuresInRow' in opens
    ? new ConsecutiveBreaker(opens.failuresInRow)
    : new SamplingBreaker({ threshold: opens.failedShare, duration: opens.withinMs, minimumRps: opens.minPerSecond });

export const createBreaker = ({ opens, restMs }: BreakerOptions): Breaker => {
  const policy = circuitBreaker(handleAll, { halfOpenAfter: restMs, breaker: rule(opens) });
  return {
    run: async (work) => {
      try {
        return await policy.execute(work);
      } catch (err) {
        throw isBrokenCircuitError(err) ? new RestingError('is resting after repeated failures', { cause: err }) : err;
      }
    },
    onChange: (listener) => {
      const listening = policy.onStateChange((state) => {
        if (state === CircuitState.Closed) listener('closed');
        else listener(state === CircuitState.HalfOpen ? 'testing' : 'open');
      });
      return () => listening.dispose();
    },
  };
};
