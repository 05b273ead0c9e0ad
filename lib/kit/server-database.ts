import { randomBytes } from 'node:crypto';
import { systemClock } from '../clock/clock.js';
import type { Postgres } from '../postgres/postgres.js';
import { openServerPostgres } from '../postgres/server/server.js';
import { silentLogger } from '../telemetry/telemetry.js';
import { patience, type TestPostgres } from './postgres.js';

export interface TestDatabaseOptions {
  /** What its name begins with. */
  readonly name: string;
  readonly migrationsFolder: string;
  readonly maxConnections?: number;
}

/** Of each server, by what it begins with: a database on which the migrations ran, and nothing else. */
const templates = new WeakMap<TestPostgres, Map<string, Promise<string>>>();

const open = (server: TestPostgres, database: string, options: Omit<TestDatabaseOptions, 'name'>) => {
  const { host, port, user, password } = server;
  const place = { host, port, user, password, database };
  return openServerPostgres({ ...place, ...options, ...patience, log: silentLogger(), clock: systemClock });
};

const makeTemplate = async (server: TestPostgres, database: string, migrationsFolder: string): Promise<string> => {
  await server.createDatabase(database);
  await (await open(server, database, { migrationsFolder })).close();
  return database;
};

/** An empty database of a test's own on a real server. It is a copy: to migrate one takes longer than most tests. */
export const openTestDatabase = async (
  server: TestPostgres,
  { name, migrationsFolder, maxConnections = 10 }: TestDatabaseOptions,
): Promise<Postgres> => {
  const ofServer = templates.get(server) ?? new Map<string, Promise<string>>();
  templates.set(server, ofServer);
  const making = ofServer.get(migrationsFolder) ?? makeTemplate(server, `${name}_template`, migrationsFolder);
  ofServer.set(migrationsFolder, making);
  const template = await making;
  const database = `${name}_${randomBytes(6).toString('hex')}`;
  await server.createDatabase(database, `template "${template}"`);
  return open(server, database, { migrationsFolder, maxConnections });
};
