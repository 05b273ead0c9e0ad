import type { BffModule } from '../module.js';
import { createWatchlistClient } from './watchlist-client.js';
import { watchlistRoutes } from './watchlist-routes.js';

/** What people watch, which the portfolio service keeps. */
export const watchlist: BffModule = {
  tag: 'watchlist',
  about:
    'The symbols that who is signed in watches, held or not. Their prices come over the WebSocket, on the channel `watchlist`.',
  prefix: '/api/v1/watchlist',
  register: async (scope, { deps, sessions, market, notices, writes }) => {
    await scope.register(watchlistRoutes, {
      verify: sessions.verify,
      client: deps.neighbours.client('portfolio', createWatchlistClient),
      symbols: market.symbols,
      lookup: market.lookup,
      writes,
      onChange: notices.watchlistChanged,
    });
  },
};
