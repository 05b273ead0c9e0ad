import type { Clock } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';

/** An ordinary reconnect takes less. */
const outageMs = 3_000;

export interface OutageState {
  /** Asked when all have one again: whether any that had none is connected now, or nobody wants them any more. */
  readonly isBack: () => boolean;
  /** The exchange refuses this address, and when it is asked again has been said. */
  readonly isRefused: boolean;
}

/** Tells when prices stop because streams have no connection, and when they come again. */
export interface OutageNotice {
  /**
   * To be called about once a second.
   * @param downMs how long streams have had no connection, 0 while all have one
   * @param words what is down, and why
   */
  look(downMs: number, words: () => string, state: OutageState): void;
}

const inWords = (ms: number): string =>
  ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;

export const createOutageNotice = (clock: Clock, log: Logger): OutageNotice => {
  let sinceMs: number | undefined;
  return {
    look: (downMs, words, { isBack, isRefused }) => {
      if (sinceMs === undefined && downMs >= outageMs) {
        sinceMs = clock.monotonic() - downMs;
        const next = isRefused ? 'it refuses this address' : 'it is tried again until it answers';
        log.warn({ reason: words() }, `no prices from the exchange for ${inWords(downMs)}; ${next}`);
      } else if (sinceMs !== undefined && downMs === 0) {
        const lastedMs = clock.monotonic() - sinceMs;
        sinceMs = undefined;
        const ended = isBack()
          ? `the exchange is connected again, after ${inWords(lastedMs)} without prices`
          : `nobody asks any more for the prices that did not come for ${inWords(lastedMs)}`;
        log.warn({ lastedMs: Math.round(lastedMs) }, ended);
      }
    },
  };
};
