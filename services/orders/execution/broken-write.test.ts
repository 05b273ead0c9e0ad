import { createManualClock } from '@tickfolio/lib/clock';
import { expect, it } from 'vitest';
import { createFollowedTape } from '../kit/followed-tape.js';
import { createMemoryStore, emptyOrders } from '../kit/memory-store.js';

it('ends an order of which a fill cannot be written, and goes on with everybody else', async () => {
  const clock = createManualClock(Date.UTC(2026, 10, 30));
  const kept = emptyOrders();
  const set = kept.fills.set.bind(kept.fills);
  let refused = '';
  kept.fills.set = (id, fill) => {
    if (fill.orderId === refused) throw new Error('the database does not take this fill');
    return set(id, fill);
  };
  const all = createFollowedTape({ clock, kept, store: createMemoryStore(clock, kept) });
  const { exchange, order, read, until, stuck } = all;
  exchange.trade('100', '1', 'buyer', 1_000);
  const follower = all.start();
  await all.whileTimePasses(follower.reference());
  refused = await order({ price: '90' });
  const other = await order({ price: '90', userId: 'other', portfolioId: 'b' });
  exchange.trade('80', '1', 'seller', 2_000);
  exchange.trade('100', '1', 'buyer', 3_000);
  await until(async () => (await read(other)).status === 'FILLED', "another user's order is filled");
  await follower.close();
  expect(await read(refused)).toMatchObject({ status: 'EXPIRED', reason: 'under-review', filledQuantity: '0' });
  expect(kept.sagas.get(refused)).toMatchObject({
    step: 'stuck',
    lastError: 'Write: the database does not take this fill',
  });
  expect([...kept.reviews]).toEqual(['a']);
  expect(stuck).toEqual([refused]);
});
