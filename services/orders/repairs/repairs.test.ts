import { becomes, passing } from '@tickfolio/lib/kit/becomes';
import { createAppend } from '@tickfolio/lib/outbox';
import { type Postgres, databaseTime as time } from '@tickfolio/lib/postgres';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { eq, sql } from 'drizzle-orm';
import { v7 as uuid7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../kit/database.js';
import { startTestOrders, type TestOrders } from '../kit/orders.js';
import { createScriptedPortfolio, type ScriptedPortfolio } from '../kit/scripted-portfolio.js';
import { jam } from '../saga/decisions.js';
import { fill } from '../saga/fills.js';
import { orderOutbox, reviews, sagas } from '../schema.js';
import { createPostgresStore } from '../store/postgres-store.js';
import { performRepairs } from './perform.js';
import { planRepairs } from './plan.js';

describe('what orders and portfolio disagree about after one of them was restored to before the other (F17)', () => {
  let postgres: Postgres;
  let service: TestOrders;
  beforeEach(async () => {
    postgres = await openEmbeddedDatabase();
    service = await startTestOrders(postgres);
  });
  afterEach(async () => {
    await service?.close();
    await postgres?.close();
  });
  const amounts = { USDT: '1000', BTC: '2' };
  const filled = (orderId: string, quantity: string, isLast: boolean) =>
    service.trade('btcusdt', '99', (tradeId) => [
      {
        orderId,
        decide: fill({
          ...{ tradeId, quantity, isLast, price: '100', maker: true, tradedAtMs: tradeId * 1_000 },
          trade: { price: '99', quantity: '7', takenBefore: '0', buyerIsMaker: true },
          feeChoices: [{ asset: 'BTC', amount: '0.001' }],
          feeScheduleId: 0,
        }),
      },
    ]);
  const stepOf = async (id: string) =>
    (await postgres.db.select({ step: sagas.step }).from(sagas).where(eq(sagas.id, id)))[0]?.step;
  const isAt = (id: string, step: string) =>
    becomes(
      passing(service.clock, 250, () => stepOf(id)),
      step,
    );
  /** One that was filled, one that was filled in part and rests, one that rests. */
  const traded = async () => {
    const somebody = service.somebody(amounts);
    await service.trade('btcusdt', '100');
    const whole = await somebody.placed({ quantity: '2' });
    await filled(whole.id, '2', true);
    await isAt(whole.id, 'done');
    const part = await somebody.placed({ quantity: '3' });
    await filled(part.id, '1', false);
    await isAt(part.id, 'working');
    const resting = await somebody.placed({ quantity: '1' });
    return { somebody, whole: whole.id, part: part.id, resting: resting.id };
  };
  const repairing = (portfolio: ScriptedPortfolio) => {
    const { clock } = service;
    const client = {
      listReservations: async () => ({ items: portfolio.kept(), next: undefined }),
      reservation: async (id: string) => portfolio.kept().find((one) => one.id === id),
    };
    const append = createAppend({ tables: orderOutbox, clock, time, source: 'orders' });
    const store = createPostgresStore({ db: postgres.db, append, time, clock });
    return {
      /** Seconds pass for a second look. */
      plan: async () => {
        let found: Awaited<ReturnType<typeof planRepairs>> | undefined;
        void planRepairs({ db: postgres.db, time, clock, portfolio: client }).then((plan) => {
          found = plan;
        });
        await becomes(
          passing(clock, 1_000, () => found !== undefined),
          true,
        );
        return found ?? { repairs: [], left: ['nothing was found'] };
      },
      perform: (repairs: Parameters<typeof performRepairs>[1]) =>
        performRepairs({ db: postgres.db, store, reservations: portfolio.reservations, log: silentLogger() }, repairs),
      store,
    };
  };

  it('is nothing where none was', async () => {
    await traded();
    expect(await repairing(service.portfolio).plan()).toEqual({ repairs: [], left: [] });
  });

  it('comes right where portfolio knows nothing of orders: all is asked for again, and the balances are as they were', async () => {
    const { somebody, whole, part, resting } = await traded();
    const older = createScriptedPortfolio();
    older.open(somebody.portfolioId, somebody.userId, amounts);
    const { plan, perform } = repairing(older);
    const { repairs, left } = await plan();
    expect(repairs.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual(
      [whole, part, resting].map((id) => `replay ${id}`).sort(),
    );
    expect(left).toEqual([]);
    expect(await perform(repairs)).toEqual([]);
    expect(older.held(somebody.portfolioId)).toEqual(somebody.held());
    expect(older.kept()).toEqual(service.portfolio.kept());
    expect(await plan()).toEqual({ repairs: [], left: [] });
  });

  it('comes right where portfolio had kept it and knows nothing of the fills', async () => {
    const { somebody, whole } = await traded();
    const older = createScriptedPortfolio();
    older.open(somebody.portfolioId, somebody.userId, amounts);
    const { userId, portfolioId } = somebody;
    await older.reservations.reserve({ reservationId: whole, portfolioId, userId, asset: 'USDT', amount: '200' });
    const { plan, perform } = repairing(older);
    await perform((await plan()).repairs);
    expect(older.held(portfolioId)).toEqual(somebody.held());
    expect(await plan()).toEqual({ repairs: [], left: [] });
  });

  it('goes on with an order at which portfolio had refused what it did not know, and its portfolio takes orders again', async () => {
    const { somebody, part } = await traded();
    const older = createScriptedPortfolio();
    older.open(somebody.portfolioId, somebody.userId, amounts);
    const { plan, perform, store } = repairing(older);
    await store.change(part, jam('Settle: there is no such reservation'));
    expect(await postgres.db.select().from(reviews)).toHaveLength(1);
    expect(await perform((await plan()).repairs)).toEqual([]);
    expect([await stepOf(part), await postgres.db.select().from(reviews)]).toEqual(['working', []]);
    expect(await plan()).toEqual({ repairs: [], left: [] });
  });

  it('cancels an order that can be paid no more, and says of one that was filled that nobody can repair it', async () => {
    const { somebody, whole, part, resting } = await traded();
    const poorer = createScriptedPortfolio();
    poorer.open(somebody.portfolioId, somebody.userId, { USDT: '50', BTC: '2' });
    const { plan, perform } = repairing(poorer);
    const left = await perform((await plan()).repairs);
    expect(left.map((words) => words.slice(0, 36)).sort()).toEqual([whole, part].sort());
    const { order } = (await repairing(poorer).store.read(resting)) ?? {};
    expect([order?.status, order?.reason]).toEqual(['CANCELED', 'not-kept']);
  });

  it('gives back what is kept for an order that the restored orders do not know, and ends one of which portfolio knows that it ended', async () => {
    const { somebody, resting } = await traded();
    const { userId, portfolioId } = somebody;
    const { portfolio } = service;
    const before = somebody.held();
    const lost = uuid7();
    await portfolio.reservations.reserve({ reservationId: lost, portfolioId, userId, asset: 'USDT', amount: '70' });
    await portfolio.reservations.release({ reservationId: resting, portfolioId, reason: 'user' });
    const { plan, perform } = repairing(portfolio);
    const { repairs, left } = await plan();
    expect(repairs.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual([`cancel ${resting}`, `release ${lost}`]);
    expect([left, await perform(repairs)]).toEqual([[], []]);
    await isAt(resting, 'done');
    // The 100 USDT of the one that rested are back.
    expect([before, somebody.held()]).toEqual([
      ['BTC 4.998 0', 'USDT 400 300'],
      ['BTC 4.998 0', 'USDT 500 200'],
    ]);
    expect(await plan()).toEqual({ repairs: [], left: [] });
  });

  it('leaves fills that portfolio has booked and orders do not know any more to the trades that bring them', async () => {
    const { whole, part } = await traded();
    await postgres.db.execute(sql`delete from fills where order_id in (${whole}, ${part})`);
    const { repairs, left } = await repairing(service.portfolio).plan();
    expect(repairs).toEqual([]);
    expect(left).toHaveLength(2);
  });
});
