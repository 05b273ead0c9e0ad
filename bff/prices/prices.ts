import type { Clock } from '@tickfolio/lib/clock';
import type { PriceBus } from '@tickfolio/lib/price-bus';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { Market } from '../market/market.js';
import type { Kind } from '../market/portfolio-value.js';
import { createFrameClock, type FrameClock } from './frame-clock.js';
import { createPriceBoard, type PriceBoard } from './price-board.js';
import { createPriceFeed, type PriceFeed } from './price-feed.js';
import { createPriceMetrics, showSymbols } from './price-metrics.js';
import type { PriceReading } from './price-reading.js';

export interface PricesDeps {
  readonly priceBus: PriceBus;
  /** Last prices that outlive the bus, of one kind. @throws AppError unavailable */
  readonly readKept: (kind: Kind, symbols: readonly string[]) => Promise<readonly PriceReading[]>;
  readonly market: Pick<Market, 'exchange' | 'kind' | 'symbols'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Prices as they come from the bus, and those of before where it has none. */
export interface Prices {
  readonly board: PriceBoard;
  readonly feed: PriceFeed;
  /** By which frames are dated. */
  readonly frames: FrameClock;
  close(): Promise<void>;
}

/** How often the board looks at what changed by the passing of time. */
const sweepMs = 1_000;

/** @param staleAfterMs a price that is older is stale */
export const createPrices = (
  { priceBus, readKept, market: { exchange, kind, symbols }, clock, log, metrics }: PricesDeps,
  staleAfterMs: number,
): Prices => {
  const { malformed, lag } = createPriceMetrics(metrics);
  const frames = createFrameClock(clock);
  const board = createPriceBoard({ clock, exchange, frames, staleAfterMs, standing: symbols.standing });
  const feed = createPriceFeed({
    priceBus,
    board,
    kept: (asked) => {
      const known = kind.now();
      return known && readKept(known, asked);
    },
    clock,
    log,
    onMalformed: () => malformed.inc(),
    onFresh: ({ timeMs }) => lag.observe(Math.max(0, exchange.now() - timeMs) / 1_000),
  });
  showSymbols(metrics, feed.symbols, board.isStale);
  const sweep = clock.every(sweepMs, board.sweep);
  return {
    board,
    feed,
    frames,
    close: async () => {
      sweep.cancel();
      await feed.close();
    },
  };
};
