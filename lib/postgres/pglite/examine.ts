import type { Clock } from '../../clock/clock.js';
import { DamagedStoreError, type TableContents } from '../../embedded-store/embedded-store.js';
import { lockFolder } from '../../folder-lock/folder-lock.js';
import type { Logger } from '../../telemetry/telemetry.js';
import { openPgliteConnection } from './connection.js';

const userTables = `select format('%I.%I', schemaname, tablename) as path, schemaname as schema, tablename as name from pg_tables
  where schemaname not in ('pg_catalog', 'information_schema') and tablename <> '__drizzle_migrations' order by 1`;

/**
 * Opens a database that nobody uses, without bringing it up to date, and reads every row of it, by which PostgreSQL
 * proves the checksums of its pages; then closes it. Its files are in order afterwards, as after a shutdown.
 * @throws DamagedStoreError, NoRoomError, and StartError when another process has the folder
 */
export const examinePglite = async (
  folder: string,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<TableContents[]> => {
  const lock = await lockFolder(folder, { clock });
  try {
    const connection = await openPgliteConnection({ folder, clock, log });
    const rowsOf = async <T>(text: string) =>
      (await connection.ask({ kind: 'query', text, params: [], rowMode: 'object' })).rows as readonly T[];
    try {
      const contents: TableContents[] = [];
      for (const { path, schema, name } of await rowsOf<{ path: string; schema: string; name: string }>(userTables)) {
        const [counted] = await rowsOf<{ rows: number }>(`select count(t::text)::int as rows from ${path} t`);
        contents.push({ schema, name, rows: Number(counted?.rows ?? 0) });
      }
      return contents;
    } catch (err) {
      throw new DamagedStoreError(folder, `PostgreSQL says "${err instanceof Error ? err.message : String(err)}"`);
    } finally {
      await connection.close();
    }
  } finally {
    await lock.close();
  }
};
