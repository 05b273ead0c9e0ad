import type * as wire from '@tickfolio/gen/portfolio/v1';
import { PortfolioServiceService } from '@tickfolio/gen/portfolio/v1';
import type { GrpcServer } from '@tickfolio/lib/grpc';
import { unaryOf } from '@tickfolio/lib/postgres';
import { balanceCalls } from './balance-calls.js';
import type { Books } from './books/books.js';
import { serveHoldings } from './holding-rpc.js';
import { createOwnerOf, type OwnerOfDeps } from './owner-of.js';
import type { Portfolio } from './portfolios/portfolio.js';
import type { Portfolios } from './portfolios/portfolios.js';
import { serveReservations } from './reservation-rpc.js';

/** Name in grpc.health.v1. */
export const serviceName = 'portfolio.v1.PortfolioService';

const toWire = (portfolio: Portfolio): wire.Portfolio => ({ ...portfolio });

export interface ServedRooms extends OwnerOfDeps {
  readonly portfolios: Portfolios;
  readonly books: Books;
}

/** Adds portfolio.v1.PortfolioService to the server, and what is asked of the books besides. */
export const serve = (server: GrpcServer, { portfolios, books, ...deps }: ServedRooms): void => {
  const unary = unaryOf(server);
  const { ownerOf, askedOf } = createOwnerOf(deps);
  const { fund, transfer, getBalances, positions } = balanceCalls({ books, askedOf });
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
  serveHoldings(server, { books, askedOf });
  serveReservations(server, books);
};
