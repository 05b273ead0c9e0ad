import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { namesOf } from './takeover/zoneless.js';
import type { TickerLines } from './ticker-lines.js';
import { tickerColumns } from './ticker-row.js';

/** Where rows are kept. */
export interface Archive {
  /**
   * Resolves when ClickHouse acknowledged all rows. Storing a row again changes nothing that a query sees.
   * @throws AppError unavailable, deadline_exceeded, invalid_argument (a row cannot be stored, whoever tries).
   */
  store(lines: TickerLines): Promise<void>;
  /** Notes messages as dead letters, so that the audit does not miss them. */
  storeDead(topic: string, partition: number, offsets: readonly string[]): Promise<void>;
}

/** Full names of the archive's tables. */
export interface ArchiveNames {
  /** What queries read: every ticker once. */
  readonly view: string;
  readonly rows: string;
  readonly offsets: string;
  readonly audits: string;
  /** Rows of an older version while they are being set right. */
  readonly zoneless: string;
}

/** @param database and table are plain identifiers. */
export const archiveNames = (database: string, table: string): ArchiveNames => ({
  view: `${database}.${table}`,
  rows: `${database}.${table}_rows`,
  offsets: `${database}.${table}_offsets`,
  audits: `${database}.${table}_audits`,
  zoneless: `${database}.${namesOf({ database, table }, 'rows').zoneless}`,
});

const rowColumns = [...tickerColumns, 'kafka_topic', 'kafka_partition', 'kafka_offset'];
const offsetColumns = ['topic', 'kafka_partition', 'kafka_offset', 'symbol', 'event_time', 'dead_letter'];

export const createArchive = (clickhouse: ClickHouse, names: ArchiveNames): Archive => ({
  store: ({ bytes, messages }) => clickhouse.insertLines(names.rows, rowColumns, { bytes, count: messages.length }),
  storeDead: (topic, partition, offsets) =>
    clickhouse.insert(
      names.offsets,
      offsetColumns,
      offsets.map((offset) => [topic, partition, offset, '', '1970-01-01 00:00:00.000', true]),
    ),
});
