import { freePort } from '@tickfolio/lib/kit/free-port';
import { startTestPostgres } from '@tickfolio/lib/kit/postgres';
import { startProcess, type TestProcess } from '@tickfolio/lib/kit/process';
import { startTestRedis } from '@tickfolio/lib/kit/redis';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { type CoreName, coreNames, type ServiceName, services } from '@tickfolio/services/registry';
import { callJson } from './client.js';
import { startTestNames } from './names.js';

/**
 * These have their servers away in a stack, which the live path must not care about; started where a test wants them.
 */
export const pipelineNames: readonly CoreName[] = ['archiver', 'dashboard'];
export const serviceNames = coreNames.filter((name) => !pipelineNames.includes(name));
/** A second one of each, started where a test wants it. */
export const twinNames = ['aggregator-2', 'bff-2'] as const;
/** Not of the first system; started where a test wants it. */
export type LaterName = 'portfolio' | 'orders';
export type PartName = CoreName | LaterName | (typeof twinNames)[number];

export interface StackOptions {
  /**
   * Of a real Kafka, over which the aggregators then share the symbols. Default: nothing listens where it should be.
   */
  readonly brokers?: readonly string[];
  /** The gateway knows where the portfolio service will be, once a test starts it. Default: the first system alone. */
  readonly portfolio?: boolean;
  /** Services are known to each other by names, and have another address after every start. Default: loopback. */
  readonly names?: boolean;
}

/** Every service as a process of its own, on real Redis and PostgreSQL. */
export interface Stack {
  readonly base: string;
  readonly simUrl: string;
  readonly redis: NonNullable<Awaited<ReturnType<typeof startTestRedis>>>;
  readonly postgres: NonNullable<Awaited<ReturnType<typeof startTestPostgres>>>;
  /** Where each service has /metrics and, but for the simulator, /ready. */
  readonly operations: (name: PartName) => string;
  readonly service: (name: PartName) => TestProcess;
  /** What a service is started with, for programs that ask the same servers. */
  readonly env: (name: PartName) => Readonly<Record<string, string>>;
  start(name: PartName): void;
  /** kill -9, and resolves when it is gone. */
  kill(name: PartName): Promise<void>;
  ready(withinMs: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param extra variables of every service besides its own, or those of each
 * @returns undefined where Redis or PostgreSQL is not installed
 */
export const startStack = async (
  extra: Record<string, string> | ((program: string) => Record<string, string>) = {},
  { brokers, portfolio: isLarger = false, names: byName = false }: StackOptions = {},
): Promise<Stack | undefined> => {
  const redis = await startTestRedis();
  const postgres = await startTestPostgres();
  if (!redis || !postgres) {
    await Promise.all([redis?.close(), postgres?.close()]);
    return undefined;
  }
  await postgres.createDatabase('auth_db');
  await postgres.createDatabase('profile_db');
  if (isLarger) for (const name of ['portfolio_service', 'order_service']) await postgres.createDatabase(name);
  const [sim = 0, socket = 0, aggregator = 0, auth = 0, http = 0, dead = 0] = await Promise.all(
    Array.from({ length: 6 }, freePort),
  );
  const [socketOps = 0, authOps = 0, archiver = 0, dashboard = 0] = await Promise.all(
    Array.from({ length: 4 }, freePort),
  );
  const [aggregator2 = 0, http2 = 0, trades = 0] = await Promise.all(Array.from({ length: 3 }, freePort));
  const [portfolio = 0, portfolioOps = 0, orders = 0, ordersOps = 0] = await Promise.all(
    Array.from({ length: 4 }, freePort),
  );
  const local = (port: number) => `127.0.0.1:${port}`;
  const names = byName ? startTestNames() : undefined;
  /** How a service is reached by the others. Certificates are made out to these names. */
  const reached = async (name: CoreName, port: number) => (names ? names.add(name, port) : local(port));
  const [socketAddr, aggregatorAddr, authAddr] = await Promise.all([
    reached('socket', socket),
    reached('aggregator', aggregator),
    reached('auth', auth),
  ]);
  const moving: readonly PartName[] = names ? ['socket', 'aggregator', 'auth'] : [];
  const jwt = { JWT_SECRET: 'a secret of the tests, long enough to be taken', ENV: 'local', LOG_LEVEL: 'info' };
  const database = (name: string) => ({
    POSTGRES_HOST: postgres.host,
    POSTGRES_PORT: String(postgres.port),
    POSTGRES_USER: postgres.user,
    POSTGRES_PASSWORD: postgres.password,
    POSTGRES_DB: name,
  });
  const clickhouse = { ENV: 'local', CLICKHOUSE_ADDR: local(dead), CLICKHOUSE_PASSWORD: 'tests' };
  const operationsPorts: Record<PartName, number> = {
    'exchange-sim': sim,
    socket: socketOps,
    aggregator,
    auth: authOps,
    bff: http,
    archiver,
    dashboard,
    portfolio: portfolioOps,
    orders: ordersOps,
    'aggregator-2': aggregator2,
    'bff-2': http2,
  };
  const aggregatorAt = (port: number, grpcPort = 0) => ({
    ...jwt,
    SERVER_ADDR: local(port),
    GRPC_PORT: String(grpcPort),
    BROKERS: brokers?.join(',') ?? local(dead),
    SYMBOL_SHARES: brokers ? 'on' : 'off',
    REDIS_ADDR: local(redis.port),
    SOCKET_SERVICE_ADDR: socketAddr,
  });
  const parts = { PARTS: isLarger ? 'whole' : 'core' };
  const bffAt = (port: number) => ({
    ...jwt,
    ...parts,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(port),
    BROKERS: brokers?.join(',') ?? local(dead),
    REDIS_ADDR: local(redis.port),
    AUTH_SERVICE_ADDR: authAddr,
    PORTFOLIO_SERVICE_ADDR: local(isLarger ? portfolio : dead),
    ORDERS_SERVICE_ADDR: local(isLarger ? orders : dead),
    SOCKET_SERVICE_ADDR: socketAddr,
    AGGREGATOR_ADDR: brokers ? `${local(aggregator)},${local(aggregator2)}` : aggregatorAddr,
    ...database('profile_db'),
  });
  const settings: Record<PartName, { args?: string[]; env: Record<string, string> }> = {
    'exchange-sim': { args: ['--port', String(sim)], env: {} },
    socket: {
      env: {
        ...jwt,
        ADDRESS: local(socket),
        METRICS_ADDR: local(socketOps),
        BINANCE_WS_URL: `ws://${local(sim)}`,
        BINANCE_REST_URL: `http://${local(sim)}`,
      },
    },
    // Nothing listens where the brokers should be: the live path must not care.
    aggregator: { env: aggregatorAt(aggregator, trades) },
    'aggregator-2': { env: aggregatorAt(aggregator2) },
    auth: {
      env: {
        ...jwt,
        ...parts,
        GRPC_PORT: String(auth),
        METRICS_ADDR: local(authOps),
        BROKERS: brokers?.join(',') ?? local(dead),
        ...database('auth_db'),
      },
    },
    portfolio: {
      env: {
        ENV: 'local',
        LOG_LEVEL: 'info',
        GRPC_PORT: String(portfolio),
        METRICS_ADDR: local(portfolioOps),
        AUTH_SERVICE_ADDR: authAddr,
        SOCKET_SERVICE_ADDR: socketAddr,
        BROKERS: brokers?.join(',') ?? local(dead),
        ...database('portfolio_service'),
      },
    },
    orders: {
      env: {
        ENV: 'local',
        LOG_LEVEL: 'info',
        GRPC_PORT: String(orders),
        METRICS_ADDR: local(ordersOps),
        AUTH_SERVICE_ADDR: authAddr,
        SOCKET_SERVICE_ADDR: socketAddr,
        PORTFOLIO_SERVICE_ADDR: local(portfolio),
        AGGREGATOR_SERVICE_ADDR: local(trades),
        BROKERS: brokers?.join(',') ?? local(dead),
        ...database('order_service'),
      },
    },
    archiver: { env: { ...clickhouse, KAFKA_BROKERS: local(dead), METRICS_ADDR: local(archiver) } },
    dashboard: { env: { ...clickhouse, HTTP_HOST: '127.0.0.1', DASHBOARD_PORT: String(dashboard) } },
    bff: { env: bffAt(http) },
    'bff-2': { env: bffAt(http2) },
  };
  const running = new Map<PartName, TestProcess>();
  const base = `http://${local(http)}`;
  const start = (name: PartName) => {
    const { args = [], env } = settings[name];
    const program = name.replace(/-2$/, '') as ServiceName;
    const { folder } = services[program];
    running.set(
      name,
      startProcess(process.execPath, ['--enable-source-maps', `${folder}/dist/main.js`, ...args], {
        ...(typeof extra === 'function' ? extra(program) : extra),
        ...names?.env,
        ...env,
      }),
    );
  };
  const service = (name: PartName) => {
    const found = running.get(name);
    if (!found) throw new Error(`${name} was not started`);
    return found;
  };
  for (const name of serviceNames) start(name);
  return {
    base,
    simUrl: `http://${local(sim)}`,
    redis,
    postgres,
    operations: (name) => `http://${local(operationsPorts[name])}`,
    service,
    env: (name) => settings[name].env,
    start,
    kill: async (name) => {
      await service(name).end('SIGKILL');
      if (moving.includes(name)) await names?.move(name);
    },
    ready: async (withinMs) => {
      const answer = () => callJson(base, 'GET', '/ready').catch(() => undefined);
      await eventually('the stack is ready', async () => (await answer())?.status === 200, withinMs).catch(
        async (err) => {
          const outputs = serviceNames.map((name) => `--- ${name}\n${service(name).output().slice(-2_000)}`).join('\n');
          throw new Error(`${String(err)}; /ready: ${JSON.stringify((await answer())?.body)}\n${outputs}`);
        },
      );
    },
    close: async () => {
      await Promise.all([...running.values()].map((one) => one.end('SIGTERM')));
      await Promise.all([redis.close(), postgres.close(), names?.close()]);
    },
  };
};

/** How each neighbour of the gateway is, as `/ready` says it. */
export const readyOf = async ({ base }: Pick<Stack, 'base'>): Promise<Readonly<Record<string, string>>> => {
  const { body } = await callJson(base, 'GET', '/ready');
  const said = Object.entries(body.dependencies as Readonly<Record<string, { readonly status: string }>>);
  return Object.fromEntries(said.map(([name, { status }]) => [name, status]));
};
