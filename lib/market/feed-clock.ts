import type { Clock } from '../clock/clock.js';
import { isMarketTime } from './market-time.js';

/** How long the smallest delay counts; between one and two of these. */
const windowMs = 30_000;
/** No frame is further ahead of all others than this by their delay alone. */
const maxAheadMs = 5_000;
/** A frame that is quicker than every other by more than this sets the clock only when others bear it out. */
const aloneMs = 1_000;

/**
 * When do frames that contradict the clock set it? When so many agree, of more symbols than speak against them, or none
 * does for so long.
 */
const rivalFrames = 5;
const rivalLastsMs = 5_000;
/** Single ones of an hour do not add up; but where nothing else is heard for this long, two are enough. */
const rivalAgeMs = 60_000;

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
 *
 * No single frame is its yardstick: one with a time that lies ahead of what all others say, and of this computer's
 * clock, is not believed. Where the others come to say the same, because time was set or a recording begins anew, the
 * clock follows them.
 */
export interface FeedClock {
  /** Takes a frame for what it says of the time. @returns false for a time further ahead than any delay explains. */
  observe(eventMs: number, symbol?: string): boolean;
  /**
   * Whether a time of the exchange lies further ahead of the feed than can be; before the first frame only what is no
   * time at all.
   * @param byMs default 5 000
   */
  isAhead(timeMs: number, byMs?: number): boolean;
  /** Whether a time of the exchange lies further behind the feed than this; before the first frame none does. */
  isBehind(timeMs: number, byMs: number): boolean;
  now(): Moment;
  /** False before the first frame: what the time is then is the local clock's word. */
  readonly known: boolean;
}

/** Frames that contradict the clock and agree with each other. */
interface Rival {
  readonly delayMs: number;
  readonly sinceMs: number;
  /** How many frames of each symbol, of which none contradicts them, and of all those together. */
  readonly frames: Map<string, number>;
  count: number;
  /** Symbols of which a frame bore the clock out, and when the last one did. */
  readonly against: Set<string>;
  againstMs: number;
}

export const createFeedClock = (clock: Clock): FeedClock => {
  let bucketEndMs = 0;
  let least = Number.POSITIVE_INFINITY;
  let leastBefore = Number.POSITIVE_INFINITY;
  let rival: Rival | undefined;

  const accept = (delayMs: number, localMs: number) => {
    if (localMs >= bucketEndMs) {
      leastBefore = localMs < bucketEndMs + windowMs ? least : Number.POSITIVE_INFINITY;
      least = Number.POSITIVE_INFINITY;
      bucketEndMs = localMs + windowMs;
    }
    if (delayMs < least) least = delayMs;
  };
  const set = (delayMs: number, localMs: number) => {
    least = delayMs;
    leastBefore = Number.POSITIVE_INFINITY;
    bucketEndMs = localMs + windowMs;
    rival = undefined;
  };
  /** @returns whether those that say so are enough. */
  const vote = (delayMs: number, symbol: string, localMs: number, known: number): boolean => {
    const isOld = rival && rival.againstMs > rival.sinceMs && localMs - rival.sinceMs > rivalAgeMs;
    if (!rival || isOld || Math.abs(delayMs - rival.delayMs) > maxAheadMs) {
      rival = { delayMs, sinceMs: localMs, frames: new Map(), count: 0, against: new Set(), againstMs: localMs };
    }
    rival.count += 1;
    const { frames, against, count } = rival;
    frames.set(symbol, (frames.get(symbol) ?? 0) + 1);
    // Nothing contradicts a second frame that says the same as the first one ever.
    if (!Number.isFinite(known)) return count > 1;
    const unopposedMs = localMs - rival.againstMs;
    if (count < rivalFrames) return count > 1 && unopposedMs >= rivalAgeMs;
    // Frames may be late, all of a connection together, but never early: only those that are ahead need not wait for
    // silence.
    const isShared = delayMs < known && frames.size > 1 && frames.size > against.size;
    return isShared || unopposedMs >= rivalLastsMs;
  };
  const oppose = (against: Rival, symbol: string, localMs: number) => {
    against.againstMs = localMs;
    against.against.add(symbol);
    against.count -= against.frames.get(symbol) ?? 0;
    against.frames.delete(symbol);
  };
  const isNearHere = (timeMs: number, withinMs: number): boolean => Math.abs(timeMs - clock.now()) <= withinMs;

  /** A frame that is no witness for the clock as it stands. */
  const contradict = (eventMs: number, symbol: string, localMs: number, known: number): boolean => {
    const delayMs = localMs - eventMs;
    const aheadMs = known - delayMs;
    const bears = Number.isFinite(known)
      ? aheadMs > 0 && isNearHere(eventMs, aloneMs)
      : eventMs <= clock.now() + maxAheadMs;
    if (bears) accept(delayMs, localMs);
    else if (vote(delayMs, symbol, localMs, known)) set(delayMs, localMs);
    else return aheadMs <= maxAheadMs || isNearHere(eventMs, maxAheadMs);
    return true;
  };

  return {
    observe: (eventMs, symbol = '') => {
      if (!isMarketTime(eventMs)) return false;
      const localMs = clock.monotonic();
      const known = Math.min(least, leastBefore);
      const aheadMs = known - (localMs - eventMs);
      if (aheadMs > aloneMs || aheadMs < -maxAheadMs) return contradict(eventMs, symbol, localMs, known);
      if (rival) oppose(rival, symbol, localMs);
      accept(localMs - eventMs, localMs);
      return true;
    },
    isAhead: (timeMs, byMs = maxAheadMs) => {
      if (!isMarketTime(timeMs)) return true;
      const known = Math.min(least, leastBefore);
      return Number.isFinite(known) && timeMs > clock.monotonic() - known + byMs && !isNearHere(timeMs, byMs);
    },
    isBehind: (timeMs, byMs) => {
      const known = Math.min(least, leastBefore);
      return Number.isFinite(known) && timeMs < clock.monotonic() - known - byMs;
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
