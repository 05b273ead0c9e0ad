import { randomUUID } from 'node:crypto';
import { userEvents } from '@tickfolio/lib/events/user-events';
import { becomes as waitFor } from '@tickfolio/lib/kit/becomes';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFakeAccounts } from '../kit/accounts.js';
import { openEmbeddedDatabase, openServerDatabase } from '../kit/database.js';
import { reasonOf, startTestPortfolio } from '../kit/portfolio.js';

const describeUsers = (name: string, open: () => Promise<Postgres>): void => {
  describe(`users on ${name}`, () => {
    let postgres: Postgres;
    const opened: { close(): unknown }[] = [];
    beforeAll(async () => {
      postgres = await open();
    });
    afterEach(async () => {
      for (let thing = opened.pop(); thing; thing = opened.pop()) await thing.close();
    });
    afterAll(() => postgres?.close());
    const accounts = createFakeAccounts(() => Date.UTC(2026, 10, 29));
    const build = async () => {
      const service = await startTestPortfolio(postgres, {}, undefined, accounts);
      opened.push(service);
      /** While time goes on: messages are gathered for a moment, and rows erased with pauses. */
      const becomes = (read: () => unknown, expected: unknown) =>
        waitFor(async () => {
          service.clock.advance(100);
          return read();
        }, expected);
      return { ...service, becomes };
    };
    const rowsOf = async (query: ReturnType<typeof sql>) =>
      ((await postgres.db.execute(query)) as unknown as { rows: Record<string, unknown>[] }).rows;
    /** The streams in which it is said that a user was erased. */
    const hearErased = async (eventLog: Awaited<ReturnType<typeof build>>['eventLog']) => {
      const erased: string[] = [];
      const options = { group: 'tests', minBatchMessages: 1, maxBatchMessages: 100, maxBatchWaitMs: 1 };
      await eventLog.consume(userEvents.name, options, async ({ messages }) => {
        for (const message of messages) {
          const read = userEvents.read(message);
          if (read.kind === 'event' && read.event.type === 'user.erased') erased.push(read.event.stream);
        }
      });
      return erased;
    };
    const kindsOf = (userId: string) => async () =>
      (await rowsOf(sql`select kind from portfolios where user_id = ${userId} order by kind`)).map(({ kind }) => kind);

    /** @param texts that only this user has */
    const expectNothingLeft = async (userId: string, texts: readonly string[]) => {
      const tables = await rowsOf(
        sql`select quote_ident(tablename) as name from pg_tables where schemaname = current_schema()`,
      );
      // That the user was erased is kept for as long as the log keeps what was told before, and where the stream ended.
      const known = new Set(['erased_users', 'inbox', 'portfolio_events']);
      for (const { name: table } of tables.filter((one) => !known.has(String(one.name)))) {
        const rows = JSON.stringify(await rowsOf(sql.raw(`select * from ${table}`)));
        for (const text of [userId, ...texts]) expect([table, rows.includes(text)]).toEqual([table, false]);
      }
      for (const text of [userId, ...texts]) {
        const told = await rowsOf(
          sql`select stream from portfolio_events where body::text || stream like ${`%${text}%`}`,
        );
        expect(told).toEqual(text === userId ? [{ stream: `erasure:${userId}:portfolio` }] : []);
      }
    };

    it('who register get both portfolios before they call, where somebody has said of which kind prices are', async () => {
      const { somebody, tell, becomes } = await build();
      await somebody().list();
      const userId = randomUUID();
      await tell(userId, 'user.created');
      await becomes(kindsOf(userId), ['paper', 'tracking']);
    });

    it('who register while nobody has said that get the other one with their first call', async () => {
      const { as, tell, becomes } = await build();
      const userId = randomUUID();
      await tell(userId, 'user.created');
      await becomes(kindsOf(userId), ['tracking']);
      expect((await as(userId).list()).portfolios.map(({ kind }) => kind)).toEqual(['tracking', 'paper']);
    });

    it('who are deleted leave nothing in any table, it is told, and what they ask later is refused', async () => {
      const { as, tell, eventLog, listEvents, becomes } = await build();
      const userId = randomUUID();
      const user = as(userId);
      await tell(userId, 'user.created');
      const { id } = await user.create({ name: 'Of mine alone', kind: 'paper' }, 'key-1');
      const paper = (await user.list()).portfolios.find((one) => one.isDefault && one.kind === 'paper')?.id ?? '';
      for (let times = 0; times < 3; times++) await user.transfer(paper, id, '1');
      const ids = (await user.list()).portfolios.map((one) => one.id);
      const erased = await hearErased(eventLog);
      await tell(userId, 'user.deleted');
      await becomes(() => erased, [`erasure:${userId}:portfolio`]);
      await expectNothingLeft(userId, [...ids, 'Of mine alone']);
      for (const of of ids) expect(await listEvents(`portfolio:${of}`)).toEqual([]);
      const asked = [user.list(), user.get('default'), user.create({ name: 'Again' })].map(reasonOf);
      expect(await Promise.all(asked)).toEqual(['gone', 'gone', 'gone']);
      await tell(userId, 'user.deleted').catch(() => undefined);
      expect(await kindsOf(userId)()).toEqual([]);
    });

    it('who are deleted in the middle of what they do leave nothing either', async () => {
      const { as, tell, becomes } = await build();
      const userId = randomUUID();
      const user = as(userId);
      await tell(userId, 'user.created');
      await user.list();
      const names = Array.from({ length: 10 }, (_, at) => `Of the moment ${at}`);
      const [, ...asked] = await Promise.all([
        tell(userId, 'user.deleted'),
        ...names.map((one) => reasonOf(user.create({ name: one }))),
      ]);
      expect(asked.filter((reason) => reason !== 'done' && reason !== 'gone')).toEqual([]);
      await becomes(kindsOf(userId), []);
      await becomes(() => rowsOf(sql`select * from erasing_users where user_id = ${userId}`), []);
      await expectNothingLeft(userId, ['Of the moment']);
    });

    it('who were deleted are told of once more at the next start, for that may have been lost', async () => {
      const userId = randomUUID();
      const stream = `erasure:${userId}:portfolio`;
      for (const isDeletedNow of [true, false]) {
        const { tell, as, eventLog, clock, close } = await build();
        const erased = await hearErased(eventLog);
        if (isDeletedNow) {
          await tell(userId, 'user.created');
          await as(userId).list();
          await tell(userId, 'user.deleted');
        }
        await waitFor(() => {
          clock.advance(1_000);
          return erased.filter((one) => one === stream);
        }, [stream]);
        await close();
      }
      expect(await rowsOf(sql`select version from portfolio_events where stream = ${stream}`)).toHaveLength(1);
    });

    it('who are deleted go, however one of them cannot', async () => {
      const { tell, as, eventLog, clock } = await build();
      const erased = await hearErased(eventLog);
      const [stuck, other] = [randomUUID(), randomUUID()].sort() as [string, string];
      for (const userId of [stuck, other]) {
        await tell(userId, 'user.created');
        await as(userId).list();
      }
      await rowsOf(
        sql`create function stand_in_the_way() returns trigger language plpgsql as $$ begin raise exception 'in the way'; end $$`,
      );
      await rowsOf(
        sql.raw(
          `create trigger in_the_way before delete on portfolios for each row when (old.user_id = '${stuck}') execute function stand_in_the_way()`,
        ),
      );
      for (const userId of [stuck, other]) await tell(userId, 'user.deleted');
      const done = () => {
        clock.advance(1_000);
        return [stuck, other].map((userId) => erased.includes(`erasure:${userId}:portfolio`));
      };
      await waitFor(done, [false, true]);
      await rowsOf(sql`drop trigger in_the_way on portfolios`);
      await waitFor(done, [true, true]);
    });
  });
};

describeUsers('PGlite', openEmbeddedDatabase);
const server = await shareTestPostgres();
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  describeUsers('a PostgreSQL server', async () => {
    if (!server) throw new Error('no server');
    return openServerDatabase(server);
  });
});
