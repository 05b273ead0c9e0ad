import { type FindView, requireView } from '../../holdings/find-view.js';
import { marketOf } from '../../holdings/markets.js';
import { type Views, viewKey } from '../../holdings/views.js';
import type { HeldSymbol } from '../../market/symbols.js';
import type { Portfolios } from '../../portfolio/portfolios.js';

/**
 * The markets by which what somebody holds is valued, each once, with those of its cash: of a portfolio, or of `all`
 * that is owned; where none is named of the coins of the default one.
 */
export type HeldMarkets = (userId: string, portfolioId: string | undefined) => Promise<readonly HeldSymbol[]>;

export interface HeldMarketsDeps {
  readonly portfolios: Pick<Portfolios, 'readMany'>;
  readonly views: Pick<Views, 'readPortfolios'>;
  readonly find: FindView;
}

/** Of everything that somebody owns: twice what one portfolio may hold, so that one user asks for no whole exchange. */
const maxMarkets = 1_000;

/** @throws AppError unavailable when the database is away; not_found, failed_precondition as `requireView` */
export const createHeldMarkets =
  ({ portfolios, views, find }: HeldMarketsDeps): HeldMarkets =>
  async (userId, portfolioId) => {
    const of = portfolioId === undefined ? undefined : await requireView(find, userId, portfolioId);
    if (of === undefined) return (await portfolios.readMany([userId])).get(userId) ?? [];
    const key = viewKey(userId, of);
    const { coins = [], cash = [] } = (await views.readPortfolios([key])).get(key) ?? {};
    const ofCash = cash.flatMap(({ asset }) => marketOf(asset, '') ?? []);
    const bySymbol = new Map([...coins, ...ofCash].map((market) => [market.symbol, market]));
    return [...bySymbol.values()].slice(0, maxMarkets);
  };
