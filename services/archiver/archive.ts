import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { AppError } from '@tickfolio/lib/errors';
import { type ArchiveNames, offsetColumns, rowColumns } from '@tickfolio/lib/events/archive';
import type { TickerLines } from './ticker-lines.js';

/** Where rows are kept. */
export interface Archive {
  /**
   * Resolves when ClickHouse acknowledged all rows. Storing a row again changes nothing that a query sees.
   * @throws AppError unavailable, deadline_exceeded, failed_precondition (a view over the table is broken), canceled,
   * invalid_argument (ClickHouse blames a row).
   */
  store(lines: TickerLines): Promise<void>;
  /**
   * Stores one of its rows once more, the way all rows go: a table that refuses it refuses everything.
   * @returns false where there is none yet @throws AppError failed_precondition when it is refused, and as `store`
   */
  storeAgain(): Promise<boolean>;
  /** Notes messages as dead letters, so that the audit does not miss them. */
  storeDead(topic: string, partition: number, offsets: readonly string[]): Promise<void>;
}

export const createArchive = (clickhouse: ClickHouse, names: ArchiveNames): Archive => ({
  store: ({ bytes, messages }) => clickhouse.insertLines(names.rows, rowColumns, { bytes, count: messages.length }),
  storeAgain: async () => {
    const [any] = await clickhouse.query(`SELECT 1 FROM ${names.rows} LIMIT 1`);
    if (!any) return false;
    const columns = rowColumns.join(', ');
    try {
      await clickhouse.command(`INSERT INTO ${names.rows} (${columns}) SELECT ${columns} FROM ${names.rows} LIMIT 1`);
    } catch (err) {
      if (!(err instanceof AppError) || err.code !== 'invalid_argument') throw err;
      throw new AppError('failed_precondition', `The archive refuses also what it took before: ${err.message}`, {
        cause: err,
      });
    }
    return true;
  },
  storeDead: (topic, partition, offsets) =>
    clickhouse.insert(
      names.offsets,
      offsetColumns,
      offsets.map((offset) => [topic, partition, offset, '', '1970-01-01 00:00:00.000', true]),
    ),
});
