import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, it } from 'vitest';
import { createManualClock, systemClock } from '../../clock/clock.js';
import { shareTestPostgres } from '../../kit/postgres.js';
import { silentLogger } from '../../telemetry/telemetry.js';
import { fromPostgresError, type Postgres } from '../postgres.js';
import { openServerPostgres, type ServerPostgresOptions } from './server.js';

const migrationsFolder = fileURLToPath(new URL('../kit/migrations', import.meta.url));
const server = await shareTestPostgres();
const caught = (work: PromiseLike<unknown>) =>
  Promise.resolve(work).then(() => expect.unreachable('should have failed'), fromPostgresError);

describe.skipIf(!server)(`a database that takes no changes (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  const opened: Postgres[] = [];
  afterAll(() => Promise.all(opened.map((postgres) => postgres.close())));
  const open = async (database: string, more: Partial<ServerPostgresOptions> = {}): Promise<Postgres> => {
    if (!server) throw new Error('no server');
    const { host, port, user, password } = server;
    const options = { host, port, user, password, database, migrationsFolder, log: silentLogger(), clock: systemClock };
    const postgres = await openServerPostgres({ ...options, ...more });
    opened.push(postgres);
    return postgres;
  };
  const insert = (postgres: Postgres, name: string) =>
    postgres.db.execute(sql`insert into vaults (name, amount) values (${name}, 1)`);
  const backend = async (postgres: Postgres): Promise<number> => {
    const { rows } = (await postgres.db.execute(sql`select pg_backend_pid() as pid`)) as unknown as {
      rows: { pid: number }[];
    };
    return rows[0]?.pid ?? 0;
  };
  /** What this session is connected to has become a read-only server, as after a failover. */
  const demote = (postgres: Postgres) => postgres.db.execute(sql`set default_transaction_read_only = on`);

  it('asks to come again, and tries the next change on a new connection', async () => {
    await server?.createDatabase('demoted');
    const postgres = await open('demoted', { maxConnections: 1 });
    for (const change of [
      () => insert(postgres, 'a'),
      () => postgres.db.transaction((tx) => tx.execute(sql`delete from vaults`)),
    ]) {
      await demote(postgres);
      const before = await backend(postgres);
      expect(await caught(change())).toMatchObject({
        code: 'unavailable',
        retryAfterMs: 1_000,
        message: expect.stringContaining('read-only'),
      });
      await change();
      expect(await backend(postgres)).not.toBe(before);
    }
  });

  it('is not well although it answers, and is asked again on a new connection', async () => {
    await server?.createDatabase('pinged');
    const postgres = await open('pinged', { maxConnections: 1 });
    await demote(postgres);
    expect(await caught(postgres.ping())).toMatchObject({ code: 'unavailable', message: 'The database is read-only.' });
    await postgres.ping();
  });

  it('loses every connection that was open, also those on which only reading goes on', async () => {
    await server?.createDatabase('many_open');
    const postgres = await open('many_open', { maxConnections: 3 });
    const three = (): Promise<number[]> =>
      Promise.all(
        [0, 1, 2].map(() =>
          postgres.db.transaction(async (tx) => {
            await tx.execute(sql`select pg_sleep(0.05)`);
            const { rows } = (await tx.execute(sql`select pg_backend_pid() as pid`)) as unknown as {
              rows: { pid: number }[];
            };
            return rows[0]?.pid ?? 0;
          }),
        ),
      );
    const before = await three();
    await demote(postgres);
    expect((await caught(postgres.ping())).code).toBe('unavailable');
    const after = await three();
    expect([new Set(before).size, after.filter((pid) => before.includes(pid))]).toEqual([3, []]);
  });

  it('still shows what is in it, and takes changes again by itself', async () => {
    await server?.createDatabase('readable');
    const first = await open('readable');
    await insert(first, 'kept');
    await server?.query('alter database readable set default_transaction_read_only = on');
    const postgres = await open('readable');
    expect(await caught(postgres.ping())).toMatchObject({ message: 'The database is read-only.' });
    expect(await caught(insert(postgres, 'refused'))).toMatchObject({ code: 'unavailable' });
    expect((await postgres.db.execute(sql`select name from vaults`)) as unknown).toMatchObject({
      rows: [{ name: 'kept' }],
    });
    await server?.query('alter database readable reset default_transaction_read_only');
    await expect
      .poll(() =>
        postgres.ping().then(
          () => 'well',
          ({ message }: Error) => message,
        ),
      )
      .toBe('well');
    await insert(postgres, 'taken');
  });

  it('is waited for at the start where something is to be migrated', async () => {
    await server?.createDatabase('unmigrated');
    await server?.query('alter database unmigrated set default_transaction_read_only = on');
    await expect(open('unmigrated', { startTimeoutMs: 300 })).rejects.toThrow(
      /did not become ready within 0.3 s .*read-only/,
    );
    const waiting = open('unmigrated');
    await server?.query('alter database unmigrated reset default_transaction_read_only');
    await insert(await waiting, 'first');
  });

  it('is left for where its name points by now, after ten minutes at the latest', async () => {
    const clock = createManualClock();
    await server?.createDatabase('renamed');
    const postgres = await open('renamed', { clock, maxConnections: 1 });
    const before = await backend(postgres);
    clock.advance(599_999);
    expect(await backend(postgres)).toBe(before);
    clock.advance(1);
    expect(await backend(postgres)).not.toBe(before);
  });
});
