import { randomBytes } from 'node:crypto';
import { systemClock } from '../../../clock/clock.js';
import { shareTestPglite } from '../../../kit/pglite.js';
import { patience, type TestPostgres } from '../../../kit/postgres.js';
import type { Postgres } from '../../../postgres/postgres.js';
import { openServerPostgres } from '../../../postgres/server/server.js';
import { silentLogger } from '../../../telemetry/telemetry.js';
import { migrationsFolder } from '../postgres.js';

/** An empty one for the log. */
export const openEmbeddedDatabase = (): Promise<Postgres> => shareTestPglite(migrationsFolder);

/** An empty one on a real server. */
export const openServerDatabase = async (server: TestPostgres): Promise<Postgres> => {
  const database = `events_${randomBytes(6).toString('hex')}`;
  await server.createDatabase(database);
  const { host, port, user, password } = server;
  return openServerPostgres({
    host,
    port,
    user,
    password,
    database,
    migrationsFolder,
    ...patience,
    log: silentLogger(),
    clock: systemClock,
  });
};
