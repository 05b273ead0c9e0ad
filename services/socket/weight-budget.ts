import type { Clock } from '@tickfolio/lib/clock';

/** How much may still be asked of the exchange's REST interface: it counts a weight per minute and address. */
export interface WeightBudget {
  /** Takes the weight and returns 0, or takes nothing and returns how long to wait, in milliseconds. */
  take(weight: number): number;
  /**
   * What the exchange says was used in its running minute, by us and everybody at our address.
   * @param askedAtMs when the weight of that call was taken, epoch milliseconds; default the last one. In another minute it says nothing
   */
  learn(used: number, askedAtMs?: number): void;
  /** Nothing may be asked for this long. */
  block(forMs: number): void;
  readonly used: number;
}

const minuteMs = 60_000;

/** @param perMinute our part of the exchange's limit */
export const createWeightBudget = (clock: Clock, perMinute: number): WeightBudget => {
  // The exchange counts by the clock's minute. What we know of its clock is ours; a second of difference is allowed for.
  const minuteOf = (timeMs: number) => Math.floor((timeMs - 1_000) / minuteMs);
  let minute = minuteOf(clock.now());
  let used = 0;
  let takenAtMs = Number.NEGATIVE_INFINITY;
  let blockedUntilMs = Number.NEGATIVE_INFINITY;
  const turn = () => {
    const now = minuteOf(clock.now());
    if (now === minute) return;
    minute = now;
    used = 0;
  };
  return {
    take: (weight) => {
      turn();
      const blockedMs = blockedUntilMs - clock.monotonic();
      if (blockedMs > 0) return Math.ceil(blockedMs);
      if (used + weight > perMinute) return (minute + 1) * minuteMs + 1_000 - clock.now();
      used += weight;
      takenAtMs = clock.now();
      return 0;
    },
    learn: (reported, askedAtMs = takenAtMs) => {
      turn();
      if (minuteOf(askedAtMs) === minute) used = Math.max(used, reported);
    },
    block: (forMs) => {
      blockedUntilMs = Math.max(blockedUntilMs, clock.monotonic() + forMs);
    },
    get used() {
      turn();
      return used;
    },
  };
};
