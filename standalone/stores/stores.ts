import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { archiveTopics } from '@tickfolio/archiver/app';
import type { Clock } from '@tickfolio/lib/clock';
import { hostPort } from '@tickfolio/lib/config';
import type { EventLog } from '@tickfolio/lib/event-log';
import { createKafkaEventLog } from '@tickfolio/lib/event-log/kafka';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { traceEventLog } from '@tickfolio/lib/event-log/tracing';
import { miniTickers } from '@tickfolio/lib/events/mini-ticker';
import { type Postgres, postgresServer } from '@tickfolio/lib/postgres';
import { openPglite, type PglitePostgres } from '@tickfolio/lib/postgres/pglite';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import type { PubSub } from '@tickfolio/lib/pubsub';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { createRedisPubSub } from '@tickfolio/lib/pubsub/redis';
import { tracePubSub } from '@tickfolio/lib/pubsub/tracing';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { StandaloneConfig } from '../config.js';
import type { DataFolder } from './data-folder.js';

interface StoreDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

interface DatabasePlace {
  readonly folder: DataFolder;
  readonly name: string;
  readonly migrationsFolder: string;
  /** Ends the wait for a server. */
  readonly signal: AbortSignal;
  /** Bounds the connections to a server. */
  readonly maxConnections?: number;
}

/** A database, and where it is embedded, what only such a one has. */
export type OpenedDatabase = Postgres & Partial<PglitePostgres>;

// Each store: the server where its variable names one, else the embedded counterpart.

export const openDatabase = (deps: StoreDeps, config: StandaloneConfig, place: DatabasePlace): Promise<OpenedDatabase> => {
  const { folder, name, ...options } = place;
  if (config.POSTGRES_HOST === undefined) {
    return openPglite({ ...deps, folder: folder.part(name), migrationsFolder: place.migrationsFolder });
  }
  return openServerPostgres({ ...deps, ...options, ...postgresServer(config), database: name });
};

/** A database that is still being opened, with an owner already: closing waits for it. */
export const ownedSoon = (opening: Promise<OpenedDatabase>) => ({
  opening,
  close: async () => {
    const opened = await opening.catch(() => undefined); // A fault is told where the opening is awaited.
    await opened?.close();
  },
});

export const openPubSub = (deps: StoreDeps & { readonly metrics: Metrics }, config: StandaloneConfig): PubSub =>
  tracePubSub(
    config.REDIS_ADDR
      ? createRedisPubSub({ ...deps, address: config.REDIS_ADDR, sharded: config.REDIS_SHARDED_PUBSUB })
      : createMemoryPubSub({ log: deps.log }),
  );

export const openEventLog = (deps: StoreDeps & { readonly metrics: Metrics }, config: StandaloneConfig): EventLog => {
  const brokers = config.BROKERS ?? config.KAFKA_BROKERS;
  // The archive remembers offsets beyond this process, so none may come twice.
  if (!brokers) return traceEventLog(createMemoryEventLog({ ...deps, firstOffset: deps.clock.now() * 1_000 }));
  const read = archiveTopics(config.KAFKA_TOPIC);
  const topics = read.some(({ name }) => name === miniTickers.name) ? read : [miniTickers, ...read];
  return traceEventLog(createKafkaEventLog({ ...deps, brokers, clientId: `tickfolio-${hostname()}`, topics }));
};

/** What the start waits for before anything else. */
export const openingInWords = (config: StandaloneConfig, folder: DataFolder): string => {
  if (config.POSTGRES_HOST) return `Connecting to ${postgresInWords(config)} ...`;
  return existsSync(folder.part(config.AUTH_POSTGRES_DB)) && existsSync(folder.part(config.PROFILE_POSTGRES_DB))
    ? 'Opening the embedded databases ...'
    : 'Making the embedded databases (once; it takes a few seconds) ...';
};

const postgresInWords = ({ POSTGRES_HOST, POSTGRES_PORT }: StandaloneConfig): string | undefined =>
  POSTGRES_HOST && `PostgreSQL at ${hostPort({ host: POSTGRES_HOST, port: POSTGRES_PORT })}`;

const clickHouseInWords = ({ CLICKHOUSE_ADDR }: StandaloneConfig): string | undefined =>
  CLICKHOUSE_ADDR && `ClickHouse at ${hostPort(CLICKHOUSE_ADDR)}`;

/** What is kept on servers, and so in no backup of the data folder. */
export const elsewhereInWords = (config: StandaloneConfig): string[] => {
  const [accounts, archive] = [postgresInWords(config), clickHouseInWords(config)];
  return [...(accounts ? [`accounts and portfolios, in ${accounts}`] : []), ...(archive ? [`the archive, in ${archive}`] : [])];
};

const kafkaInWords = ({ BROKERS, KAFKA_BROKERS }: StandaloneConfig): string => {
  const brokers = BROKERS ?? KAFKA_BROKERS;
  return brokers ? `Kafka at ${brokers.join(', ')}` : 'event log in memory';
};

export const storesInWords = (config: StandaloneConfig): string =>
  [
    postgresInWords(config) ?? 'embedded PostgreSQL (PGlite)',
    config.REDIS_ADDR ? `Redis at ${hostPort(config.REDIS_ADDR)}` : 'pub/sub in memory',
    kafkaInWords(config),
    clickHouseInWords(config) ?? 'embedded ClickHouse (chDB)',
  ].join(', ');
