import type { Clock } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';
import { inWords } from '../rest/duration-words.js';

/** No connection that works is so late; where it catches up after a stall, this is over within seconds. */
const lateMs = 60_000;
/** How long no frame may be of now before it is told. */
const lastsMs = 5_000;

/**
 * Tells when all frames are dated long before the exchange's own clock and this computer's. They are believed, because
 * they agree with each other, and then prices of now stand under times of then.
 */
export interface LateDates {
  /** To be called for every frame. Cheap. @param behindMs how long before both clocks it is dated */
  observe(behindMs: number): void;
  /** While it is so, in words. */
  readonly words: string | undefined;
}

export const createLateDates = (clock: Clock, log: Logger): LateDates => {
  let sinceMs: number | undefined;
  let words: string | undefined;
  return {
    observe: (behindMs) => {
      if (behindMs < lateMs) {
        if (words !== undefined) log.warn("the exchange's frames are dated by its clock again");
        sinceMs = words = undefined;
        return;
      }
      sinceMs ??= clock.monotonic();
      if (words !== undefined || clock.monotonic() - sinceMs < lastsMs) return;
      words = `the exchange's frames are dated ${inWords(behindMs)} behind its clock`;
      log.warn({ behindMs: Math.round(behindMs) }, `${words}; the times of prices are wrong by as much`);
    },
    get words() {
      return words;
    },
  };
};
