import { tickerColumns } from './mini-ticker.js';

/** What the archive is called where nothing else is set. */
export const usualArchive = { database: 'crypto', table: 'market_tickers' } as const;

/**
 * The tables of the archive, by what their names end in. Of the candles and the newest ticker there are views besides.
 */
export type ArchivePart = 'rows' | 'offsets' | 'newest' | '1m' | '1h' | 'audits' | 'retentions';
export const archivePart = (table: string, part: ArchivePart): string => `${table}_${part}`;

/** Full names of what the archiver writes and others read. */
export interface ArchiveNames {
  readonly database: string;
  /** The part of their names that all tables of the archive begin with. */
  readonly table: string;
  /** What queries read: every ticker once. */
  readonly view: string;
  /** The table behind it, where a ticker may stand twice for a while. */
  readonly rows: string;
  /** The newest ticker of each symbol. */
  readonly latest: string;
  /** Candles. */
  readonly minutes: string;
  readonly hours: string;
  /** What became of each message of the topic. */
  readonly offsets: string;
  readonly audits: string;
  /** Since when rows were kept under earlier rules. */
  readonly retentions: string;
}

const plain = /^[A-Za-z_]\w{0,63}$/;
const candlesOf = (table: string): string => `${table.replace(/_tickers$/, '')}_ohlc`;

/** @throws TypeError for a name that is no plain identifier. */
export const archiveNames = (database: string, table: string): ArchiveNames => {
  for (const name of [database, table])
    if (!plain.test(name)) throw new TypeError(`"${name}" is no plain name of a database or a table`);
  const full = (name: string) => `${database}.${name}`;
  const part = (of: ArchivePart) => full(archivePart(table, of));
  return {
    database,
    table,
    view: full(table),
    rows: part('rows'),
    latest: full(`${table}_latest`),
    minutes: full(`${candlesOf(table)}_1m`),
    hours: full(`${candlesOf(table)}_1h`),
    offsets: part('offsets'),
    audits: part('audits'),
    retentions: part('retentions'),
  };
};

/** What the archive's migrations are told: where, under which names, and what is noted where. */
export const archiveMigrations = (database: string, table: string) => ({
  database,
  names: { table, ohlc: candlesOf(table) },
  journal: `${table}_migrations`,
});

/** Of a row: the ticker's, then where its message came from. */
export const rowColumns = [...tickerColumns, 'kafka_topic', 'kafka_partition', 'kafka_offset'] as const;
/** Of what is noted about a message; `symbol` is empty of a dead letter. */
export const offsetColumns = [
  'topic',
  'kafka_partition',
  'kafka_offset',
  'symbol',
  'event_time',
  'dead_letter',
] as const;
/** Of an audit's result for a partition. */
export const auditColumns = [
  'audited_at',
  'topic',
  'kafka_partition',
  'messages',
  'archived',
  'repeated',
  'dead_letters',
  'missing',
  'duplicate',
  'lag',
  'checked_from',
  'checked_to',
  'interval_ms',
] as const;
