import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../clock/clock.js';
import { shareTestPostgres } from '../../kit/postgres.js';
import { createLogger } from '../../telemetry/telemetry.js';
import { describePostgres } from '../postgres.contract.js';
import type { Postgres } from '../postgres.js';
import { openServerPostgres, type ServerPostgresOptions } from './server.js';

const migrationsFolder = fileURLToPath(new URL('../kit/migrations', import.meta.url));
const server = await shareTestPostgres();

/** Each other than we need it, as made for other programs of the same server. */
const foreign = {
  client_encoding: 'LATIN1',
  DateStyle: 'SQL, DMY',
  IntervalStyle: 'sql_standard',
  TimeZone: 'America/New_York',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  standard_conforming_strings: 'off',
  search_path: 'elsewhere',
  default_transaction_isolation: 'serializable',
  lock_timeout: '1ms',
  statement_timeout: '500ms',
  idle_in_transaction_session_timeout: '1ms',
};
const needed = {
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  search_path: 'public',
  default_transaction_isolation: 'read committed',
  lock_timeout: '0',
  statement_timeout: '10s',
  idle_in_transaction_session_timeout: '10s',
} satisfies Record<keyof typeof foreign, string>;
const names = Object.keys(foreign) as (keyof typeof foreign)[];

const rowsOf = async <Row>(running: PromiseLike<unknown>): Promise<Row[]> => ((await running) as { rows: Row[] }).rows;
const settingsNow = sql.raw(`select ${names.map((name) => `current_setting('${name}') as "${name}"`).join(', ')}`);

describe.skipIf(!server)(
  `a server that is set up for other programs (${server?.origin ?? 'none found: NOT COVERED'})`,
  () => {
    const lines: string[] = [];
    const open = async (database: string, more: Partial<ServerPostgresOptions> = {}): Promise<Postgres> => {
      if (!server) throw new Error('no server');
      const { host, port, user, password } = server;
      const log = createLogger('test', 'info', (line) => lines.push(line));
      return openServerPostgres({
        host,
        port,
        user,
        password,
        database,
        migrationsFolder,
        log,
        clock: systemClock,
        ...more,
      });
    };
    const opened: Postgres[] = [];
    const keep = async (opening: Promise<Postgres>) => {
      const postgres = await opening;
      opened.push(postgres);
      return postgres;
    };
    afterAll(() => Promise.all(opened.map((postgres) => postgres.close())));
    const setAll = async (whose: string) => {
      for (const name of names) await server?.query(`alter ${whose} set ${name} = '${foreign[name]}'`);
    };

    describePostgres('one whose database has other settings', async () => {
      await server?.createDatabase('other_settings');
      await server?.query('create schema elsewhere', 'other_settings');
      await setAll('database other_settings');
      return open('other_settings');
    });

    describePostgres('one whose role has other settings', async () => {
      await server?.query(`create role other_role login password 'other'`);
      await server?.createDatabase('other_role', 'owner other_role');
      await setAll('role other_role in database other_role');
      return open('other_role', { user: 'other_role', password: 'other' });
    });

    it('has our settings in every session, in and outside of transactions', async () => {
      const { db } = await keep(open('other_settings'));
      expect(await rowsOf(db.execute(settingsNow))).toEqual([needed]);
      expect(await rowsOf(db.transaction((tx) => tx.execute(settingsNow)))).toEqual([needed]);
      // A control: without us the database's own hold.
      expect(await server?.query('show DateStyle', 'other_settings')).toEqual([{ DateStyle: 'SQL, DMY' }]);
    });

    it('finds tables that an earlier build made where the role looks first, and says how to go on with them', async () => {
      await server?.createDatabase('tables_elsewhere');
      await server?.query('create schema elsewhere', 'tables_elsewhere');
      await (await open('tables_elsewhere', { schema: 'elsewhere' })).close();
      await expect(open('tables_elsewhere')).rejects.toThrow('Set POSTGRES_SCHEMA=elsewhere');
      const postgres = await keep(open('tables_elsewhere', { schema: 'elsewhere' }));
      expect(await rowsOf(postgres.db.execute(sql`select count(*)::int as count from elsewhere.vaults`))).toEqual([
        { count: 0 },
      ]);
    });

    it('refuses at the start a database that cannot hold the name of a coin, in words that help', async () => {
      await server?.createDatabase('latin', `encoding 'LATIN1' template template0`);
      await expect(open('latin')).rejects.toThrow(
        /"latin" is encoded in LATIN1, .* createdb --template=template0 --encoding=UTF8/,
      );
    });

    it('takes a database that keeps bytes as they come, and warns', async () => {
      await server?.createDatabase('bytes', `encoding 'SQL_ASCII' template template0`);
      const { db } = await keep(open('bytes'));
      expect(await rowsOf(db.execute(sql`select ${'币安人生usdt'}::text as symbol`))).toEqual([
        { symbol: '币安人生usdt' },
      ]);
      expect(lines.filter((line) => line.includes('the database is not in UTF8'))).toHaveLength(1);
    });

    it('runs migrations that came in between, and none twice', async () => {
      await server?.createDatabase('in_between');
      await (await open('in_between')).close();
      for (const journal of ['__migrations', 'drizzle.__drizzle_migrations'])
        await server?.query(`delete from ${journal} where created_at = 1769500000000`, 'in_between');
      await server?.query('alter table vaults rename to vaults_before', 'in_between');
      await server?.query('alter table vaults_before rename constraint vaults_name_unique to before', 'in_between');
      await server?.query('alter index vaults_pkey rename to before_pkey', 'in_between');
      await server?.query('alter sequence vaults_id_seq rename to before_id_seq', 'in_between');
      await keep(open('in_between'));
      expect(await server?.query('select count(*)::int as count from vaults', 'in_between')).toEqual([{ count: 0 }]);
      expect(
        await server?.query('select count(*)::int as count from drizzle.__drizzle_migrations', 'in_between'),
      ).toEqual([{ count: 2 }]);
    });

    it('starts without a right to change tables where nothing is left to migrate', async () => {
      await server?.createDatabase('no_rights');
      await (await open('no_rights')).close();
      await server?.query(`create role reader login password 'reader'`);
      await server?.query(
        'grant usage on schema drizzle to reader; grant select on all tables in schema drizzle to reader',
        'no_rights',
      );
      await keep(open('no_rights', { user: 'reader', password: 'reader' }));
      await server?.createDatabase('nothing_yet');
      await expect(open('nothing_yet', { user: 'reader', password: 'reader' })).rejects.toThrow(
        /permission denied .*SQLSTATE 42501/,
      );
    });

    it('leaves the migrations to somebody else where it is told to, and waits for them', async () => {
      await server?.createDatabase('migrated_by_another');
      const waiting = open('migrated_by_another', { migrate: 'off' });
      await expect
        .poll(() => lines.join())
        .toContain('2 migrations of the database \\"migrated_by_another\\" have not been run');
      await (await open('migrated_by_another')).close();
      await (await keep(waiting)).ping();
    });

    it('runs the migrations at the address that is set for them, and then looks where it will work', async () => {
      if (!server) return;
      await server.createDatabase('migrated_past_a_pooler');
      const nowhere = { host: '127.0.0.1', port: 1 };
      const soon = { startTimeoutMs: 200 };
      await expect(open('migrated_past_a_pooler', { migrateAt: nowhere, ...soon })).rejects.toThrow(
        '127.0.0.1:1 did not become ready',
      );
      await expect(open('migrated_past_a_pooler', { port: 1, migrateAt: server, ...soon })).rejects.toThrow(
        '127.0.0.1:1 did not become ready',
      );
      expect(await server.query('select name from vaults', 'migrated_past_a_pooler')).toEqual([]);
      await keep(open('migrated_past_a_pooler', { migrateAt: server }));
    });
  },
);
