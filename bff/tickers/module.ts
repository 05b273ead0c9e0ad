import { klineRoutes } from '../exchange/kline-routes.js';
import { createSocketClient } from '../exchange/socket-client.js';
import { leaseRoutes } from '../leases/lease-routes.js';
import type { BffModule } from '../module.js';
import { dayTrailRoutes } from './day-trail-routes.js';
import { createPastPrices } from './past-prices.js';
import { followTickers } from './ticker-follower.js';
import { tickerRoutes } from './ticker-routes.js';
import { createTickers } from './tickers.js';
import { createVolumeOrder } from './volume-order.js';

/** All of the exchange, whether or not anybody here holds it: its last 24 hours, its candles, and looking at a coin. */
export const tickers: BffModule = {
  tag: 'market',
  prefix: '/api/v1',
  // Without it everything that is held goes on.
  dependency: ({ tickerBoard }) => ({ name: 'all-market', required: false, check: () => tickerBoard.fault }),
  register: async (scope, shared) => {
    const {
      deps,
      klines,
      leases,
      market,
      portfolios,
      prices,
      sessions,
      takePages,
      tickerBoard: board,
      demand,
    } = shared;
    const { clock, log, neighbours } = deps;
    const { symbols, lookup } = market;
    const exchangeNow = market.exchange.now;
    const byVolume = createVolumeOrder({ board, symbols, clock });
    const past = createPastPrices({ klines, board, byVolume, clock, exchangeNow, log });
    const socket = neighbours.client('socket', createSocketClient);
    let follower: ReturnType<typeof followTickers> | undefined;
    // Not before everything else is there: a list of all symbols is work, and nobody can ask for it yet.
    scope.addHook('onReady', async () => {
      follower = followTickers({ socket, board, clock, log });
    });
    scope.addHook('onClose', async () => {
      await Promise.all([follower?.close(), past.close()]);
    });
    const all = createTickers({ board, past, symbols, prices: prices.board, exchangeNow, clock });
    const { verify } = sessions;
    await scope.register(tickerRoutes, { tickers: all, past, symbols, exchangeNow });
    const kind = market.kind.now;
    await scope.register(dayTrailRoutes, { verify, ...shared.turns, portfolios, past, board, kind, exchangeNow });
    await scope.register(klineRoutes, { verify, klines, symbols, lookup, takePages });
    await scope.register(leaseRoutes, { verify, leases, symbols, lookup, onChange: demand.changed });
  },
};
