import type { Clock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';

/** Limits how often something is tried, per key. */
export interface Throttle {
  /** Counts a try. @throws AppError resource_exhausted with the time until the next one is allowed */
  take(key: string): void;
  /** Gives one try back. */
  giveBack(key: string): void;
  /** Forgets a key's tries. */
  reset(key: string): void;
  readonly size: number;
}

export interface ThrottleLimit {
  /** How many tries may come at once. */
  readonly burst: number;
  /** After so long one more is allowed, in milliseconds. */
  readonly refillMs: number;
}

export interface ThrottleOptions extends ThrottleLimit {
  readonly clock: Clock;
  /** What the refusal says. Default 'Too many attempts; please wait a little.' */
  readonly words?: string;
  /** How many keys are kept; the one used longest ago makes room. Default 50 000. */
  readonly maxKeys?: number;
}

/** What a key has used up at a moment: the time until all of it has come back, which shrinks as time passes. */
interface Debt {
  debtMs: number;
  readonly atMs: number;
}

/** A token bucket per key, in this process's memory. */
export const createThrottle = (options: ThrottleOptions): Throttle => {
  const { clock, burst, refillMs, words = 'Too many attempts; please wait a little.', maxKeys = 50_000 } = options;
  const debts = new Map<string, Debt>(); // In the order of last use.
  const debtOf = (key: string): Debt => {
    const atMs = clock.monotonic();
    const kept = debts.get(key);
    return { debtMs: kept ? Math.max(0, kept.debtMs - (atMs - kept.atMs)) : 0, atMs };
  };
  const keep = (key: string, debt: Debt) => {
    debts.delete(key);
    if (debt.debtMs > 0) debts.set(key, debt);
    if (debts.size > maxKeys) {
      const [oldest] = debts.keys();
      if (oldest !== undefined) debts.delete(oldest);
    }
  };
  return {
    take: (key) => {
      const debt = debtOf(key);
      const waitMs = debt.debtMs + refillMs - burst * refillMs;
      if (waitMs <= 0) debt.debtMs += refillMs;
      keep(key, debt);
      if (waitMs > 0) throw new AppError('resource_exhausted', words, { retryAfterMs: Math.ceil(waitMs) });
    },
    giveBack: (key) => {
      const debt = debtOf(key);
      keep(key, { ...debt, debtMs: Math.max(0, debt.debtMs - refillMs) });
    },
    reset: (key) => void debts.delete(key),
    get size() {
      return debts.size;
    },
  };
};
