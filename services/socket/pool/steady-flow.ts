/**
 * Whether a connection's streams bring data so steadily that a pause of all of them together proves a fault, though the
 * connection answers. Judged by its last minute with data alone: what one set of streams did is forgotten when it is
 * another.
 */
export interface SteadyFlow {
  /** Once a second. @param active how many streams brought data in that second */
  second(active: number): void;
  /** In the minute that ended with the last data. */
  readonly isSteady: boolean;
  forget(): void;
}

const minuteSeconds = 60;
const quarterSeconds = 15;
/**
 * Each quarter of the minute must have brought so many seconds of streams: two symbols that never pause, or a hundred
 * of minor ones. Half of it would be one coin in a lively minute, after which it may well be quiet.
 */
const leastPerQuarter = 60;

export const createSteadyFlow = (): SteadyFlow => {
  /** Seconds up to the last one with data. */
  let seconds: number[] = [];
  /** Those since then: part of the minute only if data come again. */
  let pausedSeconds = 0;
  return {
    second: (active) => {
      if (active === 0) {
        pausedSeconds = Math.min(minuteSeconds, pausedSeconds + 1);
        return;
      }
      seconds.push(...Array<number>(pausedSeconds).fill(0), active);
      seconds = seconds.slice(-minuteSeconds);
      pausedSeconds = 0;
    },
    get isSteady() {
      if (seconds.length < minuteSeconds) return false;
      for (let from = 0; from < minuteSeconds; from += quarterSeconds) {
        const brought = seconds.slice(from, from + quarterSeconds).reduce((sum, active) => sum + active, 0);
        if (brought < leastPerQuarter) return false;
      }
      return true;
    },
    forget: () => {
      seconds = [];
      pausedSeconds = 0;
    },
  };
};
