import { readMigrationFiles } from 'drizzle-orm/migrator';
import type pg from 'pg';
import { AppError } from '../errors/errors.js';
import { StartError } from '../lifecycle/lifecycle.js';
import type { Logger } from '../telemetry/telemetry.js';

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
/** As drizzle's own `migrate` keeps it, which ran what is in older databases. That one has no lock, and needs a session for one around it. */
const journal = 'drizzle.__drizzle_migrations';
/** Read as a table is: what `to_regclass` says may be from before the wait for the lock. */
const isThere = `select from pg_tables where schemaname || '.' || tablename = '${journal}'`;

type Migration = ReturnType<typeof readMigrationFiles>[number];

/**
 * Runs the migrations that are missing. All of it happens in the transaction that the caller has begun, its lock too: whoever else
 * starts waits for it, also where a pooler gives the next transaction to another session. Changes nothing where nothing is missing.
 * @throws StartError when the tables are in another schema
 */
export const bringUpToDate = async (client: pg.ClientBase, options: MigrationOptions): Promise<void> => {
  if ((await findMissing(client, options)).length === 0) return;
  await client.query('select pg_advisory_xact_lock($1)', [migrationLock]);
  const missing = await findMissing(client, options);
  if (missing.length === 0) return;
  await makeJournal(client, options.schema);
  for (const { sql, hash, folderMillis } of missing) {
    for (const statement of sql) await client.query(statement);
    await client.query(`insert into ${journal} (hash, created_at) values ($1, $2)`, [hash, folderMillis]);
  }
  options.log.info({ database: options.database, migrations: missing.length }, 'the database was migrated');
};

/** @throws AppError unavailable while migrations are missing that somebody else runs; StartError when the tables are in another schema */
export const requireUpToDate = async (client: pg.ClientBase, options: MigrationOptions): Promise<void> => {
  const { length } = await findMissing(client, options);
  if (length > 0) throw new AppError('unavailable', `${length} migrations of the database "${options.database}" have not been run yet`);
};

const findMissing = async (client: pg.ClientBase, options: MigrationOptions): Promise<Migration[]> => {
  const all = readMigrationFiles(options);
  if ((await client.query(isThere)).rowCount === 0) return all;
  const { rows: done } = await client.query<{ created_at: string }>(`select created_at from ${journal}`);
  if (done.length > 0) await requireTablesIn(client, options);
  const ran = new Set(done.map(({ created_at }) => Number(created_at)));
  return all.filter(({ folderMillis }) => !ran.has(folderMillis));
};

/** Before the schema was a setting, the role's own search_path decided where the tables went. */
const requireTablesIn = async (client: pg.ClientBase, { database, schema }: MigrationOptions) => {
  const { rows } = await client.query<{ schemaname: string }>(
    `select distinct schemaname from pg_tables where schemaname not in ('drizzle', 'pg_catalog', 'information_schema')`,
  );
  const [other] = rows;
  if (other && !rows.some(({ schemaname }) => schemaname === schema))
    throw new StartError(
      `The tables of the database "${database}" are not in its schema "${schema}". Set POSTGRES_SCHEMA=${other.schemaname} if they are in that one.`,
    );
};

/** Only what is missing: to make a schema that is there already takes rights too. */
const makeJournal = async (client: pg.ClientBase, schema: string) => {
  const { rows } = await client.query<{ nspname: string }>('select nspname from pg_namespace where nspname in ($1, $2)', [
    'drizzle',
    schema,
  ]);
  for (const name of ['drizzle', schema])
    if (!rows.some(({ nspname }) => nspname === name)) await client.query(`create schema "${name.replaceAll('"', '""')}"`);
  await client.query(`create table if not exists ${journal} (id serial primary key, hash text not null, created_at bigint)`);
};
