import { startTestClickHouse, type TestClickHouse } from '@tickfolio/lib/kit/clickhouse';
import { freePort } from '@tickfolio/lib/kit/free-port';
import { startTestKafka, type TestKafka } from '@tickfolio/lib/kit/kafka';
import { startTestPostgres } from '@tickfolio/lib/kit/postgres';
import { startProcess, type TestProcess } from '@tickfolio/lib/kit/process';
import { startTestRedis } from '@tickfolio/lib/kit/redis';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { type CoreName, type ReadyName, readyNames, services } from '@tickfolio/services/registry';
import { afterEach, describe, expect, it } from 'vitest';
import { callJson, signUp } from '../kit/client.js';
import { openSilentPort, type SilentPort } from '../kit/silent-port.js';

interface Neighbours {
  readonly redis: number;
  readonly postgres: { readonly port: number; readonly user: string; readonly password: string };
  readonly kafka: string;
  readonly clickhouse: number;
  readonly exchange: number;
  readonly socket: number;
  readonly auth: number;
  readonly aggregator: number;
}
type CoreReady = CoreName & ReadyName;
const named = readyNames.filter((name): name is CoreReady => services[name].core);
type Ports = Record<CoreReady, number> & { readonly socketOps: number; readonly authOps: number };

const local = (port: number) => `127.0.0.1:${port}`;
const environments = (to: Neighbours, own: Ports): Record<CoreReady, Record<string, string>> => {
  const jwt = { JWT_SECRET: 'a secret of the tests, long enough to be taken', ENV: 'local', LOG_LEVEL: 'info' };
  const database = (name: string) => ({
    POSTGRES_HOST: '127.0.0.1',
    POSTGRES_PORT: String(to.postgres.port),
    POSTGRES_USER: to.postgres.user,
    POSTGRES_PASSWORD: to.postgres.password,
    POSTGRES_DB: name,
  });
  const clickhouse = { ENV: 'local', CLICKHOUSE_ADDR: local(to.clickhouse), CLICKHOUSE_PASSWORD: '' };
  const exchange = { BINANCE_WS_URL: `ws://${local(to.exchange)}`, BINANCE_REST_URL: `http://${local(to.exchange)}` };
  return {
    socket: { ...jwt, ...exchange, ADDRESS: local(own.socket), METRICS_ADDR: local(own.socketOps) },
    aggregator: {
      ...jwt,
      SERVER_ADDR: local(own.aggregator),
      GRPC_PORT: '0',
      BROKERS: to.kafka,
      SYMBOL_SHARES: 'on',
      REDIS_ADDR: local(to.redis),
      SOCKET_SERVICE_ADDR: local(to.socket),
      FOLLOW_SYMBOLS: 'btcusdt,ethusdt',
    },
    auth: {
      ...jwt,
      GRPC_PORT: String(own.auth),
      METRICS_ADDR: local(own.authOps),
      BROKERS: to.kafka,
      ...database('auth_db'),
    },
    bff: {
      ...jwt,
      ...clickhouse,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String(own.bff),
      REDIS_ADDR: local(to.redis),
      BROKERS: to.kafka,
      AUTH_SERVICE_ADDR: local(to.auth),
      AGGREGATOR_ADDR: local(to.aggregator),
      ...database('profile_db'),
    },
    archiver: {
      ...clickhouse,
      KAFKA_BROKERS: to.kafka,
      METRICS_ADDR: local(own.archiver),
      BATCH_SIZE: '1',
      BATCH_TIMEOUT: '100ms',
    },
    dashboard: { ...clickhouse, HTTP_HOST: '127.0.0.1', DASHBOARD_PORT: String(own.dashboard) },
  };
};
const freePorts = async (): Promise<Ports> => {
  const names = [...named, 'socketOps', 'authOps'] as const;
  const ports = await Promise.all(names.map(() => freePort()));
  return Object.fromEntries(names.map((name, i) => [name, ports[i] ?? 0])) as unknown as Ports;
};
const startAll = (env: Record<CoreReady, Record<string, string>>): Map<CoreReady, TestProcess> =>
  new Map(
    named.map((name) => {
      const { folder } = services[name];
      return [name, startProcess(process.execPath, ['--enable-source-maps', `${folder}/dist/main.js`], env[name])];
    }),
  );
/** The code is 0 only where a process needed no more than it allows itself, which is less than compose allows it. */
const expectCleanStops = async (running: Map<CoreReady, TestProcess>) => {
  const stops = [...running].map(async ([name, one]) => {
    const { code } = await one.end('SIGTERM');
    return { name, code, said: one.output().slice(-2_000) };
  });
  for (const { name, code, said } of await Promise.all(stops)) expect(code, `${name}:\n${said}`).toBe(0);
};

const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

describe('a service that is told to stop while every neighbour takes connections and answers nothing', () => {
  it('ends cleanly when they never answered', { timeout: 60_000 }, async () => {
    const { port, close } = await openSilentPort();
    opened.push({ close });
    const to = { kafka: local(port), postgres: { port, user: 'tests', password: 'tests' } };
    const silent = { redis: port, clickhouse: port, exchange: port, socket: port, auth: port, aggregator: port };
    const running = startAll(environments({ ...to, ...silent }, await freePorts()));
    // Each says what it misses, or where it serves, and is in the middle of asking then.
    for (const [name, one] of running)
      await eventually(`${name} says something`, () => one.output() || undefined, 30_000);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await expectCleanStops(running);
  });

  it('ends cleanly when they fell silent in the middle of its work', { timeout: 180_000 }, async () => {
    const servers = await startServers();
    if (!servers) {
      console.warn('NOT COVERED: neighbours that fall silent (Redis, PostgreSQL or Kafka is not installed).');
      return;
    }
    const { redis, postgres, kafka, clickhouse } = servers;
    const own = await freePorts();
    const sim = await freePort();
    startProcess(
      process.execPath,
      ['--enable-source-maps', `${services['exchange-sim'].folder}/dist/main.js`, '--port', String(sim)],
      {},
    );
    const ports = {
      postgres: postgres.port,
      exchange: sim,
      socket: own.socket,
      auth: own.auth,
      aggregator: own.aggregator,
    };
    const between = new Map<string, SilentPort>();
    for (const [name, port] of Object.entries(ports)) {
      const silent = await openSilentPort(port);
      between.set(name, silent);
      opened.push(silent);
    }
    const through = (name: keyof typeof ports) => between.get(name)?.port ?? 0;
    const to: Neighbours = {
      redis: redis.port,
      clickhouse: clickhouse.address.port,
      kafka: kafka.brokers[0] ?? '',
      postgres: { port: through('postgres'), user: postgres.user, password: postgres.password },
      exchange: through('exchange'),
      socket: through('socket'),
      auth: through('auth'),
      aggregator: through('aggregator'),
    };
    const running = startAll(environments(to, own));
    const base = `http://${local(own.bff)}`;
    const readiness = async (port: number) => callJson(`http://${local(port)}`, 'GET', '/ready').catch(() => undefined);
    for (const [name, port] of [
      ['bff', own.bff],
      ['aggregator', own.aggregator],
      ['archiver', own.archiver],
      ['socket', own.socketOps],
    ] as const) {
      await eventually(`${name} is ready`, async () => (await readiness(port))?.status === 200, 60_000, 100).catch(
        async (err) => {
          throw new Error(
            `${err}: ${JSON.stringify((await readiness(port))?.body)}\n${running.get(name)?.output().slice(-2_000)}`,
          );
        },
      );
    }
    const person = await signUp(base);
    await eventually('a coin is added', async () => (await person.addCoin('btcusdt', '1')).status === 200, 30_000, 200);

    for (const silent of between.values()) silent.hush();
    for (const server of [redis, kafka, clickhouse]) server.freeze();
    // Requests that hang with them.
    const asked = [
      callJson(base, 'POST', '/api/v1/auth/login', { name: 'somebody', password: 'correct horse battery' }),
      person.addCoin('ethusdt', '1'),
      fetch(`http://${local(own.dashboard)}/`),
    ].map((call) => call.catch(() => undefined));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    try {
      await expectCleanStops(running);
    } finally {
      for (const server of [redis, kafka, clickhouse]) server.thaw();
      await Promise.all(asked);
    }
  });
});

async function startServers() {
  const redis = await startTestRedis();
  const postgres = await startTestPostgres();
  const kafka: TestKafka | undefined = await startTestKafka();
  const clickhouse: TestClickHouse = await startTestClickHouse();
  opened.push(clickhouse, ...[redis, postgres, kafka].filter((server) => server !== undefined));
  if (!redis || !postgres || !kafka) return undefined;
  await postgres.createDatabase('auth_db');
  await postgres.createDatabase('profile_db');
  return { redis, postgres, kafka, clickhouse };
}
