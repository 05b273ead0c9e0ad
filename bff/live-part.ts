import type { AccessToken } from '@tickfolio/lib/access-token';
import { AppError } from '@tickfolio/lib/errors';
import type { BffDeps } from './app.js';
import type { ClientSocketLimits } from './client-socket.js';
import { type ClientSockets, createClientSockets } from './client-sockets.js';
import { createDemand, type Demand } from './demand.js';
import { createEndedSessions } from './ended-sessions.js';
import { createLivePortfolios } from './live-portfolios.js';
import { createNotices, type Notices } from './notices.js';
import type { Portfolios } from './portfolios.js';
import { createPriceBoard } from './price-board.js';
import { createPriceFeed } from './price-feed.js';
import type { VerifyAccessToken } from './sign-in.js';
import { createSocketMetrics } from './socket-metrics.js';
import { createSymbols, type Symbols } from './symbols.js';

export interface LivePartOptions {
  readonly staleAfterMs: number;
  readonly pushWindowMs: number;
  readonly demandPeriodMs: number;
  readonly maxSockets: number;
  readonly maxSocketsPerUser: number;
  readonly closeSpreadMs: number;
  readonly limits: ClientSocketLimits;
}

/** Everything between the price bus and the clients' sockets. */
export interface LivePart {
  readonly sockets: ClientSockets;
  readonly symbols: Symbols;
  readonly demand: Demand;
  readonly notices: Notices;
  /** Refuses also the tokens of sessions that ended lately. */
  readonly verify: VerifyAccessToken;
  portfolioChanged(userId: string, symbolsChanged: boolean): void;
  close(): Promise<void>;
}

const sweepMs = 1_000;
/** Longer than any access token lives. */
const rememberEndedMs = 60 * 60_000;

export const createLivePart = (
  { aggregator, priceBus, pubsub, clock, log, metrics }: BffDeps,
  portfolios: Portfolios,
  verifyToken: VerifyAccessToken,
  options: LivePartOptions,
): LivePart => {
  const socketMetrics = createSocketMetrics(metrics);
  const ended = createEndedSessions(clock, rememberEndedMs);
  const verify = (text: string): AccessToken => {
    const token = verifyToken(text);
    if (ended.has(token.sessionId)) throw new AppError('unauthenticated', 'The session was ended; sign in again.');
    return token;
  };
  const symbols = createSymbols();
  const board = createPriceBoard({ clock, staleAfterMs: options.staleAfterMs, onChange: (listing) => live.priceChanged(listing) });
  const feed = createPriceFeed({ priceBus, board, clock, log, onMalformed: () => socketMetrics.malformedPrices.inc() });
  const demand: Demand = createDemand(
    { portfolios, aggregator, symbols, board, clock, log, onSimulated: () => live.allChanged(), checkPriceBus: () => priceBus.check() },
    { periodMs: options.demandPeriodMs },
  );
  const live = createLivePortfolios(
    { portfolios, board, feed, clock, log, simulated: () => demand.simulated },
    { pushWindowMs: options.pushWindowMs },
  );
  const sockets = createClientSockets({ live, verify, clock, log, metrics: socketMetrics }, options);
  const notices = createNotices(
    { pubsub, clock, log },
    {
      portfolioChanged: live.reload,
      sessionEnded: (sessionId) => {
        ended.add(sessionId);
        sockets.endSession(sessionId);
      },
      resumed: live.reloadAll,
    },
  );
  const sweep = clock.every(sweepMs, board.sweep);

  return {
    sockets,
    symbols,
    demand,
    notices,
    verify,
    portfolioChanged: (userId, symbolsChanged) => {
      notices.portfolioChanged(userId);
      if (symbolsChanged) demand.changed();
    },
    close: async () => {
      sweep.cancel();
      demand.close();
      live.close();
      await notices.close();
      await feed.close();
    },
  };
};
