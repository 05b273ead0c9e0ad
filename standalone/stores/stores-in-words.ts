import { existsSync } from 'node:fs';
import { type Address, hostPort } from '@tickfolio/lib/config';
import type { DataFolder } from './data-folder.js';
import { allDatabases } from './store-names.js';

interface Postgres {
  readonly POSTGRES_HOST?: string | undefined;
  readonly POSTGRES_PORT: number;
}

interface Stores extends Postgres, Brokers {
  readonly CLICKHOUSE_ADDR?: Address | undefined;
  readonly REDIS_ADDR?: Address | undefined;
}

interface Brokers {
  readonly BROKERS?: readonly string[] | undefined;
  readonly KAFKA_BROKERS?: readonly string[] | undefined;
}

export interface EventLogPlace extends Brokers {
  readonly POSTGRES_HOST?: string | undefined;
}

/** Undefined where the event log is this run's own. */
export const brokersOf = (config: Brokers): readonly string[] | undefined => config.BROKERS ?? config.KAFKA_BROKERS;

/** Whether the embedded databases have it: a server's are open to other runs, and it serves one. */
export const isEventLogEmbedded = (config: EventLogPlace): boolean =>
  brokersOf(config) === undefined && config.POSTGRES_HOST === undefined;

/** What the start waits for before anything else. */
export const openingInWords = (config: Postgres, folder: DataFolder): string => {
  if (config.POSTGRES_HOST) return `Connecting to ${postgresInWords(config)} ...`;
  return existsSync(folder.part(allDatabases))
    ? 'Opening the embedded databases ...'
    : 'Making the embedded databases (once; it takes a few seconds) ...';
};

const postgresInWords = ({ POSTGRES_HOST, POSTGRES_PORT }: Postgres): string | undefined =>
  POSTGRES_HOST && `PostgreSQL at ${hostPort({ host: POSTGRES_HOST, port: POSTGRES_PORT })}`;

const clickHouseInWords = ({ CLICKHOUSE_ADDR }: Stores): string | undefined =>
  CLICKHOUSE_ADDR && `ClickHouse at ${hostPort(CLICKHOUSE_ADDR)}`;

/** What is kept on servers, and so in no backup of the data folder. */
export const elsewhereInWords = (config: Stores): string[] => {
  const [accounts, archive] = [postgresInWords(config), clickHouseInWords(config)];
  return [
    ...(accounts ? [`accounts and portfolios, in ${accounts}`] : []),
    ...(archive ? [`the archive, in ${archive}`] : []),
  ];
};

const eventLogInWords = (config: EventLogPlace): string => {
  const brokers = brokersOf(config);
  if (brokers) return `Kafka at ${brokers.join(', ')}`;
  return isEventLogEmbedded(config) ? 'event log in PGlite, its tickers in memory' : 'event log in memory';
};

export const storesInWords = (config: Stores): string =>
  [
    postgresInWords(config) ?? 'embedded PostgreSQL (PGlite)',
    config.REDIS_ADDR ? `Redis at ${hostPort(config.REDIS_ADDR)}` : 'pub/sub in memory',
    eventLogInWords(config),
    clickHouseInWords(config) ?? 'embedded ClickHouse (chDB)',
  ].join(', ');
