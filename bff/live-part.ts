import { randomUUID } from 'node:crypto';
import type { AccessToken } from '@tickfolio/lib/access-token';
import { createSessionGate, type SessionGate } from './accounts/session-gate.js';
import type { TokenClock } from './accounts/token-clock.js';
import type { VerifyAccessToken } from './api/sign-in.js';
import type { BffDeps } from './app.js';
import { createDemand, type Demand } from './demand/demand.js';
import { createKeptPrices } from './history/kept-prices.js';
import { createValueHistory, type ValueHistory } from './history/value-history.js';
import { createValuePartitions } from './history/value-partitions.js';
import { createValueRecorder } from './history/value-recorder.js';
import { createValueRetention } from './history/value-retention.js';
import { createValueRounds } from './history/value-rounds.js';
import type { ClientSocketLimits } from './live/client-socket.js';
import { type ClientSockets, createClientSockets } from './live/client-sockets.js';
import { createLivePortfolios, type LivePortfolios } from './live/live-portfolios.js';
import { startReconciliation } from './live/reconciliation.js';
import { createSocketMetrics, showSymbols } from './live/socket-metrics.js';
import { createExchangeClock, type ExchangeClock } from './market/exchange-clock.js';
import { createKeptListings, type KeptListings } from './market/kept-listings.js';
import { startListingKeeper } from './market/listing-keeper.js';
import { createPriceKind, type PriceKind } from './market/price-kind.js';
import { createSymbolLookup, type SymbolLookup } from './market/symbol-lookup.js';
import { createSymbols, type Symbols } from './market/symbols.js';
import { startChangeRetention } from './portfolio/change-retention.js';
import type { PortfolioNews } from './portfolio/coin-routes.js';
import type { Portfolios } from './portfolio/portfolios.js';
import { createFrameClock } from './prices/frame-clock.js';
import { createPriceBoard } from './prices/price-board.js';
import { createPriceFeed } from './prices/price-feed.js';
import { createNotices, type Notices } from './replicas/notices.js';

export interface LivePartOptions {
  readonly staleAfterMs: number;
  readonly pushWindowMs: number;
  readonly frameEveryMs: number;
  readonly demandPeriodMs: number;
  readonly maxSockets: number;
  readonly maxSocketsPerUser: number;
  readonly closeSpreadMs: number;
  readonly reconcileEveryMs: number;
  readonly limits: ClientSocketLimits;
}

/** Everything between the price bus and the clients' sockets. */
export interface LivePart {
  readonly portfolios: Pick<LivePortfolios, 'join'>;
  readonly sockets: ClientSockets;
  readonly symbols: Symbols;
  readonly lookup: SymbolLookup;
  /** What was listed at any time; written here. */
  readonly listings: Pick<KeptListings, 'read'>;
  readonly exchange: ExchangeClock;
  readonly kind: PriceKind;
  readonly demand: Demand;
  /** What portfolios were worth; written here once a minute. */
  readonly history: ValueHistory;
  readonly notices: Notices;
  /** Refuses also the tokens of sessions known to have ended. */
  readonly verify: VerifyAccessToken;
  readonly gate: SessionGate;
  portfolioChanged(userId: string, news: PortfolioNews): void;
  close(): Promise<void>;
}

const sweepMs = 1_000;

export const createLivePart = (
  {
    postgres,
    auth,
    aggregator,
    priceBus,
    pubsub,
    clock,
    tokenClock,
    log,
    metrics,
  }: BffDeps & { readonly tokenClock: Pick<TokenClock, 'now'> },
  portfolios: Portfolios,
  verifyToken: VerifyAccessToken,
  options: LivePartOptions,
): LivePart => {
  const socketMetrics = createSocketMetrics(metrics);
  const notices = createNotices({ pubsub, clock, log });
  const gate = createSessionGate({ auth, foundEnded: notices.sessionEnded, clock, log, metrics });
  const verify = (text: string): AccessToken => {
    const token = verifyToken(text);
    gate.refuseEnded(token.sessionId);
    return token;
  };
  /** For a token sent over an open socket, which closes a moment later if the session proves to be over. */
  const verifyAndAsk = (text: string): AccessToken => {
    const token = verify(text);
    gate.ask(token.sessionId, randomUUID()).catch(() => undefined); // Found to be over it was told to the sockets.
    return token;
  };
  const symbols = createSymbols();
  const lookup = createSymbolLookup({ aggregator, symbols, clock, log });
  const exchange = createExchangeClock(clock);
  const frames = createFrameClock(clock);
  const board = createPriceBoard({
    clock,
    exchange,
    frames,
    staleAfterMs: options.staleAfterMs,
    standing: symbols.standing,
  });
  const kind = createPriceKind();
  const kept = createKeptPrices(postgres.db);
  const feed = createPriceFeed({
    priceBus,
    board,
    kept: (asked) => {
      const known = kind.now();
      return known && kept.read(known, asked);
    },
    clock,
    log,
    onMalformed: () => socketMetrics.malformedPrices.inc(),
    onFresh: ({ timeMs }) => socketMetrics.priceLag.observe(Math.max(0, exchange.now() - timeMs) / 1_000),
  });
  const live = createLivePortfolios(
    { portfolios, board, feed, clock, log, simulated: () => kind.simulated === true, asOf: frames.now },
    { pushWindowMs: options.pushWindowMs, frameEveryMs: options.frameEveryMs },
  );
  const onSimulated = (simulated: boolean, isNews: boolean) => {
    board.setSimulated(simulated);
    feed.reread(); // What is kept can be asked for, or has to be asked for anew.
    if (isNews) live.allChanged();
  };
  const demand = createDemand(
    { portfolios, aggregator, symbols, board, kind, exchange, clock, log, onSimulated, checkPriceBus: () => priceBus.check() },
    { periodMs: options.demandPeriodMs },
  );
  const sockets = createClientSockets({ live, verify: verifyAndAsk, clock, tokenClock, log, metrics: socketMetrics }, options);
  const endSession = (sessionId: string) => {
    gate.end(sessionId);
    sockets.endSession(sessionId);
  };
  notices.connect({ portfolioChanged: live.reload, sessionEnded: endSession, resumed: live.reloadAll });
  const reconciliation = startReconciliation(
    { portfolios, live, auth, hasEnded: gate.hasEnded, foundEnded: endSession, clock, log, metrics },
    { periodMs: options.reconcileEveryMs },
  );
  const listings = createKeptListings(postgres.db);
  const listingKeeper = startListingKeeper({ symbols, listings, clock, log });
  const changeRetention = startChangeRetention({ portfolios, clock, log });
  showSymbols(
    metrics,
    () => feed.symbols(),
    (symbol) => board.isStale(symbol),
  );
  const history = createValueHistory(postgres.db);
  const recorder = createValueRecorder({
    history,
    rounds: createValueRounds(postgres.db),
    portfolios,
    board,
    priceBus,
    kept,
    kind: () => (demand.check() === undefined ? kind.now() : undefined),
    clock,
    exchange,
    log,
  });
  const retention = createValueRetention({ partitions: createValuePartitions(postgres.db, clock), history, clock, exchange, log });
  const sweep = clock.every(sweepMs, board.sweep);

  return {
    portfolios: live,
    sockets,
    symbols,
    lookup,
    listings,
    exchange,
    kind,
    demand,
    history,
    notices,
    verify,
    gate,
    portfolioChanged: (userId, { version, symbolsChanged }) => {
      notices.portfolioChanged(userId, version);
      if (symbolsChanged) demand.changed();
    },
    close: async () => {
      sweep.cancel();
      reconciliation.close();
      changeRetention.close();
      listingKeeper.close();
      retention.close();
      await recorder.close();
      demand.close();
      live.close();
      await notices.close();
      await feed.close();
    },
  };
};
