import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { systemClock } from '../clock/clock.js';
import { openPglite, openPgliteEngine, type PgliteEngine } from '../postgres/pglite/pglite.js';
import type { Postgres } from '../postgres/postgres.js';
import { silentLogger } from '../telemetry/telemetry.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'tickfolio-pglite-'));
/** On a busy machine whatever is asked takes a while, and so does the wait behind it. */
const patience = { waitTimeoutMs: 60_000, transactionTimeoutMs: 60_000 };
const common = () => ({ log: silentLogger(), clock: systemClock, ...patience });

/** A new database in a folder of its own, which `close` removes. */
export const openTestPglite = async (migrationsFolder: string): Promise<Postgres> => {
  const folder = newFolder();
  const postgres = await openPglite({ folder, migrationsFolder, ...common() });
  return {
    ...postgres,
    close: async () => {
      await postgres.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

let engine: Promise<PgliteEngine> | undefined;
const shared = new Map<string, Promise<Postgres>>();

/** A schema each in one engine, as in the all-in-one run: to start an engine takes longer than most tests. */
const openSchema = async (schema: string, migrationsFolder: string): Promise<Postgres> => {
  engine ??= openPgliteEngine({ folder: newFolder(), ...common() });
  return (await engine).database({ schema, migrationsFolder });
};

const namesOf = async ({ db }: Postgres, statement: string): Promise<string[]> => {
  const { rows } = (await db.execute(sql.raw(statement))) as unknown as { rows: { name: string }[] };
  return rows.map(({ name }) => name);
};

/** Only what has something: to empty a table makes its files anew, and that of forty takes longer than most tests. */
const empty = async (postgres: Postgres) => {
  const tables = await namesOf(
    postgres,
    `select quote_ident(tablename) as name from pg_tables
     where schemaname = current_schema() and tablename <> '__drizzle_migrations'`,
  );
  const filled = await namesOf(
    postgres,
    tables.map((name) => `select '${name}' as name where exists (select from ${name})`).join(' union all '),
  );
  if (filled.length > 0) await postgres.db.execute(sql.raw(`truncate ${filled.join(', ')} cascade`));
  const counted = await namesOf(
    postgres,
    `select quote_ident(sequencename) as name from pg_sequences
     where schemaname = current_schema() and last_value is not null and sequencename <> '__drizzle_migrations_id_seq'`,
  );
  for (const name of counted) await postgres.db.execute(sql.raw(`alter sequence ${name} restart`));
};

/**
 * One for all test files of a process, which run one after another; each finds its tables empty. It ends with the
 * process.
 * @param which for who needs two of the same kind at once
 */
export const shareTestPglite = async (migrationsFolder: string, which = ''): Promise<Postgres> => {
  const key = `${migrationsFolder} ${which}`;
  const opening = shared.get(key) ?? openSchema(`shared_${shared.size + 1}`, migrationsFolder);
  shared.set(key, opening);
  const postgres = await opening;
  await empty(postgres);
  return { ...postgres, close: async () => undefined };
};
