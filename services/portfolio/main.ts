import { hostname } from 'node:os';
import { createKafkaEventLog } from '@tickfolio/lib/event-log/kafka';
import { balanceEvents } from '@tickfolio/lib/events/balance-events';
import { portfolioEvents } from '@tickfolio/lib/events/portfolio-events';
import { postgresServer } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { runService } from '@tickfolio/lib/service';
import { migrationsFolder, startPortfolio, tables } from './app.js';
import { portfolioConfig, portfolioOptions } from './config.js';

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
    topics: [portfolioEvents, balanceEvents],
  };
  const eventLog = life.own('event log', createKafkaEventLog({ ...part, ...kafka }));
  life.own('portfolio', await startPortfolio({ ...part, postgres, eventLog }, { ...portfolioOptions(config), tls }));
});
