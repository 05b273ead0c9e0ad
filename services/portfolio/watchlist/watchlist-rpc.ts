import type * as wire from '@tickfolio/gen/portfolio/v1/watchlist';
import { WatchlistServiceService } from '@tickfolio/gen/portfolio/v1/watchlist';
import type { CallContext, GrpcServer } from '@tickfolio/lib/grpc';
import { unaryOf } from '@tickfolio/lib/postgres';
import { readUserId } from '../portfolios/owner.js';
import type { Watchlist } from './watchlist.js';

const userOf = (userId: string): string => readUserId(userId, 'user_id');
const ownerOf = (userId: string, { requestId, signal }: CallContext) => ({ userId: userOf(userId), requestId, signal });
const toWire = ({ version, symbols }: Awaited<ReturnType<Watchlist['list']>>): wire.Watchlist => ({
  version,
  symbols: symbols.map((watched) => ({ ...watched })),
});

/** Adds portfolio.v1.WatchlistService to the server. */
export const serveWatchlist = (server: GrpcServer, { list, add, remove }: Watchlist): void => {
  const unary = unaryOf(server);
  const implementation: wire.WatchlistServiceServer = {
    list: unary<wire.ListWatchlistRequest, wire.Watchlist>(async ({ userId }) => toWire(await list(userOf(userId)))),
    add: unary<wire.WatchRequest, wire.Watchlist>(async ({ userId, symbol, asset }, context) =>
      toWire(await add(ownerOf(userId, context), symbol, asset)),
    ),
    remove: unary<wire.UnwatchRequest, wire.Watchlist>(async ({ userId, symbol }, context) =>
      toWire(await remove(ownerOf(userId, context), symbol)),
    ),
  };
  server.addService(WatchlistServiceService, implementation);
};
