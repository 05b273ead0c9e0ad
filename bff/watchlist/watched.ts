import type { Watchlist } from '@tickfolio/gen/portfolio/v1/watchlist';

/** A list as clients are told it, over REST and over the WebSocket. */
export const watchedOf = ({ version, symbols }: Watchlist) => ({
  version,
  watchlist: symbols.map(({ symbol, asset, addedAtMs }) => ({
    symbol,
    asset,
    addedAt: new Date(addedAtMs).toISOString(),
  })),
});
