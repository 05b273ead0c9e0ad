import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { systemClock } from '../clock/clock.js';
import { openPglite } from '../postgres/pglite/pglite.js';
import type { Postgres } from '../postgres/postgres.js';
import { silentLogger } from '../telemetry/telemetry.js';

/** A new database in a folder of its own, which `close` removes. */
export const openTestPglite = async (migrationsFolder: string): Promise<Postgres> => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-pglite-'));
  const postgres = await openPglite({ folder, migrationsFolder, log: silentLogger(), clock: systemClock });
  return {
    ...postgres,
    close: async () => {
      await postgres.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const shared = new Map<string, Promise<Postgres>>();

/**
 * One for all test files of a process, which run one after another; each finds its tables empty. It ends with the
 * process.
 */
export const shareTestPglite = async (migrationsFolder: string): Promise<Postgres> => {
  const opening = shared.get(migrationsFolder) ?? openTestPglite(migrationsFolder);
  shared.set(migrationsFolder, opening);
  const postgres = await opening;
  const { rows } = (await postgres.db.execute(
    sql`select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
  )) as unknown as { rows: { name: string }[] };
  await postgres.db.execute(sql.raw(`truncate ${rows.map(({ name }) => name).join(', ')} restart identity cascade`));
  return { ...postgres, close: async () => undefined };
};
