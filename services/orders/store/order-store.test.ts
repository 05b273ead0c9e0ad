import type { ManualClock } from '@tickfolio/lib/clock';
import { streams } from '@tickfolio/lib/events/streams';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { createAppend } from '@tickfolio/lib/outbox';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { asc, eq } from 'drizzle-orm';
import { describe } from 'vitest';
import { openEmbeddedDatabase, openServerDatabase } from '../kit/database.js';
import { createMemoryStore, emptyOrders } from '../kit/memory-store.js';
import { orderOutbox } from '../schema.js';
import { describeOrderStore, type OpenedStore } from './order-store.contract.js';
import { createPostgresStore } from './postgres-store.js';

describeOrderStore('in memory', async (clock) => {
  const kept = emptyOrders();
  return {
    store: createMemoryStore(clock, kept),
    told: async (id) =>
      kept.events.filter(({ stream }) => stream === streams.order(id)).map(({ type, version }) => `${type} ${version}`),
    close: async () => undefined,
  };
});

const over = (postgres: Postgres, clock: ManualClock): OpenedStore => {
  const { db } = postgres;
  const time = timeOf(clock);
  const append = createAppend({ tables: orderOutbox, clock, time, source: 'orders' });
  const { events } = orderOutbox;
  return {
    store: createPostgresStore({ db, append, time, clock }),
    told: async (id) => {
      const of = eq(events.stream, streams.order(id));
      const rows = await db.select().from(events).where(of).orderBy(asc(events.version));
      return rows.map(({ type, version }) => `${type} ${version}`);
    },
    close: () => postgres.close(),
  };
};
describeOrderStore('in PGlite', async (clock) => over(await openEmbeddedDatabase(), clock));

const server = await shareTestPostgres();
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  describeOrderStore('on a PostgreSQL server', async (clock) => {
    if (!server) throw new Error('no server');
    return over(await openServerDatabase(server), clock);
  });
});
