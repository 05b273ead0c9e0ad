import type { Session } from 'chdb';
import { ClickHouseFault } from '../error.js';

/** The INSERTs of our own adapters. Their rows go to the engine as they are, which leaves the event loop free. */
const plainInsert = /^INSERT INTO ([\w.]+) \(([\w, ]+)\) FORMAT (TabSeparated|JSONCompactEachRow|JSONEachRow)$/;

/**
 * chDB reads a text of several statements, and takes the rows of an INSERT to end at an empty line: what follows would
 * be run as SQL. Between rows of JSON empty lines mean nothing; in other formats they are rows.
 */
const withoutEmptyLines = (body: Buffer, sql: string): Buffer => {
  if (!body.includes('\n\n')) return body;
  if (!/JSON\w*EachRow\s*$/.test(sql)) {
    throw new ClickHouseFault(
      27,
      'CANNOT_PARSE_INPUT_ASSERTION_FAILED',
      'The embedded engine takes no empty lines among rows in this format',
    );
  }
  return Buffer.from(body.toString('latin1').replace(/\n{2,}/g, '\n'), 'latin1');
};

/**
 * Runs an INSERT with its rows. @param sql ends with the name of their format. @returns the seconds it took. @throws
 * what the engine throws
 */
export const insertRows = async (session: Session, sql: string, body: Buffer): Promise<number> => {
  const rows = withoutEmptyLines(body, sql);
  const [, table, columns, format] = plainInsert.exec(sql) ?? [];
  if (table !== undefined && columns !== undefined && format !== undefined) {
    const named = {
      table,
      columns: columns.split(', '),
      format: format as 'TabSeparated' | 'JSONCompactEachRow' | 'JSONEachRow',
    };
    return (await session.insert({ ...named, values: rows })).elapsed;
  }
  return (await session.queryAsync(`${sql}\n${rows.toString('utf8')}`)).elapsed;
};
