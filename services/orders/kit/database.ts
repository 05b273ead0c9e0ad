import { randomBytes } from 'node:crypto';
import { systemClock } from '@tickfolio/lib/clock';
import { shareTestPglite } from '@tickfolio/lib/kit/pglite';
import { patience, type TestPostgres } from '@tickfolio/lib/kit/postgres';
import type { Postgres } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { migrationsFolder } from '../migrations-folder.js';

const common = { migrationsFolder, log: silentLogger(), clock: systemClock };

/** An empty `order_service`. */
export const openEmbeddedDatabase = (): Promise<Postgres> => shareTestPglite(migrationsFolder);

/** An empty `order_service` on a real server, with `maxConnections` connections. */
export const openServerDatabase = async (server: TestPostgres, maxConnections = 10): Promise<Postgres> => {
  const database = `orders_${randomBytes(6).toString('hex')}`;
  await server.createDatabase(database);
  const { host, port, user, password } = server;
  return openServerPostgres({ host, port, user, password, database, maxConnections, ...patience, ...common });
};
