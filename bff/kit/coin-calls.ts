import { systemClock } from '@tickfolio/lib/clock';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { startAdoption } from '../adoption/adoption.js';
import { createPortfolios } from '../portfolio/portfolios.js';
import { createUser, openTestPostgres, startTestBff, type TestBffOptions } from './bff.js';
import { createFakeHoldings } from './holdings.js';
import { createFakePortfolios } from './portfolio.js';

/** A gateway beside a portfolio service that is away at first, and what somebody asks of the coins. */
export const startWithHoldings = async (options: Partial<TestBffOptions> = {}) => {
  const postgres = await openTestPostgres();
  const holdings = createFakeHoldings();
  const portfolio = { ...createFakePortfolios().client, ...holdings.client };
  const bff = await startTestBff({ postgres, played: { portfolio }, ...options });
  let user = createUser(systemClock);
  const coins = '/api/v1/profile/coins';
  const profile = async (who = user) => (await bff.call(who, 'GET', '/api/v1/profile')).body;
  const isAdopted = async (userId = user.userId) => {
    const found = (await createPortfolios(postgres.db).readPortfolios([userId])).get(userId);
    return found?.base !== undefined;
  };
  return {
    ...{ postgres, holdings, bff, profile, isAdopted },
    get user() {
      return user;
    },
    /** Somebody else is meant from now on. */
    newcomer: () => {
      user = createUser(systemClock);
    },
    change: (quantity: string, key?: string, symbol = 'btcusdt', who = user) =>
      bff.call(who, 'POST', coins, { symbol, quantity }, key === undefined ? {} : { 'idempotency-key': key }),
    remove: (symbol = 'btcusdt') => bff.call(user, 'DELETE', coins, { symbol }),
    undo: (id: string) => bff.call(user, 'POST', `/api/v1/profile/changes/${id}/undo`),
    held: async (who = user) =>
      Object.fromEntries((await profile(who)).Coins.map((coin) => [coin.Symbol, coin.Quantity])),
    /** The portfolio service comes, and has everything. */
    comes: async () => {
      holdings.state.is = 'there';
      // The gateway looks seldom where it has found none for long.
      const about = { db: postgres.db, client: holdings.client, simulated: () => false, clock: systemClock };
      const another = startAdoption({ ...about, log: silentLogger() }, { periodMs: 10 });
      await becomes(() => isAdopted(), true, 30_000);
      await another.close();
    },
    close: async () => {
      await bff.close();
      await postgres.close();
    },
  };
};
