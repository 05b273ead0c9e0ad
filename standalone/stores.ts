import type { Clock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import type { Postgres } from '@tickfolio/lib/postgres';
import { openPglite } from '@tickfolio/lib/postgres/pglite';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import type { PubSub } from '@tickfolio/lib/pubsub';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { createRedisPubSub } from '@tickfolio/lib/pubsub/redis';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { StandaloneConfig } from './config.js';
import type { DataFolder } from './data-folder.js';

interface StoreDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

interface DatabasePlace {
  readonly folder: DataFolder;
  readonly name: string;
  readonly migrationsFolder: string;
}

// Each store: the server where its variable names one, else the embedded counterpart.

export const openDatabase = (
  deps: StoreDeps,
  config: StandaloneConfig,
  { folder, name, migrationsFolder }: DatabasePlace,
): Promise<Postgres> => {
  if (config.POSTGRES_HOST === undefined) return openPglite({ ...deps, folder: folder.part(name), migrationsFolder });
  return openServerPostgres({
    ...deps,
    host: config.POSTGRES_HOST,
    port: config.POSTGRES_PORT,
    user: config.POSTGRES_USER,
    password: config.POSTGRES_PASSWORD,
    database: name,
    migrationsFolder,
  });
};

export const openPubSub = (deps: StoreDeps & { readonly metrics: Metrics }, config: StandaloneConfig): PubSub =>
  config.REDIS_ADDR ? createRedisPubSub({ ...deps, address: config.REDIS_ADDR }) : createMemoryPubSub({ log: deps.log });

export const openEventLog = (deps: StoreDeps & { readonly metrics: Metrics }): EventLog => createMemoryEventLog(deps);

export const storesInWords = (config: StandaloneConfig): string =>
  [
    config.POSTGRES_HOST ? `PostgreSQL at ${config.POSTGRES_HOST}` : 'embedded PostgreSQL (PGlite)',
    config.REDIS_ADDR ? `Redis at ${config.REDIS_ADDR.host}` : 'pub/sub in memory',
    'event log in memory',
  ].join(', ');
