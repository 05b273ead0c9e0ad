import type { Clock } from '@tickfolio/lib/clock';

/**
 * The wall clock as frames tell it. It runs with the monotonic clock, so that the difference between two of its times
 * is how much time went by; where the wall clock was set, `look` follows it, and every time that a frame tells is to be
 * written anew.
 */
export interface FrameClock {
  /** Epoch milliseconds. */
  now(): number;
  /** The time of a moment of the monotonic clock, epoch milliseconds. */
  at(monotonicMs: number): number;
  /** To be called with time. @returns whether the wall clock was set since */
  look(): boolean;
}

/** Clocks that run together differ by less, however busy the machine is between reading the one and the other. */
const toleranceMs = 250;

export const createFrameClock = (clock: Clock): FrameClock => {
  const zeroNow = () => clock.now() - clock.monotonic();
  let zeroMs = zeroNow();
  const at = (monotonicMs: number) => Math.round(zeroMs + monotonicMs);
  return {
    now: () => at(clock.monotonic()),
    at,
    look: () => {
      const nextMs = zeroNow();
      if (Math.abs(nextMs - zeroMs) <= toleranceMs) return false;
      zeroMs = nextMs;
      return true;
    },
  };
};
