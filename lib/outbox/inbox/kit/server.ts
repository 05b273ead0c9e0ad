import type { TestPostgres } from '../../../kit/postgres.js';
import { openTestDatabase } from '../../../kit/server-database.js';
import type { Postgres } from '../../../postgres/postgres.js';
import { harbourMigrations } from './harbour.js';

/** A harbour's database of a test's own on a real server. */
export const openHarbour = (server: TestPostgres): Promise<Postgres> =>
  openTestDatabase(server, { name: 'harbour', migrationsFolder: harbourMigrations });
