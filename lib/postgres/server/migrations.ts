import { readMigrationFiles } from 'drizzle-orm/migrator';
import type pg from 'pg';
import { AppError } from '../../errors/errors.js';
import type { Logger } from '../../telemetry/telemetry.js';
import { canTakeOver, type Migration, makeJournals, noteMigration, readJournal } from './journal.js';

export interface MigrationOptions {
  readonly database: string;
  /** Where the tables are. */
  readonly schema: string;
  /** Folder in drizzle-kit's layout: `meta/_journal.json` and one SQL file each. */
  readonly migrationsFolder: string;
  readonly log: Logger;
}

/** Any number that nobody else uses in the same database; advisory locks are per database. */
const migrationLock = 7_237_001_522;

/**
 * Runs the migrations that are missing. All of it happens in the transaction that the caller has begun, its lock too:
 * whoever else starts waits for it, also where a pooler gives the next transaction to another session. Changes nothing
 * where nothing is missing, except that the schema gets its own journal where the database has only the common one of
 * before.
 * @throws StartError when the tables are in another schema, or another service's are in this one
 */
export const bringUpToDate = async (client: pg.ClientBase, options: MigrationOptions): Promise<void> => {
  const { schema, database, log } = options;
  const before = await look(client, options);
  if (before.missing.length === 0 && !(await canTakeOver(client, schema, before.journal))) return;
  await client.query('select pg_advisory_xact_lock($1)', [migrationLock]);
  const { all, missing, journal } = await look(client, options);
  if (missing.length === 0 && journal.isOwn) return;
  const journals = await makeJournals(client, schema, journal);
  if (!journal.isOwn)
    for (const migration of all)
      if (journal.ran.has(migration.folderMillis)) await noteMigration(client, journals.slice(0, 1), migration);
  for (const migration of missing) {
    for (const statement of migration.sql) await client.query(statement);
    await noteMigration(client, journals, migration);
  }
  if (missing.length > 0) log.info({ database, migrations: missing.length }, 'the database was migrated');
};

/** @throws AppError unavailable while migrations are missing that somebody else runs; StartError as `bringUpToDate` */
export const requireUpToDate = async (client: pg.ClientBase, options: MigrationOptions): Promise<void> => {
  const { length } = (await look(client, options)).missing;
  if (length > 0)
    throw new AppError(
      'unavailable',
      `${length} migrations of the database "${options.database}" have not been run yet`,
    );
};

const look = async (client: pg.ClientBase, options: MigrationOptions) => {
  const all: readonly Migration[] = readMigrationFiles(options);
  const journal = await readJournal(client, options, all);
  return { all, journal, missing: all.filter(({ folderMillis }) => !journal.ran.has(folderMillis)) };
};
