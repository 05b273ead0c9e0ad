export interface BackoffOptions {
  readonly baseMs: number;
  readonly capMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Exponential backoff with full jitter: the n-th delay is uniform in [0, min(cap, base * 2^n)). */
export interface Backoff {
  /** The next delay, in milliseconds; every call counts as one more failure. */
  next(): number;
  /** Starts over. Call it when the thing proved to work, not when it merely answered. */
  reset(): void;
  readonly failures: number;
}

export const createBackoff = ({ baseMs, capMs, random }: BackoffOptions): Backoff => {
  let failures = 0;
  return {
    next: () => {
      const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(failures, 30));
      failures += 1;
      return random() * ceiling;
    },
    reset: () => {
      failures = 0;
    },
    get failures() {
      return failures;
    },
  };
};
