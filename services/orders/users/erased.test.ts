import { randomUUID } from 'node:crypto';
import { userEvents } from '@tickfolio/lib/events/user-events';
import { becomes, passing } from '@tickfolio/lib/kit/becomes';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { tablesWith } from '@tickfolio/lib/kit/rows-with';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase, openServerDatabase } from '../kit/database.js';
import { reasonOf, startTestOrders, type TestOrders } from '../kit/orders.js';
import { fill } from '../saga/fills.js';

const describeErasing = (name: string, open: () => Promise<Postgres>): void => {
  describe(`users who are deleted, ${name}`, () => {
    let postgres: Postgres;
    let service: TestOrders | undefined;
    beforeAll(async () => {
      postgres = await open();
    });
    afterEach(async () => {
      await service?.close();
      service = undefined;
    });
    afterAll(() => postgres?.close());

    it('leave nothing, with what is open for them, and it is said once; others keep theirs', async () => {
      service = await startTestOrders(postgres);
      const { somebody, tell, trade, portfolio, eventLog, clock, faults } = service;
      const [gone, other] = [somebody(), somebody()];
      const { id } = await gone.placed({ clientOrderId: `of-${randomUUID().slice(0, 8)}` });
      await other.placed();
      await trade('btcusdt', '100');
      await trade('btcusdt', '99', (tradeId) => [
        {
          orderId: id,
          decide: fill({
            ...{ tradeId, quantity: '0.5', isLast: false, price: '100', maker: true, tradedAtMs: tradeId * 1_000 },
            trade: { price: '99', quantity: '7', takenBefore: '0', buyerIsMaker: true },
            feeChoices: [],
            feeScheduleId: 1,
          }),
        },
      ]);
      const erased: string[] = [];
      const options = { group: 'tests', minBatchMessages: 1, maxBatchMessages: 100, maxBatchWaitMs: 1 };
      await eventLog.consume(userEvents.name, options, async ({ messages }) => {
        for (const message of messages) {
          const read = userEvents.read(message);
          if (read.kind === 'event' && read.event.type === 'user.erased') erased.push(read.event.stream);
        }
      });
      expect([...(await tablesWith(postgres.db, [gone.userId]))].sort()).toEqual(['order_events', 'orders']);

      // As it is for whoever asks portfolio from now on.
      portfolio.erase(gone.portfolioId);
      faults.portfolio = undefined;
      await tell(gone.userId, 'user.created');
      await tell(gone.userId, 'user.deleted');
      await becomes(
        passing(clock, 250, () => erased),
        [`erasure:${gone.userId}:orders`],
      );
      expect([...(await tablesWith(postgres.db, [gone.userId]))].sort()).toEqual([
        'erased_users',
        'inbox',
        'order_events',
      ]);
      expect(await tablesWith(postgres.db, [id])).toEqual([]);
      expect((await other.list()).orders).toMatchObject([{ status: 'NEW' }]);
      expect(await reasonOf(gone.place())).toBe('not-found');
    });
  });
};
describeErasing('in PGlite', openEmbeddedDatabase);

const server = await shareTestPostgres();
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  describeErasing('on a PostgreSQL server', async () => {
    if (!server) throw new Error('no server');
    return openServerDatabase(server);
  });
});
