import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { webSocketPath } from '@tickfolio/api/web-socket';
import { createAccessTokenVerifier } from '@tickfolio/lib/access-token';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { type Clock, waitUntil } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { addOperations, createHttpServer, cutStalledStreams, type Dependency, listen, measureRequests } from '@tickfolio/lib/http';
import type { Postgres } from '@tickfolio/lib/postgres';
import type { PriceBus } from '@tickfolio/lib/price-bus';
import type { PubSub } from '@tickfolio/lib/pubsub';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { createThrottle, type ThrottleLimit } from '@tickfolio/lib/throttle';
import type { FastifyInstance } from 'fastify';
import type { AuthClient } from './accounts/auth-client.js';
import { authRoutes } from './accounts/auth-routes.js';
import { createTokenClock, tellingTime } from './accounts/token-clock.js';
import { serveUnder, withoutBasePath } from './api/base-path.js';
import { documents } from './api/documents.js';
import { errorPages, errorPagesAt } from './api/error-pages.js';
import { bodyFaults } from './api/input-faults.js';
import { acceptJsonOnly } from './api/json-body.js';
import { swaggerOptions, swaggerUiOptions } from './api/openapi.js';
import { corsOptions, createOrigins } from './api/origins.js';
import { createReadTurns, type ReadsPerUser } from './api/read-turns.js';
import { createMarketArchive } from './archive/market-archive.js';
import { candleRoutes } from './history/candle-routes.js';
import { historyRoutes } from './history/history-routes.js';
import { valueRoutes } from './history/value-routes.js';
import { type ClientSocketLimits, defaultSocketLimits } from './live/client-socket.js';
import { frameRoute } from './live/frame-route.js';
import { takeUpgrades, webSocketRoute } from './live/ws-route.js';
import { createLivePart } from './live-part.js';
import type { AggregatorClient } from './market/aggregator-client.js';
import { symbolRoutes } from './market/symbol-routes.js';
import { createPageAssets } from './page/page-assets.js';
import { addWebFiles } from './page/web-files.js';
import { coinRoutes } from './portfolio/coin-routes.js';
import { createPortfolios } from './portfolio/portfolios.js';
import { profileRoutes } from './portfolio/profile-routes.js';
import { tellAddress } from './proxies/start-words.js';
import { createTransportWatch } from './proxies/transport-watch.js';
import { readinessOf } from './readiness.js';

export { type AuthClient, createAuthClient } from './accounts/auth-client.js';
export { createCircuitMetrics } from './circuit-metrics.js';
export { findAggregators } from './market/aggregator-addresses.js';
export { type AggregatorClient, createAggregatorClient } from './market/aggregator-client.js';
export { createAggregators } from './market/aggregators.js';
export { builtPage } from './page/web-files.js';
export { cookiesInWords } from './proxies/start-words.js';
export { migrationsFolder } from './schema.js';

export interface BffDeps {
  /** `profile_db`, opened with `migrationsFolder`. */
  readonly postgres: Postgres;
  readonly auth: AuthClient;
  readonly aggregator: AggregatorClient;
  readonly priceBus: PriceBus;
  /** Carries the notices between replicas. */
  readonly pubsub: PubSub;
  /** The archive of prices, as soon as there is one. Default: there is none, and the page draws what happens now. */
  readonly clickhouse?: () => ClickHouse | undefined;
  /** What else stands in this process and is needed for prices, to be told in `/ready`; no reason to be not ready. Default nothing. */
  readonly beside?: readonly Dependency[];
  /** What of it `/ready` shows beside the BFF's own facts. */
  readonly factsBeside?: () => Readonly<Record<string, unknown>>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface BffOptions {
  /** What access tokens are signed with. */
  readonly jwtSecret: string;
  /** False only with `ENV=local`. Default true. */
  readonly secureCookie?: boolean;
  /** The addresses at which people open the page, each ending in a slash; then requests of pages elsewhere are refused. Default not known. */
  readonly publicUrls?: readonly string[];
  /** The path under which the page stands in its host, with a slash at both ends; proxies may take it off or leave it on. Default `/`. */
  readonly basePath?: string;
  /** As fastify has it: which proxies' `X-Forwarded-*` are believed. Default none. */
  readonly trustProxy?: boolean | string[];
  /** Origins of pages that may call besides the server's own. Default none. */
  readonly allowedOrigins?: readonly string[];
  /** A price whose trade is older is marked stale. Default 60 000. */
  readonly staleAfterMs?: number;
  /** Ticks that arrive within this time make one push per user. Default 5. */
  readonly pushWindowMs?: number;
  /** A connected client gets a frame at least so often, also when no price moves. Default 1 000. */
  readonly frameEveryMs?: number;
  /** How often the needed symbols are told to the aggregator. Default 2 000. */
  readonly demandPeriodMs?: number;
  /** Default 500. */
  readonly maxCoinsPerProfile?: number;
  /** Default 20. */
  readonly maxSocketsPerUser?: number;
  /** Default 20 000. */
  readonly maxSockets?: number;
  readonly socketLimits?: Partial<ClientSocketLimits>;
  /** Closing every client on shutdown is spread over so long. Default 2 000. */
  readonly closeSpreadMs?: number;
  /** Calls of one address to one auth route in `authWindowMs`. Default 60 in 60 000. */
  readonly maxAuthCalls?: number;
  readonly authWindowMs?: number;
  /** Changes of the coins of one user. Default 300 at once, then one a second. */
  readonly writesPerUser?: ThrottleLimit;
  /** What one user reads, of the database and of the archive each. Default 4 at once, and 100 waiting. */
  readonly readsPerUser?: ReadsPerUser;
  /** How often what is shown is compared with the database, and the auth service asked for ends of sessions. Default 20 000. */
  readonly reconcileEveryMs?: number;
  /** The folder of the built page (`builtPage`). Default: no page is served. */
  readonly webFolder?: string;
  /** What the archive is called. Default `crypto` and `market_tickers`. */
  readonly archiveDatabase?: string;
  readonly archiveTable?: string;
}

const maxBodyBytes = 16 * 1024;
/** Enough to fill a portfolio in one go. */
const writesPerUser: ThrottleLimit = { burst: 300, refillMs: 1_000 };

/** Builds the whole BFF without listening. Closing the instance closes what it opened; the dependencies stay their owner's. */
const createBff = (deps: BffDeps, options: BffOptions): FastifyInstance => {
  const { postgres, clock, log, metrics } = deps;
  const { basePath = '/', publicUrls = [], allowedOrigins = [], secureCookie = true } = options;
  const app = createHttpServer({
    log,
    bodyLimit: maxBodyBytes,
    trustProxy: options.trustProxy ?? false,
    errorPages: errorPagesAt(basePath),
    rewriteUrl: ({ url = '/' }) => withoutBasePath(url, basePath),
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: true, verbose: true } },
    schemaErrorFormatter: (faults) => bodyFaults(faults),
  });
  serveUnder(app, basePath);
  acceptJsonOnly(app);

  const tokenClock = createTokenClock(deps);
  const auth = tellingTime(deps.auth, tokenClock, clock);
  const verifyToken = createAccessTokenVerifier({ secret: options.jwtSecret, clock: tokenClock });
  const portfolios = createPortfolios(
    postgres.db,
    options.maxCoinsPerProfile === undefined ? { clock } : { clock, maxCoins: options.maxCoinsPerProfile },
  );
  const atPublic = (path: string) => basePath + path.slice(1);
  const origins = createOrigins(deps, { publicUrls, allowed: allowedOrigins, secureCookie, webSocketPath: atPublic(webSocketPath) });
  const live = createLivePart({ ...deps, auth, tokenClock }, portfolios, verifyToken, {
    staleAfterMs: options.staleAfterMs ?? 60_000,
    pushWindowMs: options.pushWindowMs ?? 5,
    frameEveryMs: options.frameEveryMs ?? 1_000,
    demandPeriodMs: options.demandPeriodMs ?? 2_000,
    maxSockets: options.maxSockets ?? 20_000,
    maxSocketsPerUser: options.maxSocketsPerUser ?? 20,
    closeSpreadMs: options.closeSpreadMs ?? 2_000,
    reconcileEveryMs: options.reconcileEveryMs ?? 20_000,
    limits: { ...defaultSocketLimits, ...options.socketLimits },
  });
  const { verify } = live;
  const turns = createReadTurns(clock, options.readsPerUser);
  const { inTurn } = turns;

  measureRequests(app, metrics);
  cutStalledStreams(app, clock);
  void app.register(swagger, swaggerOptions(basePath));
  void app.register(helmet, {
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null, connectSrc: ["'self'"] } },
    strictTransportSecurity: secureCookie,
  });
  if (allowedOrigins.length > 0) void app.register(cors, corsOptions(allowedOrigins));
  void app.register(cookie);
  void app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { ttl }) =>
      new AppError('resource_exhausted', 'Too many attempts from this address; please wait.', { retryAfterMs: ttl }),
  });
  takeUpgrades(app, live.sockets, errorPagesAt(basePath));
  void app.register(async (scope) => {
    scope.decorateRequest('signedIn', null);
    scope.addHook('onRequest', async (request) => {
      if (request.ws && !request.is404 && request.routeOptions.url !== webSocketPath)
        throw new AppError('invalid_argument', `Only ${webSocketPath} speaks WebSocket.`);
    });
    await scope.register(authRoutes, {
      prefix: '/api/v1/auth',
      auth,
      portfolios,
      notices: live.notices,
      verify,
      gate: live.gate,
      tokenClock,
      origins,
      watch: createTransportWatch(deps, { secureCookie }),
      publicPath: atPublic('/api/v1/auth'),
      secureCookie,
      maxCalls: options.maxAuthCalls ?? 60,
      windowMs: options.authWindowMs ?? 60_000,
    });
    await scope.register(profileRoutes, { prefix: '/api/v1/profile', verify, inTurn, portfolios });
    await scope.register(coinRoutes, {
      prefix: '/api/v1/profile',
      verify,
      portfolios,
      writes: createThrottle({
        clock,
        ...(options.writesPerUser ?? writesPerUser),
        words: 'Too many changes in a short time; please wait a little.',
      }),
      symbols: live.symbols,
      lookup: live.lookup,
      onChange: live.portfolioChanged,
    });
    await scope.register(frameRoute, { prefix: '/api/v1/profile', verify, inTurn, live: live.portfolios, clock });
    // Tickers have the exchange's times, and so has the day that is counted from.
    const exchangeClock = { ...clock, now: live.exchange.now };
    const archive = createMarketArchive({
      clickhouse: deps.clickhouse ?? (() => undefined),
      database: options.archiveDatabase ?? 'crypto',
      table: options.archiveTable ?? 'market_tickers',
      clock: exchangeClock,
    });
    const kind = live.kind.now;
    await scope.register(historyRoutes, { verify, ...turns, history: live.history, archive, portfolios, kind, clock: exchangeClock });
    await scope.register(candleRoutes, {
      verify,
      ...turns,
      archive,
      portfolios,
      symbols: live.symbols,
      lookup: live.lookup,
      keptListings: live.listings,
      kind,
      clock: exchangeClock,
    });
    await scope.register(valueRoutes, { verify, inTurn, history: live.history, kind });
    await scope.register(symbolRoutes, { symbols: live.symbols, lookup: live.lookup });
    await scope.register(webSocketRoute, { verify, gate: live.gate, sockets: live.sockets, origins });
    await scope.register(
      swaggerUi,
      swaggerUiOptions(basePath, () => live.kind.simulated === true),
    );
    await scope.register(documents);
    await scope.register(errorPages, { basePath });
    if (options.webFolder === undefined) scope.get('/', async (_request, reply) => reply.redirect(atPublic('/docs')));
    else
      addWebFiles(scope, options.webFolder, {
        root: app,
        basePath,
        share: (files) => createPageAssets({ db: postgres.db, clock, log, files }),
      });
    addOperations(scope, { metrics, ...readinessOf(deps, live, tokenClock) });
  });
  app.addHook('onClose', () => live.close());
  return app;
};

export interface ListenOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** On closing, answers that a client has not taken after so long are cut off. Default 5 000. */
  readonly drainMs?: number;
}

export interface RunningBff {
  readonly port: number;
  /** Sends every client elsewhere, finishes what was asked, and closes, within some 6 s and no later than the signal. */
  close(until?: AbortSignal): Promise<void>;
}

/** Builds the BFF and listens. @throws StartError when the port is taken */
export const startBff = async (deps: BffDeps, options: BffOptions & ListenOptions): Promise<RunningBff> => {
  const app = createBff(deps, options);
  try {
    const port = await listen(app, options, 'HTTP_PORT');
    const { publicUrls = [], basePath = '/', trustProxy = false, secureCookie = true } = options;
    tellAddress(deps.log, { publicUrls, basePath, trustProxy, secureCookie });
    const close = async (until?: AbortSignal) => {
      const cut = deps.clock.after(options.drainMs ?? 5_000, () => app.server.closeAllConnections());
      await waitUntil(until, app.close());
      cut.cancel();
    };
    return { port, close };
  } catch (err) {
    await app.close();
    throw err;
  }
};
