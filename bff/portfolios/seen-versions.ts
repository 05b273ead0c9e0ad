import type * as wire from '@tickfolio/gen/portfolio/v1';
import { isId } from '../holdings/find-view.js';
import type { Views } from '../holdings/views.js';
import type { PortfolioClient } from './portfolio-client.js';

/**
 * The portfolio service, with versions as frames have them: where it was restored from a backup it counts from further
 * down, and what clients see goes on.
 */
export const withSeenVersions = (client: PortfolioClient, { bases }: Pick<Views, 'bases'>): PortfolioClient => {
  const seen = async (portfolios: readonly wire.Portfolio[]): Promise<wire.Portfolio[]> => {
    const above = await bases(portfolios.map(({ id }) => id));
    return portfolios.map((one) => ({ ...one, balanceVersion: one.balanceVersion + (above.get(one.id) ?? 0) }));
  };
  const seenOne = async (portfolio: wire.Portfolio): Promise<wire.Portfolio> =>
    (await seen([portfolio]))[0] ?? portfolio;
  const aboveOf = async (...ids: readonly string[]): Promise<number[]> => {
    const names = ids.map((id) => id.toLowerCase());
    // `default` is of what is owned, which takes no part in these.
    const above = await bases(names.filter((name) => isId(name)));
    return names.map((id) => above.get(id) ?? 0);
  };
  return {
    ...client,
    get: async (...asked) => seenOne(await client.get(...asked)),
    update: async (...asked) => seenOne(await client.update(...asked)),
    archive: async (...asked) => seenOne(await client.archive(...asked)),
    list: async (...asked) => {
      const page = await client.list(...asked);
      return { ...page, portfolios: await seen(page.portfolios) };
    },
    // Looked up first, so that nothing is done that cannot be answered.
    fund: async (asker, given) => {
      const [above = 0] = await aboveOf(given.portfolioId);
      const funded = await client.fund(asker, given);
      return { ...funded, version: funded.version + above };
    },
    transfer: async (asker, asked) => {
      const [from = 0, to = 0] = await aboveOf(asked.fromPortfolioId, asked.toPortfolioId);
      const moved = await client.transfer(asker, asked);
      return { ...moved, fromVersion: moved.fromVersion + from, toVersion: moved.toVersion + to };
    },
    balances: async (asker, portfolioId) => {
      const held = await client.balances(asker, portfolioId);
      const [above = 0] = await aboveOf(portfolioId);
      return { ...held, version: held.version + above };
    },
  };
};
