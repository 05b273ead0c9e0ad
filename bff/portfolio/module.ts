import type { BffModule } from '../module.js';
import { startChangeRetention } from './change-retention.js';
import { coinRoutes } from './coin-routes.js';
import { profileRoutes } from './profile-routes.js';

/** What a user holds, and the changes of it. */
export const portfolio: BffModule = {
  tag: 'profile',
  about:
    'The portfolio of who is signed in: what is held, each change of it and its undo, what it was worth, and what prices were at the beginning of the day or any quarter of an hour. Amounts are decimal texts.',
  prefix: '/api/v1/profile',
  register: async (
    scope,
    { deps: { clock, log }, sessions: { verify }, turns, portfolios, coinChanges, market, portfolioChanged, writes },
  ) => {
    const forgetChanges: typeof portfolios.forgetChanges = async (keepMs, limit, nowMs) =>
      Math.max(await portfolios.forgetChanges(keepMs, limit, nowMs), await portfolios.forgetGone(limit));
    const retention = startChangeRetention({ portfolios: { forgetChanges }, clock, log });
    scope.addHook('onClose', async () => retention.close());
    await scope.register(profileRoutes, { verify, inTurn: turns.inTurn, portfolios });
    const { symbols, lookup } = market;
    const told = { writes, onChange: portfolioChanged };
    await scope.register(coinRoutes, { verify, changes: coinChanges, symbols, lookup, ...told });
  },
};
