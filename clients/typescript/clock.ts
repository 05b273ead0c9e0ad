import { createLongTimers, type Timer } from '@tickfolio/lib/clock/long-timer';

export type { Timer } from '@tickfolio/lib/clock/long-timer';

/** Time as a dependency, as the services have it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds that never go back. */
  monotonic(): number;
  after(delayMs: number, run: () => void): Timer;
  every(periodMs: number, run: () => void): Timer;
}

const timers = createLongTimers(
  (delayMs, run) => {
    const handle = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
  (periodMs, run) => {
    const handle = setInterval(run, periodMs);
    return { cancel: () => clearInterval(handle) };
  },
);

export const browserClock: Clock = { now: () => Date.now(), monotonic: () => performance.now(), ...timers };
