import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../clock/clock.js';
import { type AppError, StartError } from '../../errors/errors.js';
import { startTestPostgres, type TestPostgres } from '../../kit/postgres.js';
import { createLogger, silentLogger } from '../../telemetry/telemetry.js';
import { describePostgres } from '../postgres.contract.js';
import { fromPostgresError, type Postgres, transact } from '../postgres.js';
import { openServerPostgres, type ServerPostgresOptions } from './server.js';

const migrationsFolder = fileURLToPath(new URL('../kit/migrations', import.meta.url));
const server = await startTestPostgres();
afterAll(() => server?.close());

describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  const { host, port, user, password } = server ?? ({} as TestPostgres);
  const open = (database: string, more: Partial<ServerPostgresOptions> = {}) =>
    openServerPostgres({
      host,
      port,
      user,
      password,
      database,
      migrationsFolder,
      log: silentLogger(),
      clock: systemClock,
      ...more,
    });
  const withDatabase = async (
    database: string,
    work: (postgres: Postgres) => Promise<void>,
    more: Partial<ServerPostgresOptions> = {},
  ) => {
    await server?.createDatabase(database);
    const postgres = await open(database, more);
    try {
      await work(postgres);
    } finally {
      await postgres.close();
    }
  };
  const caught = (work: Promise<unknown>) =>
    work.then(() => expect.unreachable('should have failed'), fromPostgresError);

  describePostgres('a PostgreSQL server', async () => {
    await server?.createDatabase('contract');
    return open('contract');
  });

  it('migrates once, however many start together', async () => {
    for (const database of ['together_1', 'together_2', 'together_3']) {
      await server?.createDatabase(database);
      const starters = await Promise.all(Array.from({ length: 8 }, () => open(database)));
      const [first] = starters;
      const applied = (await first?.db.execute(
        sql`select count(*)::int as count from drizzle.__drizzle_migrations`,
      )) as {
        rows: unknown[];
      };
      expect(applied.rows).toEqual([{ count: 2 }]);
      await Promise.all(starters.map((starter) => starter.close()));
    }
  });

  it('ends a statement that takes too long, and goes on', () =>
    withDatabase(
      'slow',
      async ({ db, ping }) => {
        expect((await caught(db.execute(sql`select pg_sleep(30)`))).code).toBe('deadline_exceeded');
        expect((await caught(db.transaction((tx) => tx.execute(sql`select pg_sleep(30)`)))).code).toBe(
          'deadline_exceeded',
        );
        // Of what is to be done or not it is known that it was not.
        expect(await caught(transact(db, (tx) => tx.execute(sql`select pg_sleep(30)`)))).toMatchObject({
          ...{ code: 'unavailable', retryAfterMs: 1_000 },
          message: 'The database took too long to answer; nothing was changed.',
        });
        await ping();
      },
      { statementTimeoutMs: 1_000, maxConnections: 1 },
    ));

  it('ends the wait for a free connection', () =>
    withDatabase(
      'crowded',
      async ({ db, ping }) => {
        await db.transaction(async () => {
          expect((await caught(ping())).code).toBe('unavailable');
          expect((await caught(db.transaction(async () => undefined))).code).toBe('unavailable');
        });
        await ping();
      },
      { connectTimeoutMs: 1_000, maxConnections: 1 },
    ));

  it('gives every connection back when they are cut in the middle of transactions', () =>
    withDatabase(
      'cut',
      async ({ db, ping }) => {
        const cut = () =>
          db.transaction(async (tx) => {
            await tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`).catch(() => undefined);
            await tx.execute(sql`select 1`);
          });
        for (let round = 0; round < 3; round++) {
          const errors = await Promise.all([caught(cut()), caught(cut()), caught(cut())]);
          expect(errors.map((error) => error.code)).toEqual(['unavailable', 'unavailable', 'unavailable']);
        }
        await ping();
      },
      { maxConnections: 2 },
    ));

  it('tells a wrong password and a missing database from a server that is away', async () => {
    await expect(open('nowhere')).rejects.toThrow(/has no database "nowhere"/);
    const refused = await open('postgres', { password: 'wrong' }).catch((err: unknown) => err);
    expect(refused).toBeInstanceOf(StartError);
    expect(String(refused)).toContain('refuses the user "tickfolio"');
  });

  it('serves again after the server crashed and came back, and waits for one that is not up yet', async () => {
    await server?.createDatabase('crash');
    const postgres = await open('crash');
    await postgres.db.execute(sql`insert into vaults (name, amount) values ('kept', 1)`);
    await server?.crash();
    // A backend may answer once more before it notices.
    await expect
      .poll(() =>
        postgres.ping().then(
          () => 'up',
          (err: AppError) => err.code,
        ),
      )
      .toBe('unavailable');
    expect((await caught(postgres.db.transaction(async () => undefined))).code).toBe('unavailable');
    const lines: string[] = [];
    const early = open('crash', { log: createLogger('test', 'warn', (line) => lines.push(line)) });
    await expect.poll(() => lines.length).toBeGreaterThan(0);
    await server?.restart();
    await expect.poll(() => postgres.ping().then(() => 'up')).toBe('up');
    await (await early).close();
    await postgres.close();
    expect(lines.join()).toContain('PostgreSQL is not ready yet');
  });
});

describe('a server that is not there', () => {
  it('is waited for up to the limit, then named', async () => {
    const options = {
      host: '127.0.0.1',
      port: 1,
      user: 'u',
      password: 'p',
      database: 'd',
      migrationsFolder,
      log: silentLogger(),
      clock: systemClock,
    };
    const refused = await openServerPostgres({ ...options, startTimeoutMs: 300 }).catch((err: unknown) => err);
    expect(refused).toBeInstanceOf(StartError);
    expect(String(refused)).toContain('PostgreSQL at 127.0.0.1:1 did not become ready within 0.3 s');
  });
});
