import { join } from 'node:path';
import { startAggregator } from '@tickfolio/aggregator/app';
import { migrationsFolder as authMigrations, startAuth } from '@tickfolio/auth/app';
import { authLimits } from '@tickfolio/auth/config';
import {
  builtPage,
  cookiesInWords,
  createAggregatorClient,
  createAuthClient,
  createCircuitMetrics,
  migrationsFolder as profileMigrations,
  startBff,
} from '@tickfolio/bff/app';
import { bffOptions } from '@tickfolio/bff/config';
import { startExchangeSim } from '@tickfolio/exchange-sim/app';
import { SocketServiceClient } from '@tickfolio/gen/market/v1';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import type { Clock } from '@tickfolio/lib/clock';
import { createCallTimes, createGrpcClient } from '@tickfolio/lib/grpc';
import type { Lifecycle } from '@tickfolio/lib/lifecycle';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { startSocket } from '@tickfolio/socket/app';
import { socketLimits } from '@tickfolio/socket/config';
import { findBackups } from './backup/backups.js';
import { serveSnapshots } from './backup/snapshots.js';
import type { StandaloneConfig } from './config.js';
import { ownFarewell } from './farewell.js';
import { createServiceMetrics } from './metrics.js';
import { banner } from './start/banner.js';
import { dialTarget, shownTarget } from './start/dial.js';
import { tellFirstPrice, watchFirstPrice } from './start/first-price.js';
import { checkPorts, loopback } from './start/ports.js';
import { answering, choosePriceSource, type Exchange, realExchange } from './start/price-source.js';
import { settle } from './start/settle.js';
import { startArchive } from './stores/archive.js';
import { openDataFolder } from './stores/data-folder.js';
import { storesInDanger, watchDisks } from './stores/disk-watch.js';
import { checkRoom, databaseNames, embeddedStores, openStores } from './stores/embedded-stores.js';
import { adviseOnStore } from './stores/store-advice.js';
import { archiveName, jwtSecretFile } from './stores/store-names.js';
import { elsewhereInWords, openDatabase, openEventLog, openingInWords, openPubSub, ownedSoon, storesInWords } from './stores/stores.js';

export interface StandaloneDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** A logger under a service's own name. */
  readonly logOf: (service: string) => Logger;
  /** Owns everything that is opened here, in the order of opening. */
  readonly life: Lifecycle;
  readonly random: () => number;
  /** Shows a text to the person who started the run. */
  readonly print: (text: string) => void;
}

/** Starts every service in this process, real gRPC between them, on embedded stores where no server is named. */
export const startStandalone = async (deps: StandaloneDeps, config: StandaloneConfig): Promise<void> => {
  const farewell = ownFarewell(deps.life, deps.print);
  const advised = (err: unknown) => adviseOnStore(err, { stores: embeddedStores(config), backups: findBackups(config.DATA_DIR) });
  try {
    await startParts(deps, config, (err) => deps.life.fail(advised(err) as Error));
  } catch (err) {
    if (!deps.life.signal.aborted) farewell.mute();
    throw advised(err);
  }
};

/** @param fail ends the run, in order: a store broke for good while it ran */
const startParts = async (deps: StandaloneDeps, config: StandaloneConfig, fail: (err: Error) => void): Promise<void> => {
  const { clock, log, logOf, life, random, print } = deps;
  const folder = life.own('data folder', await openDataFolder(config.DATA_DIR, clock));
  if (folder.finishedRestore) print('A restore that was cut off in its last step has been finished: this is the restored data folder.');
  const jwtSecret = config.JWT_SECRET ?? (await folder.secret(jwtSecretFile));
  const metricsOf = createServiceMetrics();
  const part = (service: string) => ({ clock, log: logOf(service), metrics: metricsOf(service) });
  const bffPart = part('bff');

  const real = realExchange(config);
  const choosing = choosePriceSource(config.PRICE_SOURCE, real, { clock, log });
  await checkPorts(config, choosing);
  checkRoom(config, folder);
  const disks = life.own('disk watch', watchDisks({ clock, log }));
  // The folder first: what shares its disk is told by its name.
  disks.watch({ name: 'the data folder', path: folder.path, danger: storesInDanger });
  const watchStore = (name: string) => disks.watch({ name, path: folder.part(join(name, 'data')), danger: storesInDanger });
  for (const name of databaseNames(config)) watchStore(name);

  print(openingInWords(config, folder));
  const database = (name: string, migrationsFolder: string, more: { readonly maxConnections?: number } = {}) => {
    const opening = openDatabase({ clock, log }, config, { folder, name, migrationsFolder, signal: life.signal, ...more });
    opening.then(
      ({ failed }) => failed?.then(fail),
      () => undefined, // Told where it is awaited.
    );
    return life.own(`database ${name}`, ownedSoon(opening)).opening;
  };
  const authDb = database(config.AUTH_POSTGRES_DB, authMigrations);
  const profileDb = database(config.PROFILE_POSTGRES_DB, profileMigrations, { maxConnections: config.POSTGRES_MAX_CONNECTIONS });

  const source = await choosing;
  // Ended while it was starting: what comes now would find everything closed.
  const isEnding = () => life.signal.aborted;
  if (isEnding()) return;
  if (!config.CLICKHOUSE_ADDR) watchStore(archiveName(source.source === 'simulated'));
  const exchange = source.source === 'binance' ? answering(real, source) : await startSimulator(deps, config, metricsOf('exchange-sim'));
  const told: { simulated: boolean | undefined } = { simulated: source.source === 'simulated' ? true : undefined };
  const pubsub = life.own('pub/sub', openPubSub(bffPart, config));
  const priceBus = createPriceBus(pubsub);
  const aggregatorPart = part('aggregator');
  const eventLog = life.own('event log', openEventLog(aggregatorPart, config));
  const socket = life.own(
    'socket',
    await startSocket(
      { ...part('socket'), random },
      {
        address: config.ADDRESS,
        operationsAddress: config.METRICS_ADDR,
        exchangeWsUrl: exchange.wsUrl,
        exchangeWsFallbackUrl: exchange.wsFallbackUrl,
        exchangeRestUrl: exchange.restUrl,
        ...(exchange.proxies ? { proxies: exchange.proxies } : {}),
        limits: socketLimits(config),
      },
    ),
  );
  const socketTarget = dialTarget(config.SOCKET_SERVICE_ADDR ?? { ...config.ADDRESS, port: socket.port });
  const socketClient = life.own('socket client', createGrpcClient(SocketServiceClient, socketTarget));
  const aggregator = life.own(
    'aggregator',
    await startAggregator(
      { ...aggregatorPart, priceBus, eventLog, socket: socketClient },
      { address: config.SERVER_ADDR, alwaysFollow: config.FOLLOW_SYMBOLS },
    ),
  );
  const aggregatorUrl = config.AGGREGATOR_ADDR?.[0] ?? `http://${dialTarget({ ...config.SERVER_ADDR, port: aggregator.port })}`;
  // Prices flow while the accounts' part is still opening.
  const priceWatch = watchFirstPrice({ clock, log, priceBus, aggregatorUrl, signal: life.signal });
  priceWatch.first.catch(() => undefined); // Told below.

  const archiving = startArchive(
    { clock, log, life, part, folder, eventLog, invented: source.source === 'simulated', simulated: () => told.simulated },
    config,
  );
  const archived: { clickhouse?: ClickHouse } = {};
  archiving.then(
    (archive) => {
      if (typeof archive !== 'string') archived.clickhouse = archive.clickhouse;
    },
    () => undefined, // Awaited below.
  );

  const authPostgres = await authDb;
  if (isEnding()) return;
  const auth = life.own(
    'auth',
    await startAuth(
      { ...part('auth'), postgres: authPostgres },
      { address: { host: loopback, port: config.GRPC_PORT }, jwtSecret, limits: authLimits(config) },
    ),
  );
  const authTarget = dialTarget(config.AUTH_SERVICE_ADDR ?? { host: loopback, port: auth.port });
  const observeCircuit = createCircuitMetrics(bffPart.metrics);
  const authClient = life.own(
    'auth client',
    createAuthClient({ clock, target: authTarget, observe: createCallTimes(bffPart.metrics), observeCircuit }),
  );
  const aggregatorClient = createAggregatorClient({ baseUrl: aggregatorUrl, observeCircuit });
  const profilePostgres = await profileDb;
  if (isEnding()) return;
  const bff = life.own(
    'bff',
    await startBff(
      {
        ...bffPart,
        clickhouse: () => archived.clickhouse,
        postgres: profilePostgres,
        auth: authClient,
        aggregator: aggregatorClient,
        priceBus,
        pubsub,
        // The socket service has no place of its own to tell it, unless METRICS_ADDR is set.
        beside: [disks.dependency, ...(config.SOCKET_SERVICE_ADDR ? [] : socket.dependencies)],
        ...(config.SOCKET_SERVICE_ADDR ? {} : { factsBeside: socket.facts }),
      },
      { ...bffOptions({ ...config, JWT_SECRET: jwtSecret }), webFolder: builtPage },
    ),
  );
  const http = { host: config.HTTP_HOST, port: bff.port };
  const archive = await archiving;
  const stores = [
    ...openStores(config, authPostgres, profilePostgres),
    ...(typeof archive !== 'string' && archive.store ? [archive.store] : []),
  ];
  const elsewhere = elsewhereInWords(config);
  if (!isEnding())
    life.own('snapshots', await serveSnapshots({ clock, log, dataFolder: folder.path, stores, elsewhere, watch: disks.watch }));
  const { simulated } = await settle({ clock, signal: life.signal }, { bffUrl: `http://${dialTarget(http)}`, aggregatorUrl });
  told.simulated = simulated;
  if (isEnding()) return;
  print(
    banner({
      http: shownTarget(http),
      publicUrls: config.PUBLIC_URL,
      basePath: config.BASE_PATH,
      cookies: cookiesInWords(config.ENV !== 'local', config.PUBLIC_URL),
      archive:
        typeof archive === 'string'
          ? archive
          : {
              dashboard: shownTarget({ host: config.HTTP_HOST, port: archive.dashboardPort }),
              sql:
                archive.sqlPort === undefined
                  ? undefined
                  : shownTarget({ host: config.CLICKHOUSE_HTTP_ADDR?.host ?? '', port: archive.sqlPort }),
            },
      source,
      exchange: { restUrl: exchange.restUrl, wsUrl: socket.streamUrl },
      usualWsUrl: source.source === 'binance' ? real.wsUrl : socket.streamUrl,
      streamFault: socket.streamFault,
      simulated,
      dataFolder: folder.path,
      stores: storesInWords(config),
      logs: config.LOG_LEVEL === undefined ? 'warnings, in words (LOG_LEVEL=info shows more, as JSON)' : `LOG_LEVEL=${config.LOG_LEVEL}`,
    }),
  );
  void tellFirstPrice(priceWatch, { clock, log, aggregatorUrl, print });
};

const startSimulator = async ({ clock, logOf, life }: StandaloneDeps, config: StandaloneConfig, metrics: Metrics): Promise<Exchange> => {
  const host = config.EXCHANGE_SIM_HOST;
  const sim = life.own(
    'exchange simulator',
    await startExchangeSim(
      { clock, log: logOf('exchange-sim'), metrics },
      { host, port: config.EXCHANGE_SIM_PORT, seed: config.SIM_SEED, portHint: 'Set EXCHANGE_SIM_PORT to another one.' },
    ),
  );
  const target = dialTarget({ host, port: sim.port });
  return { wsUrl: `ws://${target}`, restUrl: `http://${target}` };
};
