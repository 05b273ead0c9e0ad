import type { Clock } from '@tickfolio/lib/clock';
import type { ExchangeClock } from '../market/exchange-clock.js';
import type { FrameClock } from './frame-clock.js';

/** From when the age of a price counts: its arrival, or its trade where that was long before. */
export interface PriceAge {
  /** Monotonic. */
  readonly fromMs: number;
  /** The same as frames tell it. */
  readonly fromText: string;
}

export interface PriceAgeDeps {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly exchange: ExchangeClock;
  readonly frames: FrameClock;
}

/**
 * When a price was traded, by the exchange, and when it arrived, monotonic; undefined for one that was read where it is
 * kept.
 */
interface Times {
  readonly timeMs: number;
  readonly arrivedMs: number | undefined;
}

/**
 * How much older than its arrival a price may be that arrives: the second it was made in, and its way. A repair, or the
 * first price of a coin that nobody has traded for hours, is older, and is no fresh price.
 */
const onTheWayMs = 5_000;

/** @returns what counts ages as the clocks stand now; when one was set they are to be counted anew */
export const createPriceAges = ({ clock, exchange, frames }: PriceAgeDeps): ((times: Times) => PriceAge) => {
  const fromMsOf = ({ timeMs, arrivedMs }: Times): number => {
    const tradedMs = exchange.momentOf(timeMs);
    if (arrivedMs === undefined) return Math.min(tradedMs, clock.monotonic());
    return exchange.known ? Math.min(arrivedMs, tradedMs + onTheWayMs) : arrivedMs;
  };
  return (times) => {
    const fromMs = fromMsOf(times);
    return { fromMs, fromText: new Date(frames.at(fromMs)).toISOString() };
  };
};
