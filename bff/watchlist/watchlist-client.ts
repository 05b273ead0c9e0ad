import { type Watchlist, WatchlistServiceClient } from '@tickfolio/gen/portfolio/v1/watchlist';
import { createServiceClient, type Neighbour } from '@tickfolio/lib/grpc';

/** Who changes something, as the access token and the request say. */
export interface Watcher {
  readonly userId: string;
  readonly requestId: string;
}

/**
 * Watchlists, which the portfolio service keeps. Each call answers with the whole list.
 * @throws AppError; `unavailable` in words when it is away
 */
export interface WatchlistClient {
  watched(userId: string, requestId?: string): Promise<Watchlist>;
  watch(watcher: Watcher, symbol: string, asset: string): Promise<Watchlist>;
  unwatch(watcher: Watcher, symbol: string): Promise<Watchlist>;
  /** Undefined when the service says it serves, else what is wrong. */
  check(): Promise<string | undefined>;
  close(): void;
}

const deadlineMs = 2_000;
const restMs = 2_000;
const bounds = {
  circuit: 'watchlist',
  opens: { failuresInRow: 5 },
  maxAtOnce: 64,
  maxWaiting: 1_000,
  maxWaitMs: 1_000,
};

export const createWatchlistClient = (where: Neighbour): WatchlistClient => {
  const { client, call, check, close } = createServiceClient(WatchlistServiceClient, {
    ...where,
    away: 'Your watchlist cannot be reached at the moment; please try again in a few seconds.',
    restMs,
    classes: { calls: { deadlineMs, bounds } },
  });
  // Nothing is done twice by asking twice.
  const repeatable = true;
  return {
    watched: (userId, requestId) => call('calls', client.list, { userId }, { requestId, repeatable }),
    watch: ({ userId, requestId }, symbol, asset) =>
      call('calls', client.add, { userId, symbol, asset }, { requestId, repeatable }),
    unwatch: ({ userId, requestId }, symbol) =>
      call('calls', client.remove, { userId, symbol }, { requestId, repeatable }),
    check,
    close,
  };
};
