import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.js';
import { patience, shareTestPostgres } from '../kit/postgres.js';
import { silentLogger } from '../telemetry/telemetry.js';
import { openServerPostgres, type ServerPostgresOptions } from './server/server.js';

const server = await shareTestPostgres();
const folder = mkdtempSync(join(tmpdir(), 'tickfolio-migrations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Migrations of a service: one a table, all services' with the same times, as those of auth and the BFF begin. */
const migrationsOf = (service: string, tables: readonly string[]): string => {
  const at = join(folder, `${service}-${tables.length}`);
  mkdirSync(join(at, 'meta'), { recursive: true });
  const entries = tables.map((_, idx) => ({
    idx,
    version: '7',
    when: 1_769_500_000_000 + idx,
    tag: `000${idx}`,
    breakpoints: true,
  }));
  writeFileSync(join(at, 'meta', '_journal.json'), JSON.stringify({ version: '7', dialect: 'postgresql', entries }));
  for (const [i, table] of tables.entries())
    writeFileSync(join(at, `000${i}.sql`), `CREATE TABLE "${table}" ("id" serial PRIMARY KEY);`);
  return at;
};
const accounts = migrationsOf('accounts', ['accounts', 'sessions']);
const laterAccounts = migrationsOf('accounts', ['accounts', 'sessions', 'recoveries']);
const portfolios = migrationsOf('portfolios', ['profiles', 'coins', 'hours']);

describe.skipIf(!server)(`two services on one database (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  const start = async (
    database: string,
    migrationsFolder: string,
    more: Partial<ServerPostgresOptions> = {},
  ): Promise<void> => {
    if (!server) throw new Error('no server');
    const { host, port, user, password } = server;
    const options = {
      host,
      port,
      user,
      password,
      database,
      migrationsFolder,
      ...patience,
      log: silentLogger(),
      clock: systemClock,
      ...more,
    };
    await (await openServerPostgres(options)).close();
  };
  const query = async (database: string, text: string) =>
    (await server?.query<Record<string, unknown>>(text, database)) ?? [];
  /** Those of the services, as `schema.table`. */
  const tables = async (database: string) => {
    const rows = await query(
      database,
      `select schemaname || '.' || tablename as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema', 'drizzle') and tablename <> '__migrations' order by 1`,
    );
    return rows.map(({ name }) => name);
  };
  /** As a build left it that knew no other journal than the common one. */
  const forgetOwnJournal = (database: string, schema: string) => query(database, `drop table "${schema}".__migrations`);
  const common = async (database: string) =>
    (await query(database, 'select 1 from drizzle.__drizzle_migrations')).length;
  const both = ['auth.accounts', 'auth.sessions', 'profile.coins', 'profile.hours', 'profile.profiles'];

  it('gives each its tables in a schema of its own, whichever starts first, and finds them again', async () => {
    for (const [database, first, second] of [
      ['shared_1', 'auth', 'profile'],
      ['shared_2', 'profile', 'auth'],
    ] as const) {
      await server?.createDatabase(database);
      const startOf = (schema: string) => start(database, schema === 'auth' ? accounts : portfolios, { schema });
      for (const schema of [first, second, first, second]) await startOf(schema);
      expect(await tables(database)).toEqual(both);
      await startOf('auth');
      await start(database, laterAccounts, { schema: 'auth' });
      expect(await tables(database)).toContain('auth.recoveries');
    }
  });

  it('goes on with the tables that a build of before made, beside which another service can start', async () => {
    await server?.createDatabase('of_before');
    await start('of_before', accounts, { schema: 'auth' });
    await forgetOwnJournal('of_before', 'auth');
    await start('of_before', portfolios, { schema: 'profile' });
    await start('of_before', accounts, { schema: 'auth', migrate: 'off' });
    await start('of_before', laterAccounts, { schema: 'auth' });
    expect(await tables('of_before')).toEqual([...both, 'auth.recoveries'].sort());
    // A build of before finds in its own journal everything that was run of the accounts, and nothing of others.
    expect(await common('of_before')).toBe(3);
  });

  it('takes the journal of before over at the first start, also where there is nothing to migrate', async () => {
    await server?.createDatabase('taken_over');
    await start('taken_over', accounts);
    await forgetOwnJournal('taken_over', 'public');
    await start('taken_over', accounts);
    expect(await query('taken_over', 'select created_at from __migrations order by 1')).toEqual([
      { created_at: '1769500000000' },
      { created_at: '1769500000001' },
    ]);
    expect(await common('taken_over')).toBe(2);
  });

  it('refuses a second service in the schema of the first in words, and makes nothing there', async () => {
    await server?.createDatabase('one_schema');
    await start('one_schema', accounts);
    const inUse = 'The schema "public" of the database "one_schema" is in use by something else. Set POSTGRES_SCHEMA';
    await expect(start('one_schema', portfolios)).rejects.toThrow(inUse);
    await forgetOwnJournal('one_schema', 'public');
    await expect(start('one_schema', portfolios)).rejects.toThrow(inUse);
    expect(await tables('one_schema')).toEqual(['public.accounts', 'public.sessions']);
    await start('one_schema', accounts);
  });

  it('needs nothing of one service’s role for the other’s', async () => {
    await server?.createDatabase('two_roles');
    await query('two_roles', `create role profile_role login password 'profile'`);
    await start('two_roles', accounts, { schema: 'auth' });
    await query('two_roles', 'create schema profile authorization profile_role');
    await start('two_roles', portfolios, { schema: 'profile', user: 'profile_role', password: 'profile' });
    expect(await tables('two_roles')).toEqual(both);
  });

  it('leaves the journal to who migrates where somebody else’s role starts first', async () => {
    await server?.createDatabase('used_first');
    await start('used_first', accounts);
    await forgetOwnJournal('used_first', 'public');
    // Every role can make tables in `public` before PostgreSQL 15.
    await query(
      'used_first',
      `create role only_uses login password 'uses'; grant create on schema public to only_uses`,
    );
    await query(
      'used_first',
      'grant usage on schema drizzle to only_uses; grant select, insert on all tables in schema drizzle to only_uses',
    );
    const user = { user: 'only_uses', password: 'uses' };
    await start('used_first', accounts, user);
    await start('used_first', laterAccounts);
    await start('used_first', laterAccounts, user);
    expect(await tables('used_first')).toContain('public.recoveries');
  });
});
