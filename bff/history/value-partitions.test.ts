import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { patience, shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import type { Postgres } from '@tickfolio/lib/postgres';
import { openPglite } from '@tickfolio/lib/postgres/pglite';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pointsOf } from '../kit/bff.js';
import { migrationsUpTo } from '../kit/older-build.js';
import { migrationsFolder } from '../schema.js';
import { createValueHistory } from './value-history.js';
import { createValuePartitions } from './value-partitions.js';

const server = await shareTestPostgres();
const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
const minuteNow = Math.floor(systemClock.now() / minuteMs) * minuteMs;
const log = silentLogger();

interface Place {
  open(migrations: string): Promise<Postgres>;
  remove(): void;
}
const places: Readonly<Record<string, () => Promise<Place>>> = {
  'the embedded database': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tickfolio-values-'));
    return {
      open: (migrations) => openPglite({ folder, migrationsFolder: migrations, log, clock: systemClock }),
      remove: () => rmSync(folder, { recursive: true, force: true }),
    };
  },
  'a PostgreSQL server': async () => {
    if (!server) throw new Error('no server');
    await server.createDatabase('value_partitions');
    const { host, port, user, password } = server;
    return {
      open: (migrations) =>
        openServerPostgres({
          host,
          port,
          user,
          password,
          database: 'value_partitions',
          ...patience,
          migrationsFolder: migrations,
          log,
          clock: systemClock,
        }),
      remove: () => undefined,
    };
  },
};

describe.each(Object.entries(places))('values over time in %s', (name, make) => {
  describe.skipIf(name !== 'the embedded database' && !server)(
    server ? 'as it is' : 'as it is (no server: NOT COVERED)',
    () => {
      let place: Place;
      let postgres: Postgres;
      const query = async <Row>(text: string) =>
        ((await postgres.db.execute(sql.raw(text))) as unknown as { rows: Row[] }).rows;
      const count = async (table: string) =>
        Number((await query<{ n: string }>(`select count(*) as n from ${table}`))[0]?.n);
      const partitions = async (table: string) =>
        (
          await query<{ name: string }>(
            `select inhrelid::regclass::text as name from pg_inherits where inhparent = '${table}'::regclass`,
          )
        )
          .map((row) => row.name)
          .sort();
      const iso = (atMs: number) => `'${new Date(atMs).toISOString()}'::timestamptz`;
      beforeAll(async () => {
        place = await make();
        const before = migrationsUpTo('0004_missing_prices');
        postgres = await place.open(before.folder);
        before.remove();
        await query(`insert into profiles (id, name) values ('anna', 'anna')`);
        for (const minutes of [10, 9, 8])
          await query(
            `insert into portfolio_values (user_id, minute, value, simulated, old) values ('anna', ${iso(minuteNow - minutes * minuteMs)}, ${minutes}, false, '{tornusdt}')`,
          );
        await query(
          `insert into portfolio_hours (user_id, hour, value, simulated) values ('anna', ${iso(minuteNow - 100 * dayMs)}, 100, false)`,
        );
        await postgres.close();
        postgres = await place.open(migrationsFolder);
      });
      afterAll(async () => {
        await postgres.close();
        place.remove();
      });
      const values = async (range: '1h' | '1y') =>
        (await pointsOf(createValueHistory(postgres.db), 'real', 'anna', range, minuteNow)).map(({ value }) => value);

      it('are all there after an update, and an earlier build that runs beside it reads and writes them on', async () => {
        expect(await values('1h')).toEqual(['10', '9', '8']);
        expect((await values('1y'))[0]).toBe('100');
        await createValueHistory(postgres.db).record(
          'real',
          minuteNow - 7 * minuteMs,
          [{ userId: 'anna', value: '7' }],
          true,
        );
        for (const again of [6, 5, 5]) {
          const at = iso(minuteNow - again * minuteMs);
          await query(
            `insert into portfolio_values (user_id, minute, value, simulated) values ('anna', ${at}, ${again}, false), ('anna', ${at}, 77, false) on conflict do nothing returning user_id`,
          );
          await query(
            `insert into portfolio_hours (user_id, hour, value, simulated) values ('anna', date_trunc('hour', ${at}), ${again}, false) on conflict do nothing`,
          );
        }
        await query(`delete from portfolio_values where minute < ${iso(minuteNow)}`); // It cannot know what is kept by now.
        expect(await values('1h')).toEqual(['10', '9', '8', '7', '6', '5']);
        const read = `select value from portfolio_values where user_id = 'anna' and simulated = false and minute >= ${iso(minuteNow - 60 * minuteMs)} order by minute`;
        expect((await query<{ value: string }>(read)).map(({ value }) => value)).toEqual([
          '10',
          '9',
          '8',
          '7',
          '6',
          '5',
        ]);
        expect(await count('portfolio_values_before')).toBe(3);
        expect(
          await query(`select conname from pg_constraint where contype = 'f' and conrelid = 'value_minutes'::regclass`),
        ).toEqual([]);
      });

      it('are dropped by the day, two days later, and made room for a day ahead', async () => {
        const { prepare, prune } = createValuePartitions(postgres.db, systemClock);
        const history = createValueHistory(postgres.db);
        const start = Date.parse('2031-03-30T23:59:00.000Z');
        const ofYesterday = await count('value_minutes_rest'); // Some of the last minutes, soon after midnight.
        for (let day = 0; day < 3; day++) {
          await prepare(start + day * dayMs);
          await history.record('real', start + day * dayMs, [{ userId: 'anna', value: String(day) }], true);
        }
        const ofThen = async (table: string) =>
          (await partitions(table)).filter((partition) => partition.includes('_2031'));
        expect(await ofThen('value_minutes')).toEqual(
          ['0330', '0331', '0401', '0402'].map((day) => `value_minutes_2031${day}`),
        );
        expect(await ofThen('value_hours')).toEqual(['03', '04', '05'].map((month) => `value_hours_2031${month}`));
        expect(await count('value_minutes_rest')).toBe(ofYesterday);
        expect(await prune(start + 4 * dayMs, 60_000)).toBe(true);
        expect(await ofThen('value_minutes')).toEqual(['0401', '0402'].map((day) => `value_minutes_2031${day}`));
        expect(await ofThen('value_hours')).toHaveLength(3);
        await prune(start + 800 * dayMs, 60_000);
        expect([await ofThen('value_minutes'), await ofThen('value_hours')]).toEqual([[], []]);
      });

      it('that nobody removed for long are gone after some rounds, also where they lie in no partition', async () => {
        const ofYesterday = await count('value_minutes_rest');
        await query(
          `insert into value_minutes_rest (user_id, simulated, minute, value) select 'u' || u, false, ${iso(minuteNow - 40 * dayMs)} + m * interval '1 minute', 1 from generate_series(1, 50) u, generate_series(1, 200) m`,
        );
        await query(
          `insert into value_minutes_rest (user_id, simulated, minute, value) values ('anna', false, ${iso(minuteNow - 400 * minuteMs)}, 1)`,
        );
        // A clock by which two statements are all that a round has time for.
        let readings = 0;
        const clock = { monotonic: () => readings++ };
        const { prune } = createValuePartitions(postgres.db, clock, { pagesPerStep: 2 });
        const left: number[] = [];
        while (!(await prune(minuteNow, 3))) left.push(await count('value_minutes_rest'));
        expect(left.length).toBeGreaterThan(10);
        expect(left.length).toBeLessThan(100);
        expect(await count('value_minutes_rest')).toBe(ofYesterday + 1);
        expect(await values('1y')).not.toEqual([]);
      });
    },
  );
});

describe.skipIf(!server)('values of a role that may make no tables', () => {
  it('are recorded, read and removed all the same, and it is said that the tables are missing', async () => {
    if (!server) return;
    const { host, port, user, password } = server;
    await server.createDatabase('value_rights');
    const place = { host, port, database: 'value_rights', migrationsFolder, ...patience, log, clock: systemClock };
    await (await openServerPostgres({ ...place, user, password })).close();
    await server.query(`create role recorder login password 'recorder'`);
    await server.query('grant usage on schema public, drizzle to recorder', 'value_rights');
    await server.query(
      'grant select, insert, update, delete on all tables in schema public, drizzle to recorder',
      'value_rights',
    );
    const postgres = await openServerPostgres({ ...place, user: 'recorder', password: 'recorder', migrate: 'off' });
    const history = createValueHistory(postgres.db);
    const { prepare, prune } = createValuePartitions(postgres.db, systemClock);
    const later = minuteNow + 10 * dayMs;
    await expect(prepare(later)).rejects.toMatchObject({ code: 'internal' });
    await history.record('real', later, [{ userId: 'anna', value: '5' }], true);
    expect(await pointsOf(history, 'real', 'anna', '24h', later)).toEqual([{ atMs: later, value: '5' }]);
    await expect(prune(later + 20 * dayMs, 60_000)).rejects.toMatchObject({ code: 'internal' });
    expect(await pointsOf(history, 'real', 'anna', '24h', later)).toEqual([]);
    await postgres.close();
  });
});

describe.skipIf(!server)('two who record the same minute at once', () => {
  it('do not stop each other, in whatever order they know the users', async () => {
    if (!server) return;
    const { host, port, user, password } = server;
    await server.createDatabase('value_writers');
    const postgres = await openServerPostgres({
      host,
      port,
      user,
      password,
      database: 'value_writers',
      ...patience,
      migrationsFolder,
      log,
      clock: systemClock,
    });
    const history = createValueHistory(postgres.db);
    const values = Array.from({ length: 1_000 }, (_, n) => ({
      userId: `user-${n}`,
      value: '1',
      missing: ['a"\\,{}busdt'],
    }));
    for (let minute = 0; minute < 5; minute++) {
      const both = [values, values.toReversed()].map((rows) =>
        history.record('real', minuteNow + minute * minuteMs, rows, true),
      );
      await expect(Promise.all(both)).resolves.toBeDefined();
    }
    expect(await pointsOf(history, 'real', 'user-7', '1h', minuteNow + 4 * minuteMs)).toHaveLength(5);
    expect((await pointsOf(history, 'real', 'user-7', '1h', minuteNow))[0]?.missing).toEqual(['a"\\,{}busdt']);
    await postgres.close();
  });
});
