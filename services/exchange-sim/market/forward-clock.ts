import type { Clock } from '@tickfolio/lib/clock';

/**
 * The computer's clock as an exchange has one: it goes on where the computer's is set back, and is then ahead of it by
 * so much; where that is set forward, or the machine was suspended, it follows.
 */
export const createForwardClock = (clock: Clock): Clock => {
  /** Its time at the monotonic clock's zero. */
  let zeroMs = Number.NEGATIVE_INFINITY;
  return {
    now: () => {
      const monotonicMs = clock.monotonic();
      zeroMs = Math.max(zeroMs, clock.now() - monotonicMs);
      return Math.floor(zeroMs + monotonicMs);
    },
    monotonic: clock.monotonic,
    after: clock.after,
    every: clock.every,
  };
};
