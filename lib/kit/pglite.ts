import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { systemClock } from '../clock/clock.js';
import { openPglite, openPgliteEngine, type PgliteEngine } from '../postgres/pglite/pglite.js';
import type { Postgres } from '../postgres/postgres.js';
import { silentLogger } from '../telemetry/telemetry.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'tickfolio-pglite-'));
const common = () => ({ log: silentLogger(), clock: systemClock });

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

/**
 * One for all test files of a process, which run one after another; each finds its tables empty. It ends with the
 * process.
 */
export const shareTestPglite = async (migrationsFolder: string): Promise<Postgres> => {
  const opening = shared.get(migrationsFolder) ?? openSchema(`shared_${shared.size + 1}`, migrationsFolder);
  shared.set(migrationsFolder, opening);
  const postgres = await opening;
  const { rows } = (await postgres.db.execute(
    sql`select quote_ident(tablename) as name from pg_tables
      where schemaname = current_schema() and tablename <> '__drizzle_migrations'`,
  )) as unknown as { rows: { name: string }[] };
  await postgres.db.execute(sql.raw(`truncate ${rows.map(({ name }) => name).join(', ')} restart identity cascade`));
  return { ...postgres, close: async () => undefined };
};
