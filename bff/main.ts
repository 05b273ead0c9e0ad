import { hostname } from 'node:os';
import { clickHouseLogin } from '@tickfolio/lib/clickhouse';
import { openServerClickHouse } from '@tickfolio/lib/clickhouse/server';
import { createKafkaEventLog } from '@tickfolio/lib/event-log/kafka';
import { postgresServer } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createRedisPubSub } from '@tickfolio/lib/pubsub/redis';
import { tracePubSub } from '@tickfolio/lib/pubsub/tracing';
import { runService } from '@tickfolio/lib/service';
import { createCircuitMetrics } from '@tickfolio/lib/telemetry/circuit-metrics';
import {
  builtDocuments,
  builtPage,
  createAggregatorClient,
  createAggregators,
  createNeighbours,
  findAggregators,
  gatewayTopics,
  migrationsFolder,
  neighbourTargets,
  startBff,
  tables,
} from './app.js';
import { bffConfig, bffOptions } from './config.js';

const surroundings = { env: process.env, random: Math.random };

await runService('bff', bffConfig(process.env), surroundings, async ({ config, life, tls, ...part }) => {
  const server = {
    ...postgresServer(config),
    database: config.POSTGRES_DB,
    maxConnections: config.POSTGRES_MAX_CONNECTIONS,
  };
  const postgres = life.own(
    'postgres',
    await openServerPostgres({ ...part, ...server, migrationsFolder, tables, signal: life.signal }),
  );
  const redis = life.own(
    'redis',
    createRedisPubSub({ ...part, address: config.REDIS_ADDR, sharded: config.REDIS_SHARDED_PUBSUB }),
  );
  const pubsub = tracePubSub(redis);
  const kafka = {
    brokers: config.BROKERS,
    clientId: `bff-${hostname()}`,
    topics: gatewayTopics,
  };
  const eventLog = life.own('event log', createKafkaEventLog({ ...part, ...kafka }));
  const observeCircuit = createCircuitMetrics(part.metrics);
  const neighbours = life.own(
    'neighbours',
    createNeighbours({ ...part, tls, observeCircuit }, neighbourTargets(config)),
  );
  const aggregator = createAggregators({
    addresses: findAggregators(config.AGGREGATOR_ADDR, part.clock),
    connect: (baseUrl, circuit) => createAggregatorClient({ baseUrl, circuit, observeCircuit }),
  });
  const address = config.CLICKHOUSE_ADDR;
  const clickhouse =
    address && life.own('clickhouse', openServerClickHouse({ ...part, ...clickHouseLogin(config), address }));
  const adapters = {
    clickhouse: () => clickhouse,
    postgres,
    neighbours,
    aggregator,
    priceBus: createPriceBus(pubsub),
    pubsub,
    eventLog,
  };
  const { port, failed } = life.own(
    'http',
    await startBff(
      { ...part, ...adapters },
      { ...bffOptions(config), webFolder: builtPage, documentsFolder: builtDocuments },
    ),
  );
  void failed.then((err) => life.fail(err));
  part.log.info({ host: config.HTTP_HOST, port }, 'serving REST and WebSocket');
});
