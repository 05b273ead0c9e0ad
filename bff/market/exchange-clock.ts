import type { Clock } from '@tickfolio/lib/clock';

/**
 * What time it is at the exchange: told by the aggregator, which reads it in the frames, and carried on by the
 * monotonic clock, so that neither a wrong local clock nor one that is set changes how old a price is.
 */
export interface ExchangeClock {
  /** Epoch milliseconds, whole. Before it was told, the wall clock at the start is the best guess. */
  now(): number;
  /** @param atMs when it was that time, on the monotonic clock */
  told(exchangeTimeMs: number, atMs: number): void;
  /** False until it was told. */
  readonly known: boolean;
  /** How far the exchange's time is ahead of the wall clock here, whole milliseconds; undefined until it was told. */
  readonly offsetMs: number | undefined;
  /** Has what was counted by it counted anew whenever it is set. One is told: who counts. */
  connect(onSet: () => void): void;
  /** When it is, or was, that time there: on the monotonic clock. */
  momentOf(exchangeTimeMs: number): number;
}

/**
 * The answer's way takes some milliseconds, more or less each time; within this nothing is set anew, so that times
 * stand still.
 */
const toleranceMs = 1_000;

export const createExchangeClock = (clock: Clock): ExchangeClock => {
  /** The exchange's time at the monotonic clock's zero. */
  let zeroMs = clock.now() - clock.monotonic();
  let newestZeroMs: number | undefined;
  let onSet: () => void = () => undefined;
  return {
    now: () => Math.floor(zeroMs + clock.monotonic()),
    told: (exchangeTimeMs, atMs) => {
      const wasKnown = newestZeroMs !== undefined;
      newestZeroMs = exchangeTimeMs - atMs;
      if (wasKnown && Math.abs(newestZeroMs - zeroMs) <= toleranceMs) return;
      zeroMs = newestZeroMs;
      onSet();
    },
    get known() {
      return newestZeroMs !== undefined;
    },
    get offsetMs() {
      return newestZeroMs === undefined ? undefined : Math.round(newestZeroMs + clock.monotonic() - clock.now());
    },
    connect: (next) => {
      onSet = next;
    },
    momentOf: (exchangeTimeMs) => exchangeTimeMs - zeroMs,
  };
};
