import { hostname } from 'node:os';
import { createKafkaEventLog } from '@tickfolio/lib/event-log/kafka';
import { userEvents } from '@tickfolio/lib/events/user-events';
import { postgresServer } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { runService } from '@tickfolio/lib/service';
import { migrationsFolder, startAuth, tables } from './app.js';
import { authConfig, authOptions } from './config.js';

const surroundings = { env: process.env, random: Math.random };

await runService('auth', authConfig(process.env), surroundings, async ({ config, life, tls, ...part }) => {
  const server = {
    ...postgresServer(config),
    database: config.POSTGRES_DB,
    maxConnections: config.POSTGRES_MAX_CONNECTIONS,
  };
  const postgres = life.own(
    'database',
    await openServerPostgres({ ...part, ...server, migrationsFolder, tables, signal: life.signal }),
  );
  const kafka = { brokers: config.BROKERS, clientId: `auth-${hostname()}`, topics: [userEvents] };
  const eventLog = life.own('event log', createKafkaEventLog({ ...part, ...kafka }));
  life.own('auth', await startAuth({ ...part, postgres, eventLog }, { ...authOptions(config), tls }));
});
