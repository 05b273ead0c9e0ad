import type * as wire from '@tickfolio/gen/portfolio/v1';
import { PortfolioServiceService } from '@tickfolio/gen/portfolio/v1';
import { AppError } from '@tickfolio/lib/errors';
import type { CallContext, GrpcServer } from '@tickfolio/lib/grpc';
import { unaryOf } from '@tickfolio/lib/postgres';
import { type BalanceCallsDeps, balanceCalls } from './balance-calls.js';
import type { Owner } from './portfolios/owner.js';
import type { Portfolio } from './portfolios/portfolio.js';
import type { Portfolios } from './portfolios/portfolios.js';
import type { PriceKind } from './users/price-kind.js';

/** Name in grpc.health.v1. */
export const serviceName = 'portfolio.v1.PortfolioService';

const maxUserIdLength = 200;

const createOwnerOf =
  (priceKind: Pick<PriceKind, 'note'>) =>
  (owner: wire.Owner | undefined, { requestId }: CallContext): Owner => {
    const { userId, simulatedPrices: simulated } = owner ?? { userId: '', simulatedPrices: undefined };
    if (userId === '' || userId.length > maxUserIdLength)
      throw new AppError('invalid_argument', 'Say whose portfolios are meant.', {
        fields: [{ field: 'owner', message: `must have a user id of at most ${maxUserIdLength} characters` }],
      });
    priceKind.note(simulated);
    return { userId, simulated, requestId };
  };
const toWire = (portfolio: Portfolio): wire.Portfolio => ({ ...portfolio });

export interface ServedRooms extends Omit<BalanceCallsDeps, 'ownerOf'> {
  readonly portfolios: Portfolios;
  readonly priceKind: Pick<PriceKind, 'note'>;
}

/** Adds portfolio.v1.PortfolioService to the server. */
export const serve = (server: GrpcServer, { portfolios, priceKind, ...rooms }: ServedRooms): void => {
  const unary = unaryOf(server);
  const ownerOf = createOwnerOf(priceKind);
  const { fund, transfer, getBalances, positions } = balanceCalls({ ...rooms, ownerOf });
  const implementation: wire.PortfolioServiceServer = {
    create: unary<wire.CreatePortfolioRequest, wire.PortfolioResponse>(async ({ owner, ...plan }, context) => {
      const { idempotencyKey: key, ...said } = plan;
      return { portfolio: toWire(await portfolios.create(ownerOf(owner, context), { ...said, key })) };
    }),
    list: unary<wire.ListPortfoliosRequest, wire.ListPortfoliosResponse>(async ({ owner, ...page }, context) => {
      const found = await portfolios.list(ownerOf(owner, context), page);
      return { portfolios: found.portfolios.map(toWire), next: found.next ?? '' };
    }),
    get: unary<wire.GetPortfolioRequest, wire.PortfolioResponse>(async ({ owner, portfolioId }, context) => ({
      portfolio: toWire(await portfolios.get(ownerOf(owner, context), portfolioId)),
    })),
    update: unary<wire.UpdatePortfolioRequest, wire.PortfolioResponse>(
      async ({ owner, portfolioId, ...data }, context) => ({
        portfolio: toWire(await portfolios.update(ownerOf(owner, context), portfolioId, data)),
      }),
    ),
    archive: unary<wire.ArchivePortfolioRequest, wire.PortfolioResponse>(async ({ owner, portfolioId }, context) => ({
      portfolio: toWire(await portfolios.archive(ownerOf(owner, context), portfolioId)),
    })),
    fund: unary<wire.FundRequest, wire.FundResponse>(fund),
    transfer: unary<wire.TransferRequest, wire.TransferResponse>(transfer),
    getBalances: unary<wire.GetBalancesRequest, wire.Balances>(getBalances),
    positions: unary<wire.PositionsRequest, wire.PositionsResponse>(positions),
  };
  server.addService(PortfolioServiceService, implementation);
};
