import type * as wire from '@tickfolio/gen/portfolio/v1';
import type { CallContext } from '@tickfolio/lib/grpc';
import type { Books } from './books/books.js';
import type { HeldBalances } from './books/readings.js';
import type { OwnerOf } from './owner-of.js';
import { requirePage } from './pages.js';
import { portfolioIdOf } from './portfolios/default-portfolios.js';

/** What is called of `portfolio.v1.PortfolioService` for what is in portfolios. */
export interface BalanceCallsDeps {
  readonly books: Pick<Books, 'funding' | 'transfer' | 'readings'>;
  readonly askedOf: OwnerOf['askedOf'];
}

const toWire = ({ portfolioId, userId, version, balances }: HeldBalances): wire.Balances => ({
  ...{ portfolioId, userId, version },
  balances: balances.map((balance) => ({ ...balance })),
});

export const balanceCalls = ({ books, askedOf }: BalanceCallsDeps) => ({
  fund: async ({ owner, portfolioId, idempotencyKey: key, ...given }: wire.FundRequest, context: CallContext) => ({
    ...(await books.funding.fund({ ...(await askedOf(owner, portfolioId, context)), ...given, key })),
  }),
  transfer: async (request: wire.TransferRequest, context: CallContext) => {
    const { owner, fromPortfolioId, toPortfolioId, networkFee, idempotencyKey: key, ...moved } = request;
    const { portfolioId: from, ...asked } = await askedOf(owner, fromPortfolioId, context);
    const to = portfolioIdOf(asked.userId, toPortfolioId);
    return { ...(await books.transfer({ ...asked, ...moved, from, to, networkFee: networkFee || '0', key })) };
  },
  getBalances: async ({ owner, portfolioId: id }: wire.GetBalancesRequest, context: CallContext) => {
    const { portfolioId, userId } = await askedOf(owner, id, context);
    return toWire(await books.readings.balances(portfolioId, userId));
  },
  positions: async ({ after, limit }: wire.PositionsRequest): Promise<wire.PositionsResponse> => {
    requirePage({ after, limit });
    const { items, next } = await books.readings.positions(after, limit);
    return { portfolios: items.map(toWire), next: next ?? '' };
  },
});
