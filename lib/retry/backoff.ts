/**
 * How long is paused between attempts. The limits of most parts have these names, and can be handed over as they are.
 */
export interface RetryPolicy {
  /** The ceiling of the first pause; it doubles with each failure up to the other. */
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
  /** So much of its ceiling a pause has at least, 0 to 1. Default 0: full jitter. */
  readonly leastShare?: number;
  /** Uniform in [0, 1). Default Math.random. */
  readonly random?: () => number;
}

/** More doublings than this are no longer told apart: any first pause has reached any ceiling by then. */
const maxDoublings = 30;

/** A time that doubles, up to `mostMs`. @param times how often it has doubled; 0 gives the first */
export const doubledMs = (firstMs: number, mostMs: number, times: number): number =>
  Math.min(mostMs, firstMs * 2 ** Math.min(times, maxDoublings));

/**
 * A pause by chance, so that those that failed together do not come back together. @param failures before the one that
 * it follows; 0 at first
 */
export const retryPauseMs = (policy: RetryPolicy, failures: number): number => {
  const { minRetryMs, maxRetryMs, leastShare = 0, random = Math.random } = policy;
  return doubledMs(minRetryMs, maxRetryMs, failures) * (leastShare + (1 - leastShare) * random());
};

/** Pauses of something that fails again and again, and now and then works. */
export interface Backoff {
  /** The next pause, milliseconds; every call counts as one more failure. */
  next(): number;
  /** Starts over. Call it when the thing proved to work, not when it merely answered. */
  reset(): void;
  readonly failures: number;
}

export const createBackoff = (policy: RetryPolicy): Backoff => {
  let failures = 0;
  return {
    next: () => retryPauseMs(policy, failures++),
    reset: () => {
      failures = 0;
    },
    get failures() {
      return failures;
    },
  };
};
