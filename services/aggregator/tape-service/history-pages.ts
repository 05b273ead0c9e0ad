import { type Clock, sleep } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createLane } from '@tickfolio/lib/lane';
import type { MarketFeed } from '../feed/market-feed.js';
import type { Tally } from '../tally.js';
import type { HistoryRow } from '../tape/trade.js';
import type { TapeServiceLimits } from './limits.js';

/** Trade history for readers, a few pages at once and not too often, so that what the live path needs finds a place. */
export interface HistoryPages {
  /** Oldest first. @throws AppError, also when too many wait */
  read(symbol: string, page: { fromId: number; limit: number }, signal: AbortSignal): Promise<readonly HistoryRow[]>;
}

/** Of a stream the same codes would say that its reader is too slow, or that another aggregator has the symbol. */
const saidOfReaders: ReadonlySet<string> = new Set(['resource_exhausted', 'failed_precondition']);

/** What readers are told where the exchange gives no history: that it cannot be had now. */
export const withoutHistory = (thrown: unknown): unknown => {
  if (!(thrown instanceof AppError) || !saidOfReaders.has(thrown.code)) return thrown;
  const { message, retryAfterMs = 1_000 } = thrown;
  return new AppError('unavailable', message, { cause: thrown, retryAfterMs });
};

export const createHistoryPages = (
  deps: { readonly clock: Clock; readonly feed: Pick<MarketFeed, 'listTrades'>; readonly tally: Tally },
  limits: Pick<TapeServiceLimits, 'pagesAtOnce' | 'maxPagesWaiting' | 'pageSpacingMs'>,
): HistoryPages => {
  const { clock, feed, tally } = deps;
  const lane = createLane({
    width: limits.pagesAtOnce,
    maxWaiting: limits.maxPagesWaiting,
    refuse: () =>
      new AppError('unavailable', 'Too many wait for the history of trades at the moment.', { retryAfterMs: 1_000 }),
  });
  let nextMs = 0;
  return {
    read: (symbol, page, signal) =>
      lane.run(async () => {
        const nowMs = clock.monotonic();
        const waitMs = nextMs - nowMs;
        nextMs = Math.max(nextMs, nowMs) + limits.pageSpacingMs;
        if (waitMs > 0) await sleep(clock, waitMs, signal);
        if (signal.aborted) return [];
        tally.tapePages += 1;
        return feed.listTrades(symbol, page, signal).catch((thrown: unknown) => {
          throw withoutHistory(thrown);
        });
      }, signal),
  };
};
