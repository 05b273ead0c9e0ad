import { createIsGone } from '../erasure/erased-users.js';
import type { BffModule } from '../module.js';
import { createPortfolioCalls } from '../portfolios/user-turns.js';
import type { Shared } from '../shared.js';
import { createShareClient } from './share-client.js';
import { shareRoutes } from './share-routes.js';
import { sharedRoutes } from './shared-routes.js';

const linksOf = ({ deps: { neighbours } }: Shared) => neighbours.client('portfolio', createShareClient);

/** Links to the portfolios of who is signed in, which the portfolio service keeps. */
export const shares: BffModule = {
  tag: 'portfolios',
  prefix: '/api/v1/portfolios',
  register: async (scope, shared) => {
    const { sessions, market, writes } = shared;
    await scope.register(shareRoutes, {
      verify: sessions.verify,
      client: linksOf(shared),
      writes,
      simulated: () => market.kind.simulated,
    });
  },
};

/** What they lead to, for anybody. */
export const sharedPortfolios: BffModule = {
  tag: 'portfolios',
  prefix: '/api/v1/shares',
  register: async (scope, shared) => {
    const { deps, options, views, lookUpPrices: lookUp, market } = shared;
    const { balances } = deps.neighbours.client('portfolio', createPortfolioCalls);
    await scope.register(sharedRoutes, {
      client: { ...linksOf(shared), balances },
      ...{ views, lookUp, isGone: createIsGone(deps.postgres.db) },
      simulated: () => market.kind.simulated,
      config: { rateLimit: { max: options.maxAuthCalls, timeWindow: options.authWindowMs } },
    });
  },
};
