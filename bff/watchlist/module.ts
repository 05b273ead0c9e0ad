import { createThrottle } from '@tickfolio/lib/throttle';
import type { BffModule } from '../module.js';
import { createWatchlistClient } from './watchlist-client.js';
import { watchlistRoutes } from './watchlist-routes.js';

/** What people watch, which the portfolio service keeps. */
export const watchlist: BffModule = {
  tag: 'watchlist',
  about:
    'The symbols that who is signed in watches, held or not. Their prices come over the WebSocket, on the channel `watchlist`.',
  prefix: '/api/v1/watchlist',
  register: async (scope, { deps, options, sessions, market, notices }) => {
    await scope.register(watchlistRoutes, {
      verify: sessions.verify,
      client: deps.neighbours.client('portfolio', createWatchlistClient),
      symbols: market.symbols,
      lookup: market.lookup,
      writes: createThrottle({
        clock: deps.clock,
        ...options.writesPerUser,
        words: 'Too many changes in a short time; please wait a little.',
      }),
      onChange: notices.watchlistChanged,
    });
  },
};
