import { marketOf } from '../../holdings/markets.js';
import { type allPortfolios, type Views, viewKey } from '../../holdings/views.js';
import type { HeldSymbol } from '../../market/symbols.js';
import type { Portfolios } from '../../portfolio/portfolios.js';

/**
 * The markets by which what somebody holds is valued, each once: of the default portfolio, or of everything that is
 * owned, then with those of its cash.
 */
export type HeldMarkets = (userId: string, of: typeof allPortfolios | undefined) => Promise<readonly HeldSymbol[]>;

export interface HeldMarketsDeps {
  readonly portfolios: Pick<Portfolios, 'readMany'>;
  readonly views: Pick<Views, 'readPortfolios'>;
}

/** Of everything that somebody owns: twice what one portfolio may hold, so that one user asks for no whole exchange. */
const maxMarkets = 1_000;

/** @throws AppError unavailable when the database is away */
export const createHeldMarkets =
  ({ portfolios, views }: HeldMarketsDeps): HeldMarkets =>
  async (userId, of) => {
    if (of === undefined) return (await portfolios.readMany([userId])).get(userId) ?? [];
    const key = viewKey(userId, of);
    const { coins = [], cash = [] } = (await views.readPortfolios([key])).get(key) ?? {};
    const ofCash = cash.flatMap(({ asset }) => marketOf(asset, '') ?? []);
    const bySymbol = new Map([...coins, ...ofCash].map((market) => [market.symbol, market]));
    return [...bySymbol.values()].slice(0, maxMarkets);
  };
