import { becomes, passing } from '@tickfolio/lib/kit/becomes';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { databaseTime, type Postgres } from '@tickfolio/lib/postgres';
import { isRight } from '@tickfolio/lib/tally';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase, openServerDatabase } from '../kit/database.js';
import { startTestOrders, type TestOrders } from '../kit/orders.js';
import { fill } from '../saga/fills.js';
import { feeSchedules } from '../schema.js';
import { always, runRound } from './round.js';

const describeAudits = (name: string, open: () => Promise<Postgres>): void => {
  describe(`the audit of orders ${name}`, () => {
    let postgres: Postgres;
    let service: TestOrders;
    beforeEach(async () => {
      postgres = await open();
      service = await startTestOrders(postgres);
    });
    afterEach(async () => {
      await service?.close();
      await postgres?.close();
    });

    /** An order that was filled in two parts, with a fee of what it received; and one that rests. */
    const trade = async () => {
      const somebody = service.somebody();
      const { id } = await somebody.placed({ quantity: '2' });
      const [{ id: schedule = 0 } = {}] = await postgres.db.select({ id: feeSchedules.id }).from(feeSchedules);
      await service.trade('btcusdt', '100');
      for (const [quantity, fee, isLast] of [
        ['0.5', '0.0005', false],
        ['1.5', '0.0015', true],
      ] as const)
        await service.trade('btcusdt', '99', (tradeId) => [
          {
            orderId: id,
            decide: fill({
              ...{ tradeId, quantity, isLast, price: '100', maker: true, tradedAtMs: tradeId * 1_000 },
              trade: { price: '99', quantity: '7', takenBefore: '0', buyerIsMaker: true },
              feeChoices: [{ asset: 'BTC', amount: fee }],
              feeScheduleId: schedule,
            }),
          },
        ]);
      const resting = await somebody.placed({ quantity: '1' });
      const isDone = async () => {
        const rows = await postgres.db.execute(sql`select step from sagas where id = ${id}`);
        return (rows as unknown as { rows: { step: string }[] }).rows[0]?.step;
      };
      await becomes(passing(service.clock, 250, isDone), 'done');
      return { id, resting: resting.id };
    };
    /** Everything that is wrong, by its check; seconds pass meanwhile for a second look. */
    const audit = async () => {
      let round: Awaited<ReturnType<typeof runRound>> | undefined;
      const db = postgres.db;
      const deps = { db, time: databaseTime, clock: service.clock, portfolio: service.client };
      void runRound(deps, { scope: 'all', since: always }).then((made) => {
        round = made;
      });
      await becomes(
        passing(service.clock, 1_000, () => round !== undefined),
        true,
      );
      const wrong = [...(round?.findings ?? [])].filter(([, findings]) => !isRight(findings));
      return wrong.flatMap(([check, { found }]) => found.map((words) => `${check}: ${words}`));
    };
    const change = (statement: ReturnType<typeof sql>) => postgres.db.execute(statement);

    it('finds nothing where all is right, and says what it looked at', async () => {
      await trade();
      expect(await audit()).toEqual([]);
    });

    it('finds an order that is not the sum of its fills, and fees that are not due (A7)', async () => {
      const { id } = await trade();
      await change(sql`update orders set filled_quantity = 1.9 where id = ${id}`);
      expect(await audit()).toEqual([`A7: the order ${id}, FILLED: 1.9 for 200 is filled; by its fills 2 for 200`]);
      await change(sql`update orders set filled_quantity = 2 where id = ${id}`);
      await change(sql`update fills set fee = 0.0014 where order_id = ${id} and quantity = 1.5`);
      expect(await audit()).toEqual([
        `A7: the order ${id}, FILLED: 1 of its fills have another fee than is due`,
        `A7: the order ${id}, FILLED: its fees are not the sum of those of its fills`,
      ]);
    });

    it('finds what is kept for no order, and an open order for which nothing is (A6)', async () => {
      const { id, resting } = await trade();
      const { portfolioId } = service.portfolio.kept()[0] ?? { portfolioId: '' };
      await service.portfolio.reservations.release({ reservationId: resting, portfolioId, reason: 'user' });
      const found = await audit();
      expect(found).toContain(`A6: the order ${resting} is NEW, and its reservation is closed`);
      await change(sql`delete from sagas where id = ${resting}`);
      await change(sql`delete from fills where order_id = ${id}`);
      expect(await audit()).toContainEqual(expect.stringContaining(`A7: the order ${id}, FILLED: 2 for 200 is filled`));
    });

    it('finds what was booked twice or otherwise than it was filled (A7)', async () => {
      const { id } = await trade();
      await change(sql`update fills set price = 90, quote = 45 where order_id = ${id} and quantity = 0.5`);
      expect(await audit()).toContainEqual(`A7: the order ${id}: 195 was taken by its fills, 200 is booked`);
    });

    it('finds what waits for long or is stuck (A13), and an event that is missing (A8)', async () => {
      const { id, resting } = await trade();
      await change(sql`update sagas set step = 'stuck', last_error = 'Settle: no' where id = ${resting}`);
      await change(sql`delete from order_events where stream = ${`order:${id}`} and version = 3`);
      expect(await audit()).toEqual([
        `A8: 1 of the events of order:${id}`,
        `A13: the order ${resting} is stuck: Settle: no`,
      ]);
      const later = new Date(service.clock.now() + 55_000).toISOString();
      await change(sql`update sagas set step = 'releasing', next_at = ${later}::timestamptz where id = ${resting}`);
      expect(await audit()).toContainEqual(`A13: the order ${resting} is releasing for more than 60 s: Settle: no`);
    });

    it('passes over what was done just now', async () => {
      const { resting } = await trade();
      const { portfolioId } = service.portfolio.kept()[0] ?? { portfolioId: '' };
      await service.portfolio.reservations.release({ reservationId: resting, portfolioId, reason: 'user' });
      await change(sql`update orders set updated_at = now() where id = ${resting}`);
      expect(await audit()).toEqual([]);
    });

    it('is made by itself, and shown in the metrics and the table', async () => {
      await trade();
      await becomes(
        passing(service.clock, 30_000, async () =>
          /audit_mismatch\{check="A7",scope="all"\} 0/.test(await service.metrics()),
        ),
        true,
      );
      const rows = await change(sql`select distinct name from audits order by name`);
      expect((rows as unknown as { rows: { name: string }[] }).rows.map((row) => row.name)).toEqual([
        'A13',
        'A6',
        'A7',
        'A8',
      ]);
    });
  });
};
describeAudits('in PGlite', openEmbeddedDatabase);

const server = await shareTestPostgres();
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  describeAudits('on a PostgreSQL server', async () => {
    if (!server) throw new Error('no server');
    return openServerDatabase(server);
  });
});
