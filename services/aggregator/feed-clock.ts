import type { Clock } from '@tickfolio/lib/clock';

/** How long the smallest delay counts; between one and two of these. */
const windowMs = 30_000;

/** What time it is, as far as the feed is concerned. */
export interface Moment {
  /** Monotonic, milliseconds; for waits. */
  readonly localMs: number;
  /** The exchange's time as the frames tell it, epoch milliseconds. */
  readonly feedMs: number;
}

/**
 * The exchange's clock, seen through its frames: local time minus the smallest delay seen lately. So neither a wrong
 * local clock nor a recording that is replayed makes a second look over too early or too late.
 */
export interface FeedClock {
  observe(eventMs: number): void;
  now(): Moment;
  /** False before the first frame: what the time is then is the local clock's word. */
  readonly known: boolean;
}

export const createFeedClock = (clock: Clock): FeedClock => {
  let bucketEndMs = 0;
  let least = Number.POSITIVE_INFINITY;
  let leastBefore = Number.POSITIVE_INFINITY;
  return {
    observe: (eventMs) => {
      const localMs = clock.monotonic();
      if (localMs >= bucketEndMs) {
        leastBefore = localMs < bucketEndMs + windowMs ? least : Number.POSITIVE_INFINITY;
        least = Number.POSITIVE_INFINITY;
        bucketEndMs = localMs + windowMs;
      }
      if (localMs - eventMs < least) least = localMs - eventMs;
    },
    now: () => {
      const localMs = clock.monotonic();
      const offsetMs = Math.min(least, leastBefore);
      return { localMs, feedMs: Number.isFinite(offsetMs) ? localMs - offsetMs : clock.now() };
    },
    get known() {
      return Number.isFinite(Math.min(least, leastBefore));
    },
  };
};
