import { shareTestPglite } from '../../../kit/pglite.js';
import type { TestPostgres } from '../../../kit/postgres.js';
import { openTestDatabase } from '../../../kit/server-database.js';
import type { Postgres } from '../../../postgres/postgres.js';
import { migrationsFolder } from '../postgres.js';

/** An empty one for the log. */
export const openEmbeddedDatabase = (): Promise<Postgres> => shareTestPglite(migrationsFolder);

/** An empty one on a real server. */
export const openServerDatabase = (server: TestPostgres): Promise<Postgres> =>
  openTestDatabase(server, { name: 'events', migrationsFolder });
