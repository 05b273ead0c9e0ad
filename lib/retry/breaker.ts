import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  type IBackoff,
  type IBreaker,
  isBrokenCircuitError,
} from 'cockatiel';
import type { Clock } from '../clock/clock.js';
import { createFailedShare, type OpensAtShare } from './failed-share.js';

/**
 * When a breaker opens: after so many failures in a row, or when such a share of what was tried within a time failed.
 */
export type OpensAfter = { readonly failuresInRow: number } | OpensAtShare;

export interface BreakerOptions {
  /** Its monotonic time counts: a clock that is set makes no rest longer or shorter. */
  readonly clock: Pick<Clock, 'monotonic'>;
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

const rule = (opens: OpensAfter, clock: BreakerOptions['clock']): IBreaker => {
  if ('failuresInRow' in opens) return new ConsecutiveBreaker(opens.failuresInRow);
  const share = createFailedShare(opens, clock);
  return {
    state: undefined, // For breakers that are written down, as ours are not.
    success: (state) => {
      // What failed before the rest says nothing about who is well again.
      if (state === CircuitState.HalfOpen) share.forget();
      share.count(false);
    },
    failure: (state) => {
      share.count(true);
      return state !== CircuitState.Closed || share.isReached;
    },
  };
};

/**
 * A rest that begins with each `next`. The library compares its duration with what the wall clock says has passed,
 * which is anything once that was set: so it is told that all of the rest is left, or none.
 */
const restOf = (clock: BreakerOptions['clock'], restMs: number) => {
  const next = (): IBackoff<unknown> => {
    const untilMs = clock.monotonic() + restMs;
    return {
      next,
      get duration() {
        return clock.monotonic() < untilMs ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      },
    };
  };
  return { next };
};

export const createBreaker = ({ clock, opens, restMs }: BreakerOptions): Breaker => {
  const policy = circuitBreaker(handleAll, { halfOpenAfter: restOf(clock, restMs), breaker: rule(opens, clock) });
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
