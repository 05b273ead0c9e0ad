/** What bounds the statements of a session, and where its tables are. */
export interface SessionOptions {
  /** Where unqualified names are looked up and made. */
  readonly schema: string;
  /** After this time the server ends a statement, and a transaction in which nothing happens. */
  readonly statementTimeoutMs: number;
}

/**
 * What our statements and the reading of their answers stand on. A server, a database or a role may have other defaults
 * (`ALTER DATABASE …`, `ALTER ROLE … SET`), made for other programs. `default_transaction_read_only` is left as it is:
 * it is how an operator or a provider stops all writing.
 */
const settingsOf = ({ schema, statementTimeoutMs }: SessionOptions): Readonly<Record<string, string>> => ({
  // The form of texts.
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  // What a statement means.
  search_path: schema,
  default_transaction_isolation: 'read committed',
  // How long it may take; a wait for a lock is part of its statement.
  lock_timeout: '0',
  statement_timeout: String(statementTimeoutMs),
  idle_in_transaction_session_timeout: String(statementTimeoutMs),
});

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** One statement that sets all of it: for as long as the session or the transaction lasts. It gives one row. */
export const setSessionSql = (options: SessionOptions, lasts: 'session' | 'transaction'): string =>
  `select ${Object.entries(settingsOf(options))
    .map(([name, value]) => `set_config('${name}', ${quoted(value)}, ${lasts === 'transaction'})`)
    .join(', ')}`;
