import { shareTestPglite } from '@tickfolio/lib/kit/pglite';
import type { TestPostgres } from '@tickfolio/lib/kit/postgres';
import { openTestDatabase } from '@tickfolio/lib/kit/server-database';
import type { Postgres } from '@tickfolio/lib/postgres';
import { migrationsFolder } from '../migrations-folder.js';

/** An empty `auth_db`. */
export const openEmbeddedDatabase = (): Promise<Postgres> => shareTestPglite(migrationsFolder);

/** An empty `auth_db` on a real server, with `maxConnections` connections. */
export const openServerDatabase = (server: TestPostgres, maxConnections = 10): Promise<Postgres> =>
  openTestDatabase(server, { name: 'auth', migrationsFolder, maxConnections });
