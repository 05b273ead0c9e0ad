import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

export { inBackground, isInBackground } from './background.js';
export { type DatabaseTime, databaseTime, timeOf } from './database-time.js';
export { postgresServer, postgresSettings } from './settings.js';
export { checkViolation, fromPostgresError, sqlState, uniqueViolation, violatedConstraint } from './sql-error.js';
export { type Tables, tablesIn } from './tables.js';
export { transact, UnansweredCommitError } from './transact.js';
export { unaryOf } from './unary.js';

/**
 * A drizzle database of either adapter. Use the query builder with `returning()`; what a bare `execute` returns differs
 * between the adapters. Errors are drizzle's; read them with `sqlState` and hand them on through `fromPostgresError`.
 */
export type Database = PgDatabase<PgQueryResultHKT>;

/** What the work of `db.transaction` gets. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

/** One PostgreSQL database, migrated. An acknowledged commit survives a kill of this process. */
export interface Postgres {
  readonly db: Database;
  /**
   * Resolves when the database answers and takes changes. @throws AppError unavailable, within the adapter's connect
   * and statement limits
   */
  ping(): Promise<void>;
  /**
   * Lets running statements end, within a bound and no longer than until the signal, and closes every connection.
   * Idempotent.
   */
  close(until?: AbortSignal): Promise<void>;
}
