import type * as wire from '@tickfolio/gen/portfolio/v1';
import * as holding from '@tickfolio/gen/portfolio/v1/holding';
import type { GrpcServer } from '@tickfolio/lib/grpc';
import { formatDecimal, parseDecimal, subtract } from '@tickfolio/lib/money';
import { unaryOf } from '@tickfolio/lib/postgres';
import type { Asked } from './books/asked.js';
import type { Books } from './books/books.js';
import type { ChangedCoin } from './books/coins.js';
import type { OwnerOf } from './owner-of.js';

const toWire = ({ portfolioId }: Asked, { id, delta, coin, version }: ChangedCoin): holding.CoinChange => {
  const { symbol: via, quantity, ...rest } = coin;
  const before = formatDecimal(subtract(parseDecimal(quantity), parseDecimal(delta)));
  const balance: wire.Balance = { ...rest, via, available: quantity, reserved: '0', version };
  return { id, coin: balance, before, after: quantity, portfolioId: portfolioId.toLowerCase() };
};

export interface HoldingRpcDeps {
  readonly books: Pick<Books, 'coins' | 'adoption' | 'readings'>;
  readonly askedOf: OwnerOf['askedOf'];
}

/** Adds portfolio.v1.HoldingService to the server. */
export const serveHoldings = (
  server: GrpcServer,
  { books: { coins, adoption, readings }, askedOf }: HoldingRpcDeps,
): void => {
  const unary = unaryOf(server);
  const implementation: holding.HoldingServiceServer = {
    changeCoin: unary<holding.ChangeCoinRequest, holding.CoinChange>(async (request, context) => {
      const { owner, portfolioId, idempotencyKey: key, observedPrice, ...change } = request;
      const asked = await askedOf(owner, portfolioId, context);
      const price = observedPrice === undefined ? {} : { observedPrice };
      return toWire(asked, await coins.change({ ...asked, ...change, ...price, key }));
    }),
    removeCoin: unary<holding.RemoveCoinRequest, holding.CoinChange>(async (request, context) => {
      const { owner, portfolioId, idempotencyKey: key, ...removal } = request;
      const asked = await askedOf(owner, portfolioId, context);
      return toWire(asked, await coins.remove({ ...asked, ...removal, key }));
    }),
    undoChange: unary<holding.UndoChangeRequest, holding.CoinChange>(
      async ({ owner, portfolioId, ...undone }, context) => {
        const asked = await askedOf(owner, portfolioId, context);
        return toWire(asked, await coins.undo({ ...asked, ...undone }));
      },
    ),
    listCoins: unary<holding.ListCoinsRequest, holding.Coins>(async ({ owner, portfolioId: id }, context) => {
      const { portfolioId, userId } = await askedOf(owner, id, context);
      const { version, adopting, balances } = await readings.balances(portfolioId, userId);
      // Whoever hands over goes on until all of it is here.
      if (adopting) return { portfolioId, version: 0, coins: [] };
      return { portfolioId, version, coins: balances.map((balance) => ({ ...balance })) };
    }),
    beginAdoption: unary<holding.BeginAdoptionRequest, holding.BeginAdoptionResponse>(async ({ highestId }) => ({
      firstId: await adoption.begin(highestId),
    })),
    adoptHoldings: unary<holding.AdoptHoldingsRequest, holding.AdoptHoldingsResponse>(
      async ({ owner, coins: elsewhere }, context) => {
        const asked = await askedOf(owner, 'default', context);
        const { coins: adopted, ...of } = await adoption.adopt({ ...asked, coins: elsewhere });
        return { ...of, coins: adopted.map((coin) => ({ ...coin })) };
      },
    ),
  };
  server.addService(holding.HoldingServiceService, implementation);
};
