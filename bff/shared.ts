import { webSocketPath } from '@tickfolio/api/web-socket';
import { waitUntil } from '@tickfolio/lib/clock';
import { databaseTime } from '@tickfolio/lib/postgres';
import { createAuthClient } from './accounts/auth-client.js';
import { createSessions, type Sessions } from './accounts/sessions.js';
import { type Adoption, startAdoption } from './adoption/adoption.js';
import { createHoldingClient } from './adoption/holding-client.js';
import { createOrigins, type Origins } from './api/origins.js';
import { createReadTurns, type ReadTurns } from './api/read-turns.js';
import { createWrites, type Writes } from './api/writes.js';
import { startShownAudits } from './audits/audits.js';
import { createPositionsClient } from './audits/positions-client.js';
import { createDemand, type Demand } from './demand/demand.js';
import { type DeletedUsers, nothingBesides, startDeletedUsers } from './erasure/deleted-users.js';
import { createKlines, type Klines } from './exchange/klines.js';
import { createPageAllowance, type TakePages } from './exchange/page-allowance.js';
import { createSocketClient } from './exchange/socket-client.js';
import { createKeptPrices } from './history/kept-prices.js';
import { createFindView, type FindView } from './holdings/find-view.js';
import { createMomentPrices, type LookUpPrices } from './holdings/moment-prices.js';
import { createProjection } from './holdings/projection.js';
import { createSeenBases } from './holdings/seen-bases.js';
import { createViewedHere } from './holdings/viewed-here.js';
import { createViewedPortfolios, withViewed } from './holdings/viewed-portfolios.js';
import { createViews, type Views } from './holdings/views.js';
import { createSymbolLeases, type SymbolLeases, withLeases } from './leases/symbol-leases.js';
import { startWatchedLeases } from './leases/watched-leases.js';
import { startToldChannels } from './live/channels/told-channels.js';
import { createLive, type Live } from './live/live.js';
import { createMarket, type Market } from './market/market.js';
import type { BffDeps, SettledOptions } from './options.js';
import { type CoinChanges, createCoinChanges } from './portfolio/coin-changes.js';
import type { PortfolioNews } from './portfolio/coin-routes.js';
import { createPortfolios, type Portfolios } from './portfolio/portfolios.js';
import { createAskPortfolio, createKnowPortfolio, type KnowPortfolio } from './portfolios/known-portfolios.js';
import { createPortfolioCalls } from './portfolios/user-turns.js';
import { createPrices, type Prices } from './prices/prices.js';
import { createNotices, type Notices } from './replicas/notices.js';
import { createTickerBoard, type TickerBoard } from './tickers/ticker-board.js';
import { createWatchlistClient } from './watchlist/watchlist-client.js';

/** What several domains need: built before any of them, closed after all. What one alone needs it builds itself. */
export interface Shared {
  readonly deps: BffDeps;
  readonly options: SettledOptions;
  readonly origins: Origins;
  readonly notices: Notices;
  readonly sessions: Sessions;
  readonly turns: ReadTurns;
  readonly portfolios: Portfolios;
  readonly adoption: Pick<Adoption, 'progress'>;
  readonly coinChanges: CoinChanges;
  readonly market: Market;
  readonly prices: Prices;
  readonly live: Live;
  readonly demand: Demand;
  /** The exchange's own candles. */
  readonly klines: Klines;
  readonly takePages: TakePages;
  /** Limits what one user changes, whatever that is: of coins, portfolios, their links or the watchlist. */
  readonly writes: Writes;
  /** The last 24 hours of all symbols. */
  readonly tickerBoard: TickerBoard;
  readonly lookUpPrices: LookUpPrices;
  readonly leases: SymbolLeases;
  readonly views: Views;
  readonly findView: FindView;
  readonly deletedUsers: DeletedUsers;
  /** Settles with the reason only when what others tell is not read any more, ever: whoever runs it should end. */
  readonly failed: Promise<Error>;
  /** Where the browser sees a path of this server. */
  atPublic(path: string): string;
  /** Has what changed in a user's coins shown everywhere, and its symbols followed. */
  portfolioChanged(userId: string, news: PortfolioNews): void;
  readonly knowPortfolio: KnowPortfolio;
  close(): Promise<void>;
}

/** For what is being told and heard, which is done again otherwise. */
const closeMs = 2_000;

/** Each knows only what was built before it; the last lines connect what is to hear of what comes later. */
export const createShared = (deps: BffDeps, options: SettledOptions): Shared => {
  const { postgres, aggregator, priceBus, pubsub, clock, log, metrics } = deps;
  const { publicUrls, allowedOrigins, secureCookie, basePath } = options;
  const atPublic = (path: string) => basePath + path.slice(1);
  const origins = createOrigins(deps, {
    publicUrls,
    allowed: allowedOrigins,
    secureCookie,
    webSocketPath: atPublic(webSocketPath),
  });
  const turns = createReadTurns(clock, options.readsPerUser);
  const notices = createNotices({ pubsub, clock, log });
  const auth = deps.neighbours.client('auth', createAuthClient);
  const sessions = createSessions({ auth, notices, clock, log, metrics }, options.jwtSecret);
  const portfolios = createPortfolios(postgres.db, { clock, maxCoins: options.maxCoinsPerProfile });
  const market = createMarket({ aggregator, clock, log });
  const { read: readKept } = createKeptPrices(postgres.db);
  const prices = createPrices({ priceBus, readKept, market, clock, log, metrics }, options.staleAfterMs);
  const { time = databaseTime } = deps;
  const views = createViews({ db: postgres.db, owned: portfolios });
  const viewed = createViewedPortfolios(postgres.db, time);
  const viewedHere = createViewedHere({ viewed, clock, log });
  const client = deps.neighbours.client('portfolio', createPortfolioCalls);
  const otherPortfolioChanged = (userId: string, portfolioId: string) =>
    notices.portfolioChanged(userId, undefined, portfolioId);
  const knowPortfolio = createKnowPortfolio({ db: postgres.db, log, changed: otherPortfolioChanged });
  const simulated = () => market.kind.simulated;
  const ask = createAskPortfolio({ client, know: knowPortfolio, simulated });
  const findView = createFindView({ db: postgres.db, simulated, ask });
  const watchlists = deps.neighbours.client('portfolio', createWatchlistClient);
  const readBases = createSeenBases(postgres.db);
  const live = createLive(
    {
      ...{ portfolios: views, find: findView, viewedHere, prices, market, sessions, watchlists, readBases },
      ...{ clock, log, metrics },
    },
    options,
  );

  const { board, feed } = prices;
  const onSimulated = (simulated: boolean, isNews: boolean) => {
    board.setSimulated(simulated);
    feed.reread(); // What is kept can be asked for, or has to be asked for anew.
    if (isNews) live.portfolios.allChanged();
  };
  const leases = createSymbolLeases(postgres.db, time);
  const demand = createDemand(
    {
      ...market,
      portfolios: withViewed(withLeases(portfolios, leases), viewed),
      aggregator,
      board,
      onSimulated,
      clock,
      log,
      checkPriceBus: () => priceBus.check(),
    },
    { periodMs: options.demandPeriodMs },
  );
  viewedHere.connect(demand.changed);
  const { watching } = live;
  const watched = watching.symbols;
  const watchedLeases = startWatchedLeases({ watched, leases, onChange: demand.changed, clock, log });
  const { reload, reloadAll } = live.portfolios;
  const holding = deps.neighbours.client('portfolio', createHoldingClient);
  const adoption = startAdoption({ db: postgres.db, time: deps.time, client: holding, simulated, clock, log });
  const { beginning, handOver, handBack } = adoption;
  const coinChanges = createCoinChanges({
    ...{ db: postgres.db, here: portfolios, there: holding, simulated, clock, log },
    ...{ beginning, handOver, handBack, maxCoins: options.maxCoinsPerProfile },
  });
  const klines = createKlines({ socket: deps.neighbours.client('socket', createSocketClient), clock });
  const takePages = createPageAllowance(clock, options.pagesPerUser);
  const words = 'Too many changes in a short time; please wait a little.';
  const writes = createWrites({ clock, ...options.writesPerUser, words });
  const tickerBoard = createTickerBoard();
  const exchangeNow = market.exchange.now;
  const { staleAfterMs } = options;
  const lookUpPrices = createMomentPrices({ board, feed, tickers: tickerBoard, simulated, exchangeNow, staleAfterMs });
  const deletedUsers = startDeletedUsers(
    {
      ...{ ...deps, db: postgres.db, time, notices, listEvents: auth.listEvents },
      besides: options.without.includes('portfolio')
        ? nothingBesides
        : createProjection({ listEvents: client.listEvents, changed: otherPortfolioChanged }),
    },
    { pollMs: options.relayPollMs },
  );
  const toldChannels = startToldChannels({ eventLog: deps.eventLog, live, clock, log }, options);
  const there = deps.neighbours.client('portfolio', createPositionsClient);
  const underWay = () => deps.eventLog.check();
  const audits = options.without.includes('portfolio')
    ? undefined
    : startShownAudits({ db: postgres.db, there, underWay, clock, log, metrics }, { periodMs: options.auditPeriodMs });
  const shown = (...of: Parameters<typeof live.balances.shown>) => {
    // Where it cannot be read now, the next change of it says the same.
    live.balances.shown(...of).catch((err: unknown) => log.debug({ err }, 'versions of balances cannot be read now'));
  };
  notices.connect({
    portfolioChanged: (...of) => {
      reload(...of);
      shown(of[0], of[2]);
    },
    watchlistChanged: watching.changed,
    sessionEnded: live.endSession,
    userErased: live.endUser,
    resumed: () => {
      reloadAll();
      shown();
      watching.allChanged();
    },
  });

  return {
    ...{ deps, options, origins, notices, sessions, turns, portfolios, market, prices, live, demand, atPublic },
    ...{ adoption, coinChanges, klines, takePages, writes, leases, views, findView, knowPortfolio, deletedUsers },
    ...{ tickerBoard, lookUpPrices },
    failed: Promise.race([deletedUsers.failed, toldChannels.failed]),
    portfolioChanged: (userId, { version, symbolsChanged }) => {
      notices.portfolioChanged(userId, version);
      if (symbolsChanged) demand.changed();
    },
    close: async () => {
      await Promise.all([deletedUsers, toldChannels].map((one) => one.close(AbortSignal.timeout(closeMs))));
      watchedLeases.close();
      await waitUntil(AbortSignal.timeout(closeMs), audits?.close() ?? Promise.resolve());
      await waitUntil(AbortSignal.timeout(closeMs), adoption.close());
      demand.close();
      viewedHere.close();
      watching.close();
      live.portfolios.close();
      await notices.close();
      await prices.close();
    },
  };
};
