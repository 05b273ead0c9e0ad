/**
 * One past period made up for a symbol, so that a fresh market already has a past. Volumes in lots, all of it at
 * `average` ticks.
 */
export interface PastBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly count: number;
  readonly volume: number;
  readonly takerVolume: number;
  readonly average: number;
}

/** How far back bars reach, in days: those of minutes, of hours and of days. */
export interface Reach {
  readonly minutes: number;
  readonly hours: number;
  readonly days: number;
}

/**
 * Makes up periods of so many minutes, newest first, the newest closing at `lastTicks`. The same arguments, the same
 * bars.
 */
export type MakePast = (minutes: 1 | 60 | 1_440, lastTicks: number) => Iterator<PastBar, void>;

export interface MadePast extends Reach {
  readonly make: MakePast;
}
