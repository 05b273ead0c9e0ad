import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import { startTestPgBouncer } from '@tickfolio/lib/kit/pgbouncer';
import { startTestPostgres } from '@tickfolio/lib/kit/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, describe, expect, it } from 'vitest';
import { createValueHistory } from './history/value-history.js';
import { createValuePartitions } from './history/value-partitions.js';
import { createValueRounds } from './history/value-rounds.js';
import { pointsOf } from './kit/bff.js';
import { migrationsFolder } from './schema.js';

const database = 'profile_db';
const server = await startTestPostgres();
const pooler = server && (await startTestPgBouncer(server, [database], ['pool_mode = transaction']));
afterAll(async () => {
  await pooler?.close();
  await server?.close();
});
const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;

describe.skipIf(!pooler)(
  `values over time behind PgBouncer in transaction mode${pooler ? '' : ' (NOT COVERED)'}`,
  () => {
    it('are recorded once over four replicas, in tables that are made and dropped meanwhile, and no lock is left', async () => {
      if (!server || !pooler) return;
      await server.createDatabase(database);
      const { user, password } = server;
      const place = { host: pooler.host, port: pooler.port, user, password, database, migrationsFolder };
      const replicas = await Promise.all(
        [1, 2, 3, 4].map(() => openServerPostgres({ ...place, log: silentLogger(), clock: systemClock })),
      );
      const clock = createManualClock(Date.parse('2031-05-30T23:58:00.000Z'));
      const first = createValueHistory(replicas[0]?.db ?? expect.unreachable());
      let recorded = 0;
      const replica = async ({ db }: (typeof replicas)[number]) => {
        const { prepare, prune } = createValuePartitions(db, systemClock);
        await expect.poll(() => prepare(clock.now())).toBe(true);
        const round = await createValueRounds(db).take('real', clock.now());
        if (round) {
          recorded += 1;
          await createValueHistory(db).record(
            'real',
            clock.now(),
            [{ userId: 'anna', value: '5' }],
            round.isFirstOfHour,
          );
          await round.finish();
        }
        await expect.poll(() => prune(clock.now(), 5_000)).toBe(true);
      };
      for (let minute = 1; minute <= 5; minute++) {
        clock.advance(minute === 5 ? 4 * dayMs : minuteMs);
        await Promise.all(replicas.map(replica));
        expect(recorded).toBe(minute);
        expect(await pointsOf(first, 'real', 'anna', '1h', clock.now())).toHaveLength(minute === 5 ? 1 : minute);
      }
      const tables = `select relname from pg_class where relname like 'value_minutes_2031%' and relkind = 'r' order by 1`;
      expect((await server.query<{ relname: string }>(tables, database)).map(({ relname }) => relname)).toEqual([
        'value_minutes_20310604',
        'value_minutes_20310605',
      ]);
      expect(await server.query(`select pid from pg_locks where locktype = 'advisory'`)).toEqual([]);
      await Promise.all(replicas.map((each) => each.close()));
    });
  },
);
