import type * as wire from '@tickfolio/gen/portfolio/v1/share';
import { ShareServiceService } from '@tickfolio/gen/portfolio/v1/share';
import type { GrpcServer } from '@tickfolio/lib/grpc';
import { unaryOf } from '@tickfolio/lib/postgres';
import { createOwnerOf, type OwnerOfDeps } from '../owner-of.js';
import type { Shares } from './shares.js';

/** Adds portfolio.v1.ShareService to the server. */
export const serveShares = (server: GrpcServer, deps: OwnerOfDeps & { readonly shares: Shares }): void => {
  const unary = unaryOf(server);
  const { shares } = deps;
  const { askedOf } = createOwnerOf(deps);
  const implementation: wire.ShareServiceServer = {
    create: unary<wire.CreateShareRequest, wire.CreateShareResponse>(
      async ({ owner, portfolioId, amounts, expiresAtMs }, context) =>
        shares.create(await askedOf(owner, portfolioId, context), { amounts, expiresAtMs }),
    ),
    list: unary<wire.ListSharesRequest, wire.ListSharesResponse>(async ({ owner, portfolioId }, context) => ({
      shares: [...(await shares.list(await askedOf(owner, portfolioId, context)))],
    })),
    end: unary<wire.EndShareRequest, wire.EndShareResponse>(async ({ owner, portfolioId, shareId }, context) => ({
      share: await shares.end(await askedOf(owner, portfolioId, context), shareId),
    })),
    open: unary<wire.OpenShareRequest, wire.OpenShareResponse>(async ({ token }) => shares.open(token)),
  };
  server.addService(ShareServiceService, implementation);
};
