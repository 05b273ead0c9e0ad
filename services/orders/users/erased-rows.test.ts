import { createManualClock } from '@tickfolio/lib/clock';
import { createAppend } from '@tickfolio/lib/outbox';
import { timeOf } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { v7 as uuid7 } from 'uuid';
import { expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../kit/database.js';
import { newOrder } from '../kit/new-order.js';
import { orderOutbox } from '../schema.js';
import { createPostgresStore } from '../store/postgres-store.js';
import { pieces } from './erased-rows.js';

it('erases no more fills at once than a piece has, whichever order they are of', async () => {
  const postgres = await openEmbeddedDatabase();
  const { db } = postgres;
  const clock = createManualClock();
  const time = timeOf(clock);
  const append = createAppend({ tables: orderOutbox, clock, time, source: 'orders' });
  const bounds = { maxASecond: 9, maxOpenOfSymbol: 9, maxOpenOfPortfolio: 9 };
  const order = newOrder(uuid7(), { userId: 'ann', portfolioId: uuid7() });
  await createPostgresStore({ db, append, time, clock }).place(order, bounds, 1_000, '');
  await db.execute(sql`insert into fills (id, order_id, symbol, venue, trade_id, price, quantity, quote, fee_choices, maker,
      traded_at, model, recorded_at)
    select gen_random_uuid(), ${order.id}::uuid, 'btcusdt', 'binance', n, 1, 1, 1, '[]', true, now(), 'tape', now()
    from generate_series(1, 600) n`);
  const last = pieces.at(-1);
  const gone: (number | undefined)[] = [];
  while (gone.at(-1) !== 0 && gone.length < 9) gone.push(await db.transaction(async (tx) => last?.(tx, 'ann')));
  expect(gone).toEqual([500, 100, 1, 0]);
  await postgres.close();
});
