import type { BffModule } from '../module.js';
import type { Shared } from '../shared.js';
import { balanceRoutes, transferRoutes } from './balance-routes.js';
import { portfolioRoutes } from './portfolio-routes.js';
import { withRestNames } from './rest-names.js';
import { withSeenVersions } from './seen-versions.js';
import { createPortfolioCalls } from './user-turns.js';

const clientOf = ({ deps: { neighbours } }: Shared) => neighbours.client('portfolio', createPortfolioCalls);

const prepare = (shared: Shared) => {
  const { sessions, market, writes } = shared;
  return {
    verify: sessions.verify,
    client: withRestNames(withSeenVersions(clientOf(shared), shared.views)),
    know: shared.knowPortfolio,
    writes,
    simulated: () => market.kind.simulated,
  };
};

/** The portfolios of who is signed in, which the portfolio service keeps. */
export const portfolios: BffModule = {
  tag: 'portfolios',
  about:
    'The portfolios of who is signed in: one for what is owned and one for paper money from the beginning, and more by other names.',
  prefix: '/api/v1/portfolios',
  dependency: (shared) =>
    shared.options.without.includes('portfolio')
      ? undefined
      : { name: 'portfolio', required: false, check: () => clientOf(shared).check() },
  register: async (scope, shared) => {
    const prepared = prepare(shared);
    await scope.register(portfolioRoutes, prepared);
    const { views, lookUpPrices: lookUp } = shared;
    await scope.register(balanceRoutes, { ...prepared, views, lookUp });
  },
};

/** What moves between them. */
export const transfers: BffModule = {
  tag: 'portfolios',
  prefix: '/api/v1/transfers',
  register: async (scope, shared) => {
    await scope.register(transferRoutes, prepare(shared));
  },
};
