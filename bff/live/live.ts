import type { Clock } from '@tickfolio/lib/clock';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { Sessions } from '../accounts/sessions.js';
import type { FindView } from '../holdings/find-view.js';
import type { ReadSeenBases } from '../holdings/seen-bases.js';
import type { ViewedHere } from '../holdings/viewed-here.js';
import type { Views } from '../holdings/views.js';
import type { Market } from '../market/market.js';
import type { Prices } from '../prices/prices.js';
import type { WatchlistClient } from '../watchlist/watchlist-client.js';
import { createToldBalances, type ToldBalances } from './channels/told-balances.js';
import { createToldOrders, type ToldOrders } from './channels/told-orders.js';
import { createWatching, type Watching } from './channels/watching.js';
import { type ClientSocketLimits, defaultSocketLimits } from './client-socket.js';
import { type ClientSockets, createClientSockets } from './client-sockets.js';
import { withDemo } from './demo/demo-portfolio.js';
import { createLivePortfolios, type LivePortfolios } from './live-portfolios.js';
import { createSocketMetrics } from './socket-metrics.js';

export interface LiveDeps {
  readonly portfolios: Pick<Views, 'readPortfolios'>;
  readonly find: FindView;
  readonly viewedHere: ViewedHere;
  readonly prices: Pick<Prices, 'board' | 'feed' | 'frames'>;
  readonly market: Pick<Market, 'kind'>;
  readonly sessions: Sessions;
  readonly watchlists: Pick<WatchlistClient, 'watched'>;
  readonly readBases: ReadSeenBases;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** As the BFF's options say them. */
export interface LiveOptions {
  readonly pushWindowMs: number;
  readonly frameEveryMs: number;
  readonly maxSockets: number;
  readonly maxSocketsPerUser: number;
  readonly closeSpreadMs: number;
  readonly socketLimits?: Partial<ClientSocketLimits>;
}

/** Portfolios in the moment, and the sockets that show them. */
export interface Live {
  readonly portfolios: LivePortfolios;
  readonly watching: Watching;
  readonly balances: ToldBalances;
  readonly orders: ToldOrders;
  readonly sockets: ClientSockets;
  /** Lets nobody of the session in any more, and closes its sockets here. */
  endSession(sessionId: string): void;
  /** The same of all sessions of a user whose account was deleted. */
  endUser(userId: string): void;
}

export const createLive = (deps: LiveDeps, options: LiveOptions): Live => {
  const { portfolios, find, viewedHere, prices, market, sessions, watchlists, clock, log } = deps;
  const { board, feed, frames } = prices;
  const { gate, tokenClock, verifyAndAsk: verify } = sessions;
  const metrics = createSocketMetrics(deps.metrics);
  const simulated = () => market.kind.simulated === true;
  const kind = () => market.kind.simulated;
  const live = createLivePortfolios(
    { portfolios: withDemo(portfolios), viewedHere, board, feed, clock, log, simulated: kind, asOf: frames.now },
    options,
  );
  const watching = createWatching({ board, feed, clock, log, simulated, read: (userId) => watchlists.watched(userId) });
  const balances = createToldBalances(deps.readBases);
  const orders = createToldOrders();
  const limits = { ...defaultSocketLimits, ...options.socketLimits };
  const sockets = createClientSockets(
    { live, find, watching, balances, orders, verify, clock, tokenClock, log, metrics },
    { ...options, limits },
  );
  return {
    portfolios: live,
    watching,
    balances,
    orders,
    sockets,
    endSession: (sessionId) => {
      gate.end(sessionId);
      sockets.endSession(sessionId);
    },
    endUser: (userId) => {
      gate.end(userId);
      sockets.endUser(userId);
    },
  };
};
