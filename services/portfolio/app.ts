import { randomUUID } from 'node:crypto';
import type { Clock } from '@tickfolio/lib/clock';
import type { Address } from '@tickfolio/lib/config';
import type { EventLog } from '@tickfolio/lib/event-log';
import type { GrpcTls } from '@tickfolio/lib/grpc';
import { createLease, type ListEvents } from '@tickfolio/lib/outbox';
import { type DatabaseTime, databaseTime, type Postgres } from '@tickfolio/lib/postgres';
import { type RunningService, watchDependency } from '@tickfolio/lib/service';
import { serveGrpc } from '@tickfolio/lib/service/grpc';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { startAssetFeed } from './assets/asset-feed.js';
import { createAssetLists } from './assets/asset-lists.js';
import type { SocketClient } from './assets/socket-client.js';
import { startAudits } from './audits/audits.js';
import { createBooks } from './books/books.js';
import { startCleanup } from './cleanup.js';
import { serveEvents } from './events/event-rpc.js';
import { startPortfolioEvents } from './events/portfolio-events.js';
import { defaultLimits, type PortfolioLimits } from './limits.js';
import { createDefaultPortfolios } from './portfolios/default-portfolios.js';
import { createTellOfPortfolio } from './portfolios/portfolio-stream.js';
import { createPortfolios } from './portfolios/portfolios.js';
import { createForgetRequests } from './portfolios/requests.js';
import { createRequireRoom } from './portfolios/room.js';
import { paperCurrency } from './postings/asset-rows.js';
import { createCommand } from './postings/once.js';
import { serve, serviceName } from './rpc.js';
import * as schema from './schema.js';
import { serveShares } from './shares/share-rpc.js';
import { createShares } from './shares/shares.js';
import { createPriceKind } from './users/price-kind.js';
import { startUserIntake } from './users/user-intake.js';
import { createWatchlist } from './watchlist/watchlist.js';
import { serveWatchlist } from './watchlist/watchlist-rpc.js';

export { createSocketClient, type SocketClient } from './assets/socket-client.js';
export { beginEpoch, holdsPortfolios } from './events/restored-events.js';
export type { PortfolioLimits } from './limits.js';
export { migrationsFolder } from './migrations-folder.js';
export { tables } from './tables.js';
export { portfolioTopics } from './topics.js';

/** An added replica gets calls within a minute; nothing streams here. */
const maxConnectionAgeMs = 45_000;

export interface PortfolioDeps {
  /** Opened with `migrationsFolder`; stays its owner's to close. */
  readonly postgres: Postgres;
  /**
   * With `portfolioEvents`, `balanceEvents`, `userEvents` and the dead letters of these among its topics. It may be away:
   * what happens waits in the database.
   */
  readonly eventLog: Pick<EventLog, 'append' | 'check' | 'consume' | 'offsets'>;
  /** What auth has told, from its own table: see `connectOwner`. */
  readonly accounts: ListEvents;
  /** What the exchange lists. It may be away: then assets stay as they are known. */
  readonly socket: SocketClient;
  readonly clock: Clock;
  /** What rows are stamped and judged by. Default the database's own. */
  readonly time?: DatabaseTime;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface PortfolioOptions {
  readonly address: Address;
  /** Where /health, /ready and /metrics are served; absent: nowhere. */
  readonly operationsAddress?: Address | undefined;
  /** Absent: gRPC is not encrypted. */
  readonly tls?: GrpcTls | undefined;
  /** What everybody's portfolio for paper money begins with, in USDT: decimal text, `0` for nothing. */
  readonly paperGrant: string;
  readonly limits?: Partial<PortfolioLimits>;
}

export interface RunningPortfolio extends RunningService {
  /** Settles only when it can take in no more of what happens to accounts: it should be started anew. */
  readonly failed: Promise<Error>;
}

/** Starts the portfolio service. @throws StartError when a port is taken. */
export const startPortfolio = async (deps: PortfolioDeps, options: PortfolioOptions): Promise<RunningPortfolio> => {
  const { postgres, eventLog, accounts, socket, clock, time = databaseTime, log, metrics } = deps;
  const limits: PortfolioLimits = { ...defaultLimits, ...options.limits };
  const events = startPortfolioEvents(
    { db: postgres.db, time, clock, log, metrics, eventLog },
    { pollMs: limits.relayPollMs },
  );
  const { db, append } = events;
  const books = createBooks({ db, append, time, clock });
  const command = createCommand({ db, clock });
  const shared = { db, command, time, clock, tell: createTellOfPortfolio(append) };
  const { paperGrant } = options;
  const defaults = createDefaultPortfolios({
    ...shared,
    grant: async (tx, { userId, requestId }, portfolioId) => {
      const given = { portfolioId, userId, requestId, asset: paperCurrency, quantity: paperGrant };
      if (paperGrant !== '0') await books.funding.grant(tx, given);
    },
  });
  const portfolios = createPortfolios({ ...shared, defaults, requireRoom: createRequireRoom(time, limits) });
  const priceKind = createPriceKind();
  const about = { db, append, time, clock, log, metrics, eventLog };
  const intake = startUserIntake({ ...about, accounts, defaults, priceKind });
  const cleanup = startCleanup({ clock, log, forget: createForgetRequests(postgres.db, time), limits });
  const leaseDeps = { db: postgres.db, tables: schema.portfolioEvents, time, clock };
  const lease = createLease(leaseDeps, { name: 'assets', holder: randomUUID() });
  const lists = createAssetLists({ db: postgres.db, time, lease, clock, log });
  const assets = startAssetFeed({ clock, log, socket, lists }, { refreshMs: limits.assetsRefreshMs });
  const audits = startAudits({ db: postgres.db, time, clock, log, metrics }, { periodMs: limits.auditPeriodMs });
  const database = watchDependency(
    { clock, log },
    {
      name: 'portfolio-database',
      required: true,
      words: 'the database',
      ask: () => postgres.ping(),
      periodMs: limits.healthPeriodMs,
      timeoutMs: limits.healthTimeoutMs,
    },
  );
  const { address, operationsAddress, tls } = options;
  const served = await serveGrpc(
    { clock, log, metrics },
    {
      address,
      portVariable: 'GRPC_PORT',
      operationsAddress,
      tls,
      drainMs: limits.drainMs,
      maxConnectionAgeMs,
      service: serviceName,
      dependencies: [
        database,
        { name: 'event-log', required: false, check: () => eventLog.check() },
        { name: 'user-events', required: false, check: () => intake.problem() },
        { name: 'socket', required: false, check: () => assets.problem() },
      ],
      add: (server) => {
        serve(server, { portfolios, books, ensure: defaults.ensure, priceKind });
        serveShares(server, { shares: createShares({ db, command, time, clock }), ensure: defaults.ensure, priceKind });
        serveWatchlist(server, createWatchlist({ db, command, append, time }));
        serveEvents(server, events.list);
      },
      stop: async (until) => {
        database.close();
        await intake.close(until);
        await cleanup.close();
        await audits.close();
        await assets.close();
        await events.close(until);
      },
    },
  );
  log.info({ port: served.port }, 'serving portfolios');
  return { ...served, failed: intake.failed };
};
