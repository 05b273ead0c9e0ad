import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { StartError } from '../errors/errors.js';
import { sqlState } from './sql-error.js';

/** Tables as a schema has them. */
export type Tables = readonly PgTable[];

/** The tables of a schema's module, those of rooms in it too, so that none is forgotten. */
export const tablesIn = (schema: Readonly<Record<string, unknown>>): Tables =>
  Object.values(schema).flatMap((value) => {
    if (is(value, PgTable)) return [value];
    return typeof value === 'object' && value !== null
      ? Object.values(value).filter((inner): inner is PgTable => is(inner, PgTable))
      : [];
  });

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** No such table, no such column. */
const absent = new Set(['42P01', '42703']);

export interface TablesWanted {
  readonly tables: Tables;
  /** Whose they are, as a sentence begins with it. */
  readonly database: string;
}

/**
 * Asks for no row of every column of every table, in one statement.
 * @param query in the schema in which they are to lie
 * @throws StartError naming what is missing; what `query` throws
 */
export const requireTables = async (
  query: (text: string) => Promise<unknown>,
  { tables, database }: TablesWanted,
): Promise<void> => {
  if (tables.length === 0) return;
  const asked = tables.map((table) => {
    const columns = Object.values(getTableColumns(table)).map(({ name }) => quoted(name));
    return `select 1 from (select ${columns.join(', ')} from ${quoted(getTableName(table))} limit 0) as asked`;
  });
  try {
    await query(asked.join(' union all '));
  } catch (err) {
    if (!absent.has(sqlState(err) ?? '')) throw err;
    throw new StartError(
      `${database} lacks what this build reads: ${err instanceof Error ? err.message : String(err)}. All of its migrations are noted as run, so somebody changed it since; restore it from a backup.`,
    );
  }
};
