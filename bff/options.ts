import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import type { Clock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import { usualArchive } from '@tickfolio/lib/events/archive';
import type { Dependency } from '@tickfolio/lib/http';
import type { DatabaseTime, Postgres } from '@tickfolio/lib/postgres';
import type { PriceBus } from '@tickfolio/lib/price-bus';
import type { PubSub } from '@tickfolio/lib/pubsub';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { ThrottleLimit } from '@tickfolio/lib/throttle';
import type { ReadsPerUser } from './api/read-turns.js';
import type { ClientSocketLimits } from './live/client-socket.js';
import type { AggregatorClient } from './market/aggregator-client.js';
import type { NeighbourName } from './neighbour-settings.js';
import type { Neighbours } from './neighbours.js';

export interface BffDeps {
  /** `profile_db`, opened with `migrationsFolder`. */
  readonly postgres: Postgres;
  /** The services that are called by gRPC; each domain makes the client that it needs of them. */
  readonly neighbours: Neighbours;
  readonly aggregator: AggregatorClient;
  readonly priceBus: PriceBus;
  /** Carries the notices between replicas. */
  readonly pubsub: PubSub;
  /** With `userEvents` and its dead letters among its topics. It may be away: what is to be told waits in the database. */
  readonly eventLog: Pick<EventLog, 'append' | 'consume' | 'offsets' | 'check'>;
  /** The archive of prices, as soon as there is one. Default: there is none, and the page draws what happens now. */
  readonly clickhouse?: () => ClickHouse | undefined;
  /**
   * What else stands in this process and is needed for prices, to be told in `/ready`; no reason to be not ready.
   * Default nothing.
   */
  readonly beside?: readonly Dependency[];
  /** What of it `/ready` shows beside the BFF's own facts. */
  readonly factsBeside?: () => Readonly<Record<string, unknown>>;
  readonly clock: Clock;
  /** What time it is for all replicas. Default the database's; who moves the clock moves this with it. */
  readonly time?: DatabaseTime;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface BffOptions {
  /** What access tokens are signed with. */
  readonly jwtSecret: string;
  /** Neighbours that this installation leaves out: they are not followed, and `/ready` misses none. Default none. */
  readonly without?: readonly NeighbourName[];
  /** False only with `ENV=local`. Default true. */
  readonly secureCookie?: boolean;
  /**
   * The addresses at which people open the page, each ending in a slash; then requests of pages elsewhere are refused.
   * Default not known.
   */
  readonly publicUrls?: readonly string[];
  /**
   * The path under which the page stands in its host, with a slash at both ends; proxies may take it off or leave it
   * on. Default `/`.
   */
  readonly basePath?: string;
  /** As fastify has it: which proxies' `X-Forwarded-*` are believed. Default none. */
  readonly trustProxy?: boolean | string[];
  /** Origins of pages that may call besides the server's own. Default none. */
  readonly allowedOrigins?: readonly string[];
  /** The host name of all passkeys. Default that of the page. */
  readonly passkeyRpId?: string | undefined;
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
  /** Changes of one user, of whatever. Default 300 at once, then one a second. */
  readonly writesPerUser?: ThrottleLimit;
  /** What one user places, tests and ends of orders. Default 100 at once, then 20 a second. */
  readonly ordersPerUser?: ThrottleLimit;
  /** Pages of the exchange's history that are read for one user. Default 120 at once, then one a second. */
  readonly pagesPerUser?: ThrottleLimit;
  /** What one user reads, of the database and of the archive each. Default 4 at once, and 100 waiting. */
  readonly readsPerUser?: ReadsPerUser;
  /**
   * How often what is shown is compared with the database, and the auth service asked for ends of sessions. Default 20
   * 000.
   */
  readonly reconcileEveryMs?: number;
  /** How often the event log is sent what another replica wrote. Default 100. */
  readonly relayPollMs?: number;
  /**
   * The group in which the event log is read for the sockets of this process, which reads everything: no other one may
   * have it. Default one of its own each time it starts.
   */
  readonly socketsGroup?: string;
  /** How often what is shown of portfolios is compared with what their service has. Default 60 000. */
  readonly auditPeriodMs?: number;
  /** The folder of the built page (`builtPage`). Default: no page is served. */
  readonly webFolder?: string;
  /** The folder of the built documents (`builtDocuments`). Default: none are served. */
  readonly documentsFolder?: string;
  /** What the archive is called. Default as everywhere (`usualArchive`). */
  readonly archiveDatabase?: string;
  readonly archiveTable?: string;
}

/** What holds where nothing else is said. */
export const bffDefaults = {
  without: [],
  secureCookie: true,
  publicUrls: [],
  basePath: '/',
  trustProxy: false,
  allowedOrigins: [],
  passkeyRpId: undefined,
  staleAfterMs: 60_000,
  pushWindowMs: 5,
  frameEveryMs: 1_000,
  demandPeriodMs: 2_000,
  maxCoinsPerProfile: 500,
  maxSocketsPerUser: 20,
  maxSockets: 20_000,
  closeSpreadMs: 2_000,
  maxAuthCalls: 60,
  authWindowMs: 60_000,
  /** Enough to fill a portfolio in one go. */
  writesPerUser: { burst: 300, refillMs: 1_000 },
  /** Orders themselves are counted by their service, 10 a second. */
  ordersPerUser: { burst: 100, refillMs: 50 },
  /** A portfolio of 60 coins twice; a user has a twentieth of what may be asked in the long run. */
  pagesPerUser: { burst: 120, refillMs: 1_000 },
  reconcileEveryMs: 20_000,
  relayPollMs: 100,
  auditPeriodMs: 60_000,
  archiveDatabase: usualArchive.database,
  archiveTable: usualArchive.table,
} satisfies Partial<BffOptions>;

/** Options with the defaults in their places. */
export type SettledOptions = BffOptions & Required<Pick<BffOptions, keyof typeof bffDefaults>>;
