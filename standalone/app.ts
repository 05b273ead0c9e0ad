import { startAggregator } from '@tickfolio/aggregator/app';
import { defaultLimits as authLimits, migrationsFolder as authMigrations, startAuth } from '@tickfolio/auth/app';
import { createAggregatorClient, createAuthClient, migrationsFolder as profileMigrations, startBff } from '@tickfolio/bff/app';
import { startExchangeSim } from '@tickfolio/exchange-sim/app';
import { SocketServiceClient } from '@tickfolio/gen/market/v1';
import { type Clock, sleep } from '@tickfolio/lib/clock';
import { createGrpcClient } from '@tickfolio/lib/grpc';
import type { Lifecycle } from '@tickfolio/lib/lifecycle';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createMetrics, type Logger } from '@tickfolio/lib/telemetry';
import { startSocket } from '@tickfolio/socket/app';
import { banner } from './banner.js';
import type { StandaloneConfig } from './config.js';
import { openDataFolder } from './data-folder.js';
import { awaitFirstPrice } from './first-price.js';
import { choosePriceSource, type Exchange } from './price-source.js';
import { openDatabase, openEventLog, openPubSub, storesInWords } from './stores.js';

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

const loopback = '127.0.0.1';

/** Starts every service in this process, real gRPC between them, on embedded stores where no server is named. */
export const startStandalone = async (deps: StandaloneDeps, config: StandaloneConfig): Promise<void> => {
  const { clock, log, logOf, life, random, print } = deps;
  const folder = life.own('data folder', await openDataFolder(config.DATA_DIR, clock));
  const jwtSecret = config.JWT_SECRET ?? (await folder.secret('jwt-secret'));
  const part = (service: string) => ({
    clock,
    log: logOf(service),
    metrics: createMetrics(service, { process: service === 'bff' }),
  });

  if (!config.POSTGRES_HOST) print('Opening the embedded databases (a new one takes a few seconds) ...');
  const databases = Promise.all([
    openDatabase({ clock, log }, config, { folder, name: config.AUTH_POSTGRES_DB, migrationsFolder: authMigrations }),
    openDatabase({ clock, log }, config, { folder, name: config.PROFILE_POSTGRES_DB, migrationsFolder: profileMigrations }),
  ]);
  databases.catch(() => undefined); // Awaited below; a fault must not count as unhandled until then.
  const real: Exchange = { restUrl: config.BINANCE_REST_URL, wsUrl: config.BINANCE_WS_URL };
  const source = await choosePriceSource(config.PRICE_SOURCE, real, log);
  const exchange = source.source === 'binance' ? real : await startSimulator(deps, config);

  const bffPart = part('bff');
  const pubsub = life.own('pub/sub', openPubSub(bffPart, config));
  const priceBus = createPriceBus(pubsub);
  const aggregatorPart = part('aggregator');
  const eventLog = life.own('event log', openEventLog(aggregatorPart));
  const socket = life.own(
    'socket',
    await startSocket(
      { ...part('socket'), random },
      { address: config.ADDRESS, exchangeWsUrl: exchange.wsUrl, exchangeRestUrl: exchange.restUrl },
    ),
  );
  const socketClient = life.own('socket client', createGrpcClient(SocketServiceClient, `${loopback}:${socket.port}`));
  const aggregator = life.own(
    'aggregator',
    await startAggregator({ ...aggregatorPart, priceBus, eventLog, socket: socketClient }, { address: config.SERVER_ADDR }),
  );
  const aggregatorUrl = `http://${loopback}:${aggregator.port}`;
  // Prices flow while the accounts' part is still opening.
  const firstPrice = awaitFirstPrice({ clock, log, priceBus, aggregatorUrl }).catch((err: unknown) => {
    log.warn({ err }, 'the first price could not be asked for');
    return 'No live price yet; /ready says what is missing.';
  });

  const [authDb, profileDb] = await databases;
  life.own('auth database', authDb);
  life.own('profile database', profileDb);
  const auth = life.own(
    'auth',
    await startAuth(
      { ...part('auth'), postgres: authDb },
      {
        address: { host: loopback, port: config.GRPC_PORT },
        jwtSecret,
        limits: { ...authLimits, accessTtlMs: config.JWT_ACCESS_TTL, refreshTtlMs: config.JWT_REFRESH_TTL },
      },
    ),
  );
  const authClient = life.own('auth client', createAuthClient({ target: `${loopback}:${auth.port}` }));
  const aggregatorClient = createAggregatorClient({ baseUrl: aggregatorUrl });
  const bff = life.own(
    'bff',
    await startBff(
      { ...bffPart, postgres: profileDb, auth: authClient, aggregator: aggregatorClient, priceBus, pubsub },
      {
        host: config.HTTP_HOST,
        port: config.HTTP_PORT,
        jwtSecret,
        secureCookie: config.ENV !== 'local',
        maxSocketsPerUser: config.MAX_SOCKETS_PER_USER,
      },
    ),
  );
  await settle(clock, `http://${loopback}:${bff.port}`);

  const host = config.HTTP_HOST === '0.0.0.0' || config.HTTP_HOST === '::' ? 'localhost' : config.HTTP_HOST;
  print(
    banner({
      httpUrl: `http://${host}:${bff.port}`,
      wsUrl: `ws://${host}:${bff.port}`,
      source,
      exchange,
      dataFolder: folder.path,
      stores: storesInWords(config),
      logLevel: config.LOG_LEVEL,
    }),
  );
  print(`  ${await firstPrice}${source.source === 'simulated' ? ' (simulated)' : ''}`);
};

const startSimulator = async ({ clock, logOf, life }: StandaloneDeps, config: StandaloneConfig): Promise<Exchange> => {
  const sim = life.own(
    'exchange simulator',
    await startExchangeSim(
      { clock, log: logOf('exchange-sim') },
      { host: loopback, port: config.EXCHANGE_SIM_PORT, seed: config.SIM_SEED, portHint: 'Set EXCHANGE_SIM_PORT to another one.' },
    ),
  );
  return { wsUrl: sim.url, restUrl: sim.restUrl };
};

/** How long the banner waits for the services to find each other; the run goes on without. */
const settleMs = 5_000;

const settle = async (clock: Clock, bffUrl: string): Promise<void> => {
  const giveUpAtMs = clock.monotonic() + settleMs;
  while (clock.monotonic() < giveUpAtMs) {
    const answer = await fetch(`${bffUrl}/ready`, { signal: AbortSignal.timeout(settleMs) });
    const { dependencies } = (await answer.json()) as { dependencies: Record<string, { status: string }> };
    if (Object.values(dependencies).every(({ status }) => status === 'ok')) return;
    await sleep(clock, 50);
  }
};
