import { fileURLToPath } from 'node:url';
import { pgTable, serial, text } from 'drizzle-orm/pg-core';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.js';
import { StartError } from '../errors/errors.js';
import { patience, shareTestPostgres } from '../kit/postgres.js';
import { temporaryFolder } from '../kit/temporary-folder.js';
import { createLogger } from '../telemetry/telemetry.js';
import { openPgliteEngine } from './pglite/pglite.js';
import type { Postgres } from './postgres.js';
import { openServerPostgres } from './server/server.js';
import { type Tables, tablesIn } from './tables.js';

const migrationsFolder = fileURLToPath(new URL('./kit/migrations', import.meta.url));
const vaults = pgTable('vaults', { id: serial('id').primaryKey(), name: text('name').notNull() });
const withOwner = pgTable('vaults', { id: serial('id').primaryKey(), owner: text('owner') });
const ledgers = pgTable('ledgers', { id: serial('id').primaryKey() });

interface Opened {
  readonly lines: readonly string[];
  readonly error: unknown;
}
/** Opens a new database and closes it. */
type Open = (tables: Tables) => Promise<Opened>;

const outcome = async (opening: Promise<Postgres>, lines: readonly string[]): Promise<Opened> => {
  try {
    await (await opening).close();
    return { lines, error: undefined };
  } catch (error) {
    return { lines, error };
  }
};
const logged = () => {
  const lines: string[] = [];
  return { lines, log: createLogger('test', 'info', (line) => lines.push(line)) };
};

const describeTables = (name: string, open: Open): void => {
  describe(`a start on ${name}`, () => {
    it('says how many tables it has found', async () => {
      const { lines, error } = await open([vaults]);
      expect(error).toBeUndefined();
      expect(lines.join('\n')).toMatch(/schema validated: 1 tables of \w+ (at|in) /);
    });
    it('ends where a table is missing, and names it', async () => {
      const { error } = await open([vaults, ledgers]);
      expect(error).toBeInstanceOf(StartError);
      expect(String(error)).toMatch(/The database "\w+".* lacks what this build reads: .*ledgers/);
    });
    it('ends where a column is missing, and names it', async () => {
      const { error } = await open([withOwner]);
      expect(error).toBeInstanceOf(StartError);
      expect(String(error)).toMatch(/lacks what this build reads: .*owner/);
    });
  });
};

describeTables('PGlite', async (tables) => {
  const folder = await temporaryFolder();
  const { lines, log } = logged();
  const engine = await openPgliteEngine({ folder: folder.path, clock: systemClock, log });
  try {
    return await outcome(engine.database({ schema: 'vaults_db', migrationsFolder, tables }), lines);
  } finally {
    await engine.close();
    await folder.remove();
  }
});

const server = await shareTestPostgres();
let databases = 0;
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  describeTables('a PostgreSQL server', async (tables) => {
    if (!server) throw new Error('no server');
    const database = `tables_${++databases}_${process.pid}`;
    await server.createDatabase(database);
    const { host, port, user, password } = server;
    const { lines, log } = logged();
    const place = {
      host,
      port,
      user,
      password,
      database,
      migrationsFolder,
      tables,
      ...patience,
      log,
      clock: systemClock,
    };
    return outcome(openServerPostgres(place), lines);
  });
});

it('finds every table of a schema, those of its rooms too, and nothing else', () => {
  expect(tablesIn({ vaults, rooms: { ledgers, size: 3 }, migrationsFolder, kinds: ['a'], none: undefined })).toEqual([
    vaults,
    ledgers,
  ]);
});
