import type { ClickHouse } from './port.js';

/**
 * The same ClickHouse, whose statements are given up when the signal aborts, unless they bring a signal of their own.
 */
export const givenUpBy = (signal: AbortSignal, clickhouse: ClickHouse): ClickHouse => ({
  ...clickhouse,
  insert: (table, columns, rows, options) => clickhouse.insert(table, columns, rows, { signal, ...options }),
  insertLines: (table, columns, lines, options) =>
    clickhouse.insertLines(table, columns, lines, { signal, ...options }),
  query: (sql, params, options) => clickhouse.query(sql, params, { signal, ...options }),
  command: (sql, params, options) => clickhouse.command(sql, params, { signal, ...options }),
});
