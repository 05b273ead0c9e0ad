import { eq, sql } from 'drizzle-orm';
import { bigint, jsonb, numeric, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../errors/errors.js';
import {
  checkViolation,
  fromPostgresError,
  type Postgres,
  sqlState,
  uniqueViolation,
  violatedConstraint,
} from './postgres.js';

const vaults = pgTable('vaults', {
  id: serial('id').primaryKey(),
  name: text('name').notNull(),
  amount: numeric('amount', { precision: 38, scale: 18 }).notNull(),
  openedAt: timestamp('opened_at', { withTimezone: true }).notNull().defaultNow(),
  note: jsonb('note'),
  visits: bigint('visits', { mode: 'bigint' }).notNull().default(0n),
});

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.unreachable('should have failed'),
    (err: unknown) => err,
  );

/** What every adapter does. `open` opens a database with `kit/migrations` in it, of this suite alone. */
export const describePostgres = (name: string, open: () => Promise<Postgres>): void => {
  describe(`${name} as a postgres`, () => {
    let postgres: Postgres;
    beforeAll(async () => {
      postgres = await open();
    });
    afterAll(() => postgres?.close());
    beforeEach(async () => {
      await postgres.db.delete(vaults);
    });

    it('has run every migration', async () => {
      const rows = await postgres.db.select({ note: vaults.note, visits: vaults.visits }).from(vaults);
      expect(rows).toEqual([]);
    });

    it('answers a ping', async () => {
      await expect(postgres.ping()).resolves.toBeUndefined();
    });

    it('inserts, selects, updates and deletes', async () => {
      const openedAt = new Date('2026-01-27T10:00:00.123Z');
      const [made] = await postgres.db
        .insert(vaults)
        .values({ name: 'a', amount: '1', openedAt, note: { tags: ['x'] } })
        .returning();
      expect(made).toMatchObject({ name: 'a', openedAt, note: { tags: ['x'] }, visits: 0n });
      const changed = await postgres.db
        .update(vaults)
        .set({ visits: 9_007_199_254_740_993n })
        .where(eq(vaults.name, 'a'))
        .returning({ visits: vaults.visits });
      expect(changed).toEqual([{ visits: 9_007_199_254_740_993n }]);
      expect(await postgres.db.select({ name: vaults.name, note: vaults.note }).from(vaults)).toEqual([
        { name: 'a', note: { tags: ['x'] } },
      ]);
      expect(await postgres.db.delete(vaults).where(eq(vaults.name, 'a')).returning({ name: vaults.name })).toEqual([
        { name: 'a' },
      ]);
      expect(await postgres.db.select().from(vaults)).toEqual([]);
    });

    it('gives every moment back as it was written, on the days 1 to 12 of a month too', async () => {
      const moments = ['2026-11-05T10:00:00.123Z', '2026-11-25T23:59:59.999Z', '1902-02-03T00:00:00.000Z'];
      for (const moment of moments)
        await postgres.db.insert(vaults).values({ name: moment, amount: '1', openedAt: new Date(moment) });
      const rows = await postgres.db
        .select({ name: vaults.name, openedAt: vaults.openedAt })
        .from(vaults)
        .orderBy(vaults.id);
      expect(rows.map(({ openedAt }) => openedAt.toISOString())).toEqual(moments);
      const [made] = await postgres.db
        .insert(vaults)
        .values({ name: 'now', amount: '1' })
        .returning({ openedAt: vaults.openedAt });
      expect(Math.abs((made?.openedAt.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    });

    it('gives moments, days and long numbers as PostgreSQL writes them, in arrays too', async () => {
      const { rows } = (await postgres.db.execute(sql`
        select timestamp '2026-11-05 10:00:00.123' as moment, date '2026-11-05' as day, interval '1 day' as time,
          array[timestamp '2026-11-05 10:00:00.123'] as moments, array[date '2026-11-05'] as days,
          array[interval '1 day'] as times, array[1.000000000000000001] as amounts`)) as unknown as { rows: unknown[] };
      expect(rows).toEqual([
        {
          ...{ moment: '2026-11-05 10:00:00.123', day: '2026-11-05', time: '1 day' },
          ...{ moments: '{"2026-11-05 10:00:00.123"}', days: '{2026-11-05}', times: '{"1 day"}' },
          amounts: '{1.000000000000000001}',
        },
      ]);
    });

    it('keeps the letters of every script', async () => {
      const name = '币安人生USDT, Größe, Iıİi, 🔑, \\';
      await postgres.db.insert(vaults).values({ name, amount: '1', note: { name } });
      expect(
        await postgres.db.select({ name: vaults.name, note: vaults.note }).from(vaults).where(eq(vaults.name, name)),
      ).toEqual([{ name, note: { name } }]);
    });

    it('keeps a numeric exactly, as text', async () => {
      const amount = '12345678901234567890.123456789012345678';
      await postgres.db.insert(vaults).values({ name: 'exact', amount });
      const [row] = await postgres.db
        .update(vaults)
        .set({ amount: sql`${vaults.amount} + ${'0.000000000000000001'}::numeric` })
        .returning({ amount: vaults.amount });
      expect(row?.amount).toBe('12345678901234567890.123456789012345679');
    });

    it('names a violated constraint by SQLSTATE', async () => {
      await postgres.db.insert(vaults).values({ name: 'one', amount: '1' });
      const twice = await failure(postgres.db.insert(vaults).values({ name: 'one', amount: '1' }));
      expect(sqlState(twice)).toBe(uniqueViolation);
      expect(violatedConstraint(twice)).toBe('vaults_name_unique');
      const negative = await failure(postgres.db.insert(vaults).values({ name: 'two', amount: '-1' }));
      expect(sqlState(negative)).toBe(checkViolation);
    });

    it('keeps what a statement carried out of the error that travels on', async () => {
      const error = fromPostgresError(
        await failure(postgres.db.insert(vaults).values({ name: 'hidden-secret', amount: '-77' })),
      );
      expect(error).toBeInstanceOf(AppError);
      expect(error.code).toBe('internal');
      const cause = error.cause as Error & Record<string, unknown>;
      expect(cause.code).toBe(checkViolation);
      expect(JSON.stringify({ ...cause, message: cause.message, stack: cause.stack, text: error.message })).not.toMatch(
        /hidden-secret|-77/,
      );
    });

    it('takes a transaction back as a whole, and hands the cause on', async () => {
      const stop = new AppError('failed_precondition', 'not today');
      const thrown = await failure(
        postgres.db.transaction(async (tx) => {
          await tx.insert(vaults).values({ name: 'gone', amount: '1' });
          throw stop;
        }),
      );
      expect(thrown).toBe(stop);
      const failed = await failure(
        postgres.db.transaction(async (tx) => {
          await tx.insert(vaults).values({ name: 'gone', amount: '1' });
          await tx.insert(vaults).values({ name: 'gone', amount: '1' });
        }),
      );
      expect(sqlState(failed)).toBe(uniqueViolation);
      expect(await postgres.db.select().from(vaults)).toEqual([]);
    });

    it('takes only the inner part back when a nested transaction fails', async () => {
      await postgres.db.transaction(async (tx) => {
        await tx.insert(vaults).values({ name: 'outer', amount: '1' });
        await tx
          .transaction(async (inner) => {
            await inner.insert(vaults).values({ name: 'inner', amount: '1' });
            throw new Error('inner only');
          })
          .catch(() => undefined);
      });
      expect(await postgres.db.select({ name: vaults.name }).from(vaults)).toEqual([{ name: 'outer' }]);
    });

    it('keeps statements of others out of a transaction', async () => {
      let enter: () => void = () => undefined;
      const entered = new Promise<void>((resolve) => {
        enter = resolve;
      });
      let leave: () => void = () => undefined;
      const left = new Promise<void>((resolve) => {
        leave = resolve;
      });
      const transaction = failure(
        postgres.db.transaction(async (tx) => {
          await tx.insert(vaults).values({ name: 'inside', amount: '1' });
          enter();
          await left;
          throw new Error('back');
        }),
      );
      await entered;
      const other = postgres.db
        .insert(vaults)
        .values({ name: 'outside', amount: '1' })
        .returning({ name: vaults.name });
      leave();
      await transaction;
      expect(await other).toEqual([{ name: 'outside' }]);
      expect(await postgres.db.select({ name: vaults.name }).from(vaults)).toEqual([{ name: 'outside' }]);
    });

    it('adds up what 60 concurrent callers do', async () => {
      await postgres.db.insert(vaults).values({ name: 'sum', amount: '0' });
      const one = { visits: sql`${vaults.visits} + 1`, amount: sql`${vaults.amount} + 0.1` };
      await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          index % 2
            ? postgres.db.update(vaults).set(one).where(eq(vaults.name, 'sum'))
            : postgres.db.transaction(async (tx) => {
                await tx.select().from(vaults).where(eq(vaults.name, 'sum')).for('update');
                await tx.update(vaults).set(one).where(eq(vaults.name, 'sum'));
              }),
        ),
      );
      const [row] = await postgres.db.select().from(vaults);
      expect(row).toMatchObject({ visits: 60n, amount: '6.000000000000000000' });
    });

    it('refuses work after it was closed', async () => {
      await postgres.close();
      await postgres.close();
      expect(fromPostgresError(await failure(postgres.db.select().from(vaults))).code).toBe('unavailable');
      expect(fromPostgresError(await failure(postgres.ping())).code).toBe('unavailable');
    });
  });
};
