import helmet from '@fastify/helmet';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import type { Clock } from '@tickfolio/lib/clock';
import type { Address } from '@tickfolio/lib/config';
import { archiveNames } from '@tickfolio/lib/events/archive';
import {
  addOperations,
  createHttpServer,
  cutStalledStreams,
  measureRequests,
  type Operations,
} from '@tickfolio/lib/http';
import { type RunningService, serveHttp } from '@tickfolio/lib/service';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { FastifyInstance } from 'fastify';
import { createArchive } from './archive/archive.js';
import { createReadings } from './archive/readings.js';
import { type Assets, loadAssets } from './files/assets.js';
import { addCompression } from './files/compression.js';
import { serverLog, type TickerLog } from './pages/ticker-log.js';
import { addRoutes } from './routes.js';

export interface DashboardDeps {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Scripts and styles. Default read and compressed anew. */
  readonly assets?: Assets;
}

export interface DashboardOptions {
  /** Port 0 picks a free one. */
  readonly address: Address;
  /** Plain identifiers, as the archiver has them. */
  readonly database: string;
  readonly table: string;
  /** Whether the prices come from the simulator; undefined while that is not known. Default: not known. */
  readonly simulated?: (() => boolean | undefined) | undefined;
  /** Where tickers wait for the archiver. Default: Kafka, by its usual settings. */
  readonly tickerLog?: TickerLog;
  /** On closing, answers that a client has not taken after so long are cut off. Default 5 000. */
  readonly drainMs?: number;
}

/** The archive's symbols may be this long. */
const maxSymbolLength = 256;
/** Readings kept: some hundred pages that people look at at once, each at most a few hundred rows. */
const maxReadings = 256;

const build = (
  deps: DashboardDeps,
  options: DashboardOptions,
  operations: Pick<Operations, 'dependencies' | 'draining'>,
): FastifyInstance => {
  const { clickhouse, clock, log, metrics } = deps;
  const { simulated = () => undefined } = options;
  const app = createHttpServer({
    log,
    bodyLimit: 1,
    routerOptions: { maxParamLength: maxSymbolLength, ignoreTrailingSlash: true },
    // The routes answer people with pages.
    answerFailures: () => undefined,
  });
  const queries = metrics.histogram({
    name: 'query_duration_seconds',
    help: 'Queries of the archive, by outcome',
    labelNames: ['outcome'] as const,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  });
  const exported = metrics.counter({ name: 'exported_rows_total', help: 'Tickers written into CSV files' });
  // Open pages ask every two seconds, so an answer is no news.
  measureRequests(app, metrics, { level: 'debug' });
  addCompression(app);
  cutStalledStreams(app, clock);
  void app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    // Served over plain HTTP; whoever puts TLS in front adds it there.
    strictTransportSecurity: false,
  });
  const observe = (outcome: string, seconds: number) => queries.observe({ outcome }, seconds);
  void app.register(async (scope) => {
    addRoutes(scope, {
      archive: createArchive({ clickhouse, clock, log, observe }),
      names: archiveNames(options.database, options.table),
      readings: createReadings(clock, maxReadings),
      assets: deps.assets ?? (await loadAssets()),
      clock,
      simulated,
      log: options.tickerLog ?? serverLog,
      countExported: (rows) => exported.inc(rows),
    });
    addOperations(scope, { metrics, ...operations, facts: () => ({ simulated: simulated() ?? null }) });
  });
  return app;
};

/**
 * Starts the service; ClickHouse need not be there yet. @throws StartError when the port is taken or the scripts were
 * not built.
 */
export const startDashboard = async (deps: DashboardDeps, options: DashboardOptions): Promise<RunningService> => {
  const { clickhouse, clock } = deps;
  // Without it the pages still come and say so; taking this replica out would only hide that.
  const dependencies = [{ name: 'clickhouse', required: false, check: () => clickhouse.check() }];
  const { address, drainMs } = options;
  return serveHttp(
    { clock },
    {
      address,
      portVariable: 'DASHBOARD_PORT',
      dependencies,
      drainMs,
      build: (draining) => build(deps, options, { dependencies, draining }),
    },
  );
};
