import type * as wire from '@tickfolio/gen/portfolio/v1';
import { AppError } from '@tickfolio/lib/errors';
import type { CallContext } from '@tickfolio/lib/grpc';
import { validate } from 'uuid';
import type { Books } from './books/books.js';
import type { HeldBalances } from './books/readings.js';
import { portfolioIdOf } from './portfolios/default-portfolios.js';
import type { Owner } from './portfolios/owner.js';

/** What is called of `portfolio.v1.PortfolioService` for what is in portfolios. */
export interface BalanceCallsDeps {
  readonly books: Pick<Books, 'funding' | 'transfer' | 'readings'>;
  readonly ownerOf: (owner: wire.Owner | undefined, context: CallContext) => Owner;
  /** Makes the default ones that are missing. */
  readonly ensure: (owner: Owner) => Promise<void>;
}

const maxPage = 500;

const toWire = ({ balances, ...of }: HeldBalances): wire.Balances => ({
  ...of,
  balances: balances.map((balance) => ({ ...balance })),
});

const requireLimit = (limit: number): void => {
  if (Number.isInteger(limit) && limit >= 1 && limit <= maxPage) return;
  const message = `must be a whole number from 1 to ${maxPage}`;
  throw new AppError('invalid_argument', `The limit ${message}.`, { fields: [{ field: 'limit', message }] });
};

export const balanceCalls = ({ books, ownerOf, ensure }: BalanceCallsDeps) => {
  /** Of who asks, with what is meant by an id. */
  const askedOf = async (of: wire.Owner | undefined, portfolioId: string, context: CallContext) => {
    const owner = ownerOf(of, context);
    await ensure(owner);
    const { userId, requestId } = owner;
    return { userId, requestId, portfolioId: portfolioIdOf(userId, portfolioId) };
  };
  return {
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
      requireLimit(limit);
      if (after !== '' && !validate(after)) {
        const message = 'must be `next` of the page before';
        throw new AppError('invalid_argument', 'There is no such page.', { fields: [{ field: 'after', message }] });
      }
      const { items, next } = await books.readings.positions(after, limit);
      return { portfolios: items.map(toWire), next: next ?? '' };
    },
  };
};
