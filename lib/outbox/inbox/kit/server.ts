import { randomBytes } from 'node:crypto';
import { systemClock } from '../../../clock/clock.js';
import { patience, type TestPostgres } from '../../../kit/postgres.js';
import type { Postgres } from '../../../postgres/postgres.js';
import { openServerPostgres } from '../../../postgres/server/server.js';
import { silentLogger } from '../../../telemetry/telemetry.js';
import { harbourMigrations } from './harbour.js';

/** A harbour's database of a test's own on a real server. */
export const openHarbour = async (server: TestPostgres): Promise<Postgres> => {
  const database = `harbour_${randomBytes(6).toString('hex')}`;
  await server.createDatabase(database);
  const { host, port, user, password } = server;
  const options = { host, port, user, password, database, migrationsFolder: harbourMigrations, maxConnections: 10 };
  return openServerPostgres({ ...options, ...patience, log: silentLogger(), clock: systemClock });
};
