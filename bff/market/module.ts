import type { BffModule } from '../module.js';
import { createKeptListings } from './kept-listings.js';
import { startListingKeeper } from './listing-keeper.js';
import { symbolRoutes } from './symbol-routes.js';

/** What the exchange lists, as the aggregator tells it. */
export const market: BffModule = {
  tag: 'market',
  about:
    'What the exchange lists and what it cost: symbols, tickers of the last 24 hours, candles, and following a symbol for a minute without holding it.',
  prefix: '/api/v1',
  // Without it the last prices are still shown, with their age.
  dependency: ({ demand }) => ({ name: 'aggregator', required: false, check: () => demand.check() }),
  register: async (scope, { deps: { postgres, clock, log }, market: { symbols, lookup } }) => {
    const keeper = startListingKeeper({ symbols, listings: createKeptListings(postgres.db), clock, log });
    scope.addHook('onClose', async () => keeper.close());
    await scope.register(symbolRoutes, { symbols, lookup });
  },
};
