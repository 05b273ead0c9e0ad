import { hostname } from 'node:os';
import { EventServiceClient } from '@tickfolio/gen/auth/v1';
import { createKafkaEventLog } from '@tickfolio/lib/event-log/kafka';
import { connectOwner } from '@tickfolio/lib/outbox/inbox';
import { postgresServer } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { runService } from '@tickfolio/lib/service';
import { createSocketClient, migrationsFolder, startPortfolio, tables } from './app.js';
import { authTarget, portfolioConfig, portfolioOptions, socketTarget } from './config.js';
import { portfolioTopics } from './topics.js';

const surroundings = { env: process.env, random: Math.random };

await runService('portfolio', portfolioConfig(process.env), surroundings, async ({ config, life, tls, ...part }) => {
  const server = {
    ...postgresServer(config),
    database: config.POSTGRES_DB,
    maxConnections: config.POSTGRES_MAX_CONNECTIONS,
  };
  const postgres = life.own(
    'database',
    await openServerPostgres({ ...part, ...server, migrationsFolder, tables, signal: life.signal }),
  );
  const kafka = {
    brokers: config.BROKERS,
    clientId: `portfolio-${hostname()}`,
    topics: portfolioTopics,
  };
  const eventLog = life.own('event log', createKafkaEventLog({ ...part, ...kafka }));
  const auth = life.own('auth', connectOwner(EventServiceClient, { ...part, tls, target: authTarget(config) }));
  const socket = life.own('socket client', createSocketClient({ ...part, tls, target: socketTarget(config) }));
  const adapters = { postgres, eventLog, accounts: auth.list, socket };
  const options = { ...portfolioOptions(config), tls };
  const portfolio = life.own('portfolio', await startPortfolio({ ...part, ...adapters }, options));
  void portfolio.failed.then((err) => life.fail(err));
});
