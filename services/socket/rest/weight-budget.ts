import type { Clock } from '@tickfolio/lib/clock';

/** Whose share of the weight a call takes: what live prices need goes before an audit and before the past. */
export type WeightLane = 'live' | 'audit' | 'history';

/** What the lanes besides `live` may use of a minute. */
export type LaneShares = Readonly<Record<Exclude<WeightLane, 'live'>, number>>;

/** How much may still be asked of the exchange's REST interface: it counts a weight per minute and address. */
export interface WeightBudget {
  /** Takes the weight and returns 0, or takes nothing and returns how long to wait, in milliseconds. */
  take(weight: number, lane?: WeightLane): number;
  /**
   * What the exchange says was used in its running minute, by us and everybody at our address.
   * @param askedAtMs when the weight of that call was taken, by `nowMs`; default the last one. In another minute it
   * says nothing
   */
  learn(used: number, askedAtMs?: number): void;
  /** What the exchange's clock shows, epoch milliseconds. Until it is told this computer's counts. */
  told(exchangeTimeMs: number): void;
  /** The exchange's time as it was told last, carried on by the monotonic clock. */
  readonly nowMs: number;
  /** Nothing may be asked for this long, and of the past nothing for ten minutes. */
  block(forMs: number): void;
  readonly used: number;
}

const minuteMs = 60_000;
/** Who was told that it was too much asks for the past no sooner again. */
const historyPauseMs = 600_000;
/** The past is asked for only while less than this share of a minute is used, by whomever. */
const historyBelow = 0.5;
/** The answer's way takes some milliseconds, more or less each time; within this nothing is set anew. */
const toleranceMs = 500;

/** @param perMinute our part of the exchange's limit, of which `live` may use all */
export const createWeightBudget = (clock: Clock, perMinute: number, shares: LaneShares): WeightBudget => {
  /** The exchange's time at the monotonic clock's zero. */
  let zeroMs = clock.now() - clock.monotonic();
  const nowMs = () => zeroMs + clock.monotonic();
  // The exchange counts by its clock's minute; a second of difference is allowed for.
  const minuteOf = (timeMs: number) => Math.floor((timeMs - 1_000) / minuteMs);
  let minute = minuteOf(nowMs());
  let used = 0;
  let usedBy: Record<keyof LaneShares, number> = { audit: 0, history: 0 };
  /**
   * The minute from which the clock was put back into the one before: what was used counts in it too, since a slow
   * answer may tell its time too early.
   */
  let heldMinute: number | undefined;
  let takenAtMs = Number.NEGATIVE_INFINITY;
  let blockedUntilMs = Number.NEGATIVE_INFINITY;
  let historyFromMs = Number.NEGATIVE_INFINITY;
  const turn = () => {
    const now = minuteOf(nowMs());
    if (now === minute) return;
    if (now !== heldMinute) {
      used = 0;
      usedBy = { audit: 0, history: 0 };
    }
    minute = now;
    heldMinute = undefined;
  };
  return {
    take: (weight, lane = 'live') => {
      turn();
      const blockedMs =
        Math.max(blockedUntilMs, lane === 'history' ? historyFromMs : blockedUntilMs) - clock.monotonic();
      if (blockedMs > 0) return Math.ceil(blockedMs);
      const most = lane === 'history' ? perMinute * historyBelow : perMinute;
      const isShareUsed = lane !== 'live' && usedBy[lane] + weight > shares[lane];
      if (used + weight > most || isShareUsed) return (minute + 1) * minuteMs + 1_000 - nowMs();
      if (lane !== 'live') usedBy[lane] += weight;
      used += weight;
      takenAtMs = nowMs();
      return 0;
    },
    learn: (reported, askedAtMs = takenAtMs) => {
      turn();
      const asked = minuteOf(askedAtMs);
      if (asked === minute || asked === heldMinute) used = Math.max(used, reported);
    },
    told: (exchangeTimeMs) => {
      if (Math.abs(exchangeTimeMs - nowMs()) < toleranceMs) return;
      turn();
      zeroMs = exchangeTimeMs - clock.monotonic();
      // What was used counts on: it may have been in the minute that runs by its clock.
      const next = minuteOf(nowMs());
      if (next === minute - 1) heldMinute = minute;
      minute = next;
    },
    get nowMs() {
      return nowMs();
    },
    block: (forMs) => {
      blockedUntilMs = Math.max(blockedUntilMs, clock.monotonic() + forMs);
      historyFromMs = Math.max(historyFromMs, clock.monotonic() + Math.max(forMs, historyPauseMs));
    },
    get used() {
      turn();
      return used;
    },
  };
};
