import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../clock/clock.js';
import { startTestPgBouncer, type TestPgBouncer } from '../../kit/pgbouncer.js';
import { startTestPostgres } from '../../kit/postgres.js';
import { silentLogger } from '../../telemetry/telemetry.js';
import { describePostgres } from '../postgres.contract.js';
import { fromPostgresError, type Postgres } from '../postgres.js';
import { openServerPostgres, type ServerPostgresOptions } from './server.js';

const migrationsFolder = fileURLToPath(new URL('../kit/migrations', import.meta.url));
const server = await startTestPostgres();
const databases = ['contract', 'strange', 'starters', 'limits', 'neighbours', 'outage'];
const poolers: TestPgBouncer[] = [];
const before = async (settings: readonly string[]) => {
  const pooler = server && (await startTestPgBouncer(server, databases, settings));
  if (pooler) poolers.push(pooler);
  return pooler;
};
const modes = {
  'session mode, as it comes': await before([]),
  'session mode, told to ignore what drivers ask': await before([
    'ignore_startup_parameters = statement_timeout,extra_float_digits,options',
  ]),
  'transaction mode, told to ignore what drivers ask': await before([
    'pool_mode = transaction',
    'ignore_startup_parameters = statement_timeout,idle_in_transaction_session_timeout',
  ]),
  'transaction mode': await before(['pool_mode = transaction', 'server_login_retry = 1']),
};
const statements = await before(['pool_mode = statement']);
afterAll(async () => {
  await Promise.all(poolers.map((pooler) => pooler.close()));
  await server?.close();
});

const caught = (work: PromiseLike<unknown>) =>
  Promise.resolve(work).then(() => expect.unreachable('should have failed'), fromPostgresError);

describe.each(Object.entries(modes))('PgBouncer in %s', (mode, pooler) => {
  describe.skipIf(!pooler)(pooler ? 'before a real server' : 'NOT COVERED', () => {
    const open = async (database: string, more: Partial<ServerPostgresOptions> = {}): Promise<Postgres> => {
      if (!server || !pooler) throw new Error('no server');
      const { user, password } = server;
      const place = { host: pooler.host, port: pooler.port, user, password, database };
      return openServerPostgres({ ...place, migrationsFolder, log: silentLogger(), clock: systemClock, ...more });
    };
    const anew = async (database: string, how = '') => {
      await server?.query(`drop database if exists ${database} with (force)`);
      await server?.createDatabase(database);
      if (how) await server?.query(how);
    };
    const withDatabase = async (
      database: string,
      work: (postgres: Postgres) => Promise<void>,
      more: Partial<ServerPostgresOptions> = {},
    ) => {
      await anew(database);
      const postgres = await open(database, more);
      try {
        await work(postgres);
      } finally {
        await postgres.close();
      }
    };

    describePostgres(`PgBouncer in ${mode}`, async () => {
      await anew('contract');
      return open('contract');
    });

    describePostgres(`PgBouncer in ${mode} before a database with other settings`, async () => {
      await anew('strange', `alter database strange set DateStyle = 'SQL, DMY'`);
      await server?.query(`alter database strange set default_transaction_isolation = 'serializable'`);
      await server?.query(`alter database strange set search_path = 'elsewhere'`);
      return open('strange');
    });

    it('lets several start at once, and keeps no lock of theirs', async () => {
      await anew('starters');
      const starters = await Promise.all(Array.from({ length: 6 }, () => open('starters')));
      expect(
        await server?.query(`select count(*)::int as count from drizzle.__drizzle_migrations`, 'starters'),
      ).toEqual([{ count: 2 }]);
      await expect.poll(() => server?.query(`select pid from pg_locks where locktype = 'advisory'`)).toEqual([]);
      await Promise.all(starters.map((starter) => starter.close()));
    });

    it('ends what takes too long at the server too', () =>
      withDatabase(
        'limits',
        async ({ db, ping }) => {
          expect((await caught(db.execute(sql`select pg_sleep(30)`))).code).toBe('deadline_exceeded');
          expect((await caught(db.transaction((tx) => tx.execute(sql`select pg_sleep(30)`)))).code).toBe(
            'deadline_exceeded',
          );
          // The server says so a moment before it is idle.
          const active = `select pid from pg_stat_activity where query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid()`;
          await expect.poll(() => server?.query(active)).toEqual([]);
          await ping();
        },
        { statementTimeoutMs: 1_000, maxConnections: 2 },
      ));

    it('leaves the sessions of others as they were', () =>
      withDatabase('neighbours', async ({ db }) => {
        for (let round = 0; round < 5; round++) await db.execute(sql`select 1`);
        await db.transaction((tx) => tx.execute(sql`select 1`));
        if (!server || !pooler) return;
        const other = new pg.Client({
          ...pooler,
          user: server.user,
          password: server.password,
          database: 'neighbours',
        });
        await other.connect();
        const shown = await other.query(
          `select current_setting('statement_timeout') as limit, current_setting('lock_timeout') as lock`,
        );
        await other.end();
        expect(shown.rows).toEqual([{ limit: '0', lock: '0' }]);
      }));
  });
});

describe.skipIf(!statements)('PgBouncer', () => {
  const start = (pooler: TestPgBouncer | undefined, database: string) => {
    if (!server || !pooler) throw new Error('no server');
    const { user, password } = server;
    const place = { host: pooler.host, port: pooler.port, user, password, database };
    return openServerPostgres({
      ...place,
      migrationsFolder,
      log: silentLogger(),
      clock: systemClock,
      refusalPatienceMs: 1_000,
    });
  };
  it('in statement mode is refused at the start, in its own words', async () => {
    await expect(start(statements, 'contract')).rejects.toThrow(
      /transaction blocks not allowed in statement pooling mode/i,
    );
  });
  it('that does not know the database says so, and nobody waits a minute', { timeout: 45_000 }, async () => {
    await expect(start(modes['session mode, as it comes'], 'unknown')).rejects.toThrow(
      'refuses: no such database: unknown',
    );
  });
  it('whose server is away is away itself, until the server is back', async () => {
    await server?.createDatabase('outage');
    const postgres = await start(modes['transaction mode'], 'outage');
    const wellOr = () =>
      postgres.ping().then(
        () => 'well',
        ({ code }: { code: string }) => code,
      );
    expect(await wellOr()).toBe('well');
    await server?.query('checkpoint'); // Test servers acknowledge before anything is on the disk.
    await server?.crash();
    await expect.poll(wellOr).toBe('unavailable');
    expect((await caught(postgres.db.execute(sql`select 1`))).code).toBe('unavailable');
    await server?.restart();
    await expect.poll(wellOr).toBe('well');
    await postgres.db.execute(sql`insert into vaults (name, amount) values ('after', 1)`);
    await postgres.close();
  });
});
