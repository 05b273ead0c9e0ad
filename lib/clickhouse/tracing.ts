import { inChildSpan, isTracing, SpanKind } from '../tracing/tracing.js';
import type { ClickHouse } from './port.js';

const maxTextLength = 2_000;

/**
 * The same ClickHouse, whose statements are spans of the trace they are made in: the text with its placeholders, never
 * a value or a row.
 */
export const traceClickHouse = (clickhouse: ClickHouse): ClickHouse => {
  if (!isTracing()) return clickhouse;
  const plan = (summary: string, attributes: Readonly<Record<string, string | number>>) => () => ({
    kind: SpanKind.CLIENT,
    attributes: { 'db.system.name': 'clickhouse', 'db.query.summary': summary, ...attributes },
  });
  const verbOf = (sql: string) => (/^\s*(\w+)/.exec(sql)?.[1] ?? 'query').toLowerCase();
  const textOf = (sql: string) => ({ 'db.query.text': sql.slice(0, maxTextLength) });
  return {
    ...clickhouse,
    insert: (table, columns, rows, options) =>
      inChildSpan(`insert ${table}`, plan(`insert ${table}`, { 'db.operation.batch.size': rows.length }), () =>
        clickhouse.insert(table, columns, rows, options),
      ),
    insertLines: (table, columns, lines, options) =>
      inChildSpan(`insert ${table}`, plan(`insert ${table}`, { 'db.operation.batch.size': lines.count }), () =>
        clickhouse.insertLines(table, columns, lines, options),
      ),
    query: (sql, params, options) =>
      inChildSpan(verbOf(sql), plan(verbOf(sql), textOf(sql)), () => clickhouse.query(sql, params, options)),
    command: (sql, params, options) =>
      inChildSpan(verbOf(sql), plan(verbOf(sql), textOf(sql)), () => clickhouse.command(sql, params, options)),
  };
};
