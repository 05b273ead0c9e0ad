import { describe, expect, it } from 'vitest';
import { createFollowedTape } from '../kit/followed-tape.js';
import { dice, someOrder } from '../kit/some-orders.js';
import { createFillAudit, type StoredFills } from './fill-audit.js';

const maxTrades = 5_000;
const never = new AbortController().signal;

/** Orders of some portfolios that were filled by a tape, and an audit that has its history. */
const filled = async (seed: number) => {
  const random = dice(seed);
  const all = createFollowedTape({ random });
  const { exchange, start, whileTimePasses, order, caughtUp, clock, kept } = all;
  let timeMs = 1_000;
  const trade = () => {
    timeMs += Math.floor(random() * 900);
    const quantity = String(1 + Math.floor(random() * 3));
    exchange.trade(String(94 + Math.floor(random() * 13)), quantity, random() < 0.5 ? 'buyer' : 'seller', timeMs);
  };
  for (let at = 0; at < 60; at++) trade();
  const follower = start();
  await whileTimePasses(follower.reference());
  const ids: string[] = [];
  for (let at = 0; at < 150; at++) {
    if (at % 12 === 0) {
      await whileTimePasses(follower.reference());
      ids.push(await order(someOrder(random)));
    }
    trade();
    if (random() < 0.2) await clock.advanceAsync(300);
  }
  exchange.seen(timeMs + 100_000);
  await caughtUp();
  await follower.close();
  const storedOf = (id: string): StoredFills => {
    const row = kept.orders.get(id);
    if (!row) throw new Error('no such order');
    const others = [...kept.fills.values()].filter(
      ({ orderId }) => orderId !== id && kept.orders.get(orderId)?.portfolioId === row.portfolioId,
    );
    return { order: row, fills: [...kept.fills.values()].filter(({ orderId }) => orderId === id), others };
  };
  const audit = createFillAudit({ history: exchange.history });
  const auditOf = (stored: StoredFills, most = maxTrades) => audit(stored, most, never);
  return { ids, storedOf, auditOf };
};

describe('an order that is filled again from public trades', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'comes to what is stored, whatever others of its portfolio had (tape %i)',
    async (seed) => {
      const { ids, storedOf, auditOf } = await filled(seed);
      let fills = 0;
      for (const id of ids) {
        const stored = storedOf(id);
        fills += stored.fills.length;
        expect([stored.order.type, (await auditOf(stored)).differences]).toEqual([stored.order.type, []]);
      }
      expect(fills).toBeGreaterThan(3);
    },
  );

  it('differs where a fill was made up, left out, or is another one', async () => {
    const { ids, storedOf, auditOf } = await filled(3);
    const stored = ids.map(storedOf).find(({ fills }) => fills.length > 1);
    const [first, ...rest] = stored?.fills ?? [];
    if (!stored || !first) throw new Error('nothing was filled');
    expect((await auditOf({ ...stored, fills: rest })).differences).toHaveLength(1);
    const dearer = { ...first, price: '94.5' };
    expect((await auditOf({ ...stored, fills: [dearer, ...rest] })).differences.length).toBeGreaterThan(1);
    expect((await auditOf({ ...stored, order: { ...stored.order, gap: { from: 1, to: 2 } } })).differences).toEqual([]);
    const other = { ...first, tradePrice: '94.5' };
    const named = await auditOf({ ...stored, fills: [other, ...rest] }, 0);
    expect(named).toMatchObject({ isReplayed: false, looked: stored.fills.length });
    expect(named.differences).toHaveLength(1);
  });
});
