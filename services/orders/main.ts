import { hostname } from 'node:os';
import { EventServiceClient } from '@tickfolio/gen/auth/v1';
import { createKafkaEventLog } from '@tickfolio/lib/event-log/kafka';
import { createCallTimes } from '@tickfolio/lib/grpc';
import { connectOwner } from '@tickfolio/lib/outbox/inbox';
import { postgresServer } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { runService } from '@tickfolio/lib/service';
import { createCircuitMetrics } from '@tickfolio/lib/telemetry/circuit-metrics';
import {
  createExecution,
  createPortfolioClient,
  createSocketClient,
  createTapeClient,
  migrationsFolder,
  startOrders,
  tables,
} from './app.js';
import { aggregatorTarget, authTarget, ordersConfig, ordersOptions, portfolioTarget, socketTarget } from './config.js';
import { orderTopics } from './topics.js';

const surroundings = { env: process.env, random: Math.random };

await runService('orders', ordersConfig(process.env), surroundings, async ({ config, life, tls, ...part }) => {
  const server = {
    ...postgresServer(config),
    database: config.POSTGRES_DB,
    maxConnections: config.POSTGRES_MAX_CONNECTIONS,
  };
  const postgres = life.own(
    'database',
    await openServerPostgres({ ...part, ...server, migrationsFolder, tables, signal: life.signal }),
  );
  const kafka = { brokers: config.BROKERS, clientId: `orders-${hostname()}`, topics: orderTopics };
  const eventLog = life.own('event log', createKafkaEventLog({ ...part, ...kafka }));
  const shown = { observe: createCallTimes(part.metrics), observeCircuit: createCircuitMetrics(part.metrics) };
  const auth = life.own('auth', connectOwner(EventServiceClient, { ...part, tls, target: authTarget(config) }));
  const socket = life.own('socket client', createSocketClient({ ...part, tls, target: socketTarget(config) }));
  const portfolio = life.own(
    'portfolio client',
    createPortfolioClient({ ...part, ...shown, tls, target: portfolioTarget(config) }),
  );
  const client = life.own('trades', createTapeClient({ ...part, tls, target: aggregatorTarget(config) }));
  const { random } = surroundings;
  const startExecution = createExecution({ client, history: socket, random });
  const adapters = { postgres, eventLog, accounts: auth.list, socket, portfolio, startExecution, random };
  const orders = life.own('orders', await startOrders({ ...part, ...adapters }, { ...ordersOptions(config), tls }));
  void orders.failed.then((err) => life.fail(err));
});
