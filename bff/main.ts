import { openServerClickHouse } from '@tickfolio/lib/clickhouse/server';
import { systemClock } from '@tickfolio/lib/clock';
import { hostPort } from '@tickfolio/lib/config';
import { createCallTimes, grpcTlsOf, withGrpcTls } from '@tickfolio/lib/grpc';
import { readSettings, runProcess } from '@tickfolio/lib/lifecycle';
import { startTracing } from '@tickfolio/lib/otlp';
import { postgresServer } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createRedisPubSub } from '@tickfolio/lib/pubsub/redis';
import { tracePubSub } from '@tickfolio/lib/pubsub/tracing';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import {
  builtPage,
  createAggregatorClient,
  createAggregators,
  createAuthClient,
  createCircuitMetrics,
  findAggregators,
  migrationsFolder,
  startBff,
} from './app.js';
import { bffConfig, bffOptions } from './config.js';

const config = readSettings('bff', withGrpcTls(bffConfig(process.env)), process.env);
const clock = systemClock;
const log = createLogger('bff', config.LOG_LEVEL);
const metrics = createMetrics('bff', { process: true });

await runProcess(
  async (life) => {
    life.own('traces', await startTracing({ service: 'bff', env: process.env, log, clock: systemClock, random: Math.random }));
    const postgres = life.own(
      'postgres',
      await openServerPostgres({
        ...postgresServer(config),
        database: config.POSTGRES_DB,
        maxConnections: config.POSTGRES_MAX_CONNECTIONS,
        migrationsFolder,
        metrics,
        signal: life.signal,
        log,
        clock,
      }),
    );
    const pubsub = tracePubSub(
      life.own('redis', createRedisPubSub({ address: config.REDIS_ADDR, sharded: config.REDIS_SHARDED_PUBSUB, log, clock, metrics })),
    );
    const observeCircuit = createCircuitMetrics(metrics);
    const auth = life.own(
      'authorization',
      createAuthClient({
        clock,
        target: hostPort(config.AUTH_SERVICE_ADDR),
        tls: grpcTlsOf(config, log),
        observe: createCallTimes(metrics),
        observeCircuit,
      }),
    );
    const aggregator = createAggregators({
      addresses: findAggregators(config.AGGREGATOR_ADDR, clock),
      connect: (baseUrl, circuit) => createAggregatorClient({ baseUrl, circuit, observeCircuit }),
    });
    const priceBus = createPriceBus(pubsub);
    const clickhouse =
      config.CLICKHOUSE_ADDR &&
      life.own(
        'clickhouse',
        openServerClickHouse({
          address: config.CLICKHOUSE_ADDR,
          user: config.CLICKHOUSE_USER,
          password: config.CLICKHOUSE_PASSWORD,
          log,
          clock,
        }),
      );
    const deps = { clickhouse: () => clickhouse, postgres, auth, aggregator, priceBus, pubsub, clock, log, metrics };
    const bff = life.own('http', await startBff(deps, { ...bffOptions(config), webFolder: builtPage }));
    log.info({ host: config.HTTP_HOST, port: bff.port }, 'serving REST and WebSocket');
  },
  { log },
);
