import type { OrderAnswer } from '@tickfolio/api/orders';
import { startTestKafka } from '@tickfolio/lib/kit/kafka';
import { startProcess } from '@tickfolio/lib/kit/process';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filledOrdersOf, ordersOf, unexplained } from '../kit/order-books.js';
import { askUntilAnswered } from '../kit/order-load.js';
import { type PaperPerson, paperPerson } from '../kit/paper-person.js';
import { Exact } from '../kit/price-record.js';
import { startStack } from '../kit/stack.js';

const patienceMs = 180_000;
const symbol = 'btcusdt';

const priceNear = (price: string, share: string) => new Exact(price).times(share).toFixed(2);
/** One buys a little below, one sells a little above, whichever way the price goes, and one is met by no trade. */
const restAround = async (paper: PaperPerson) => {
  const bought = await paper.ended((await paper.place({ symbol, side: 'BUY', type: 'MARKET', quantity: '0.02' })).id);
  const last = bought.averagePrice ?? '0';
  const near = { symbol, type: 'LIMIT', quantity: '0.004' } as const;
  return {
    buy: await paper.place({ ...near, side: 'BUY', price: priceNear(last, '0.9996') }),
    sell: await paper.place({ ...near, side: 'SELL', price: priceNear(last, '1.0004') }),
    far: await paper.place({ ...near, side: 'BUY', price: priceNear(last, '0.95') }),
  };
};
const cancelled = async (paper: PaperPerson, id: string) =>
  expect((await askUntilAnswered(paper.person, 'DELETE', `/api/v1/orders/${id}`)).status).toBe(200);
const whenFilled = (paper: PaperPerson, ids: readonly string[]): Promise<OrderAnswer> =>
  eventually(
    'one of them is filled',
    async () => {
      for (const id of ids) {
        const order = await paper.read(id);
        if (order.status === 'FILLED' && order.settled) return order;
      }
      return undefined;
    },
    patienceMs,
    200,
  );
const whenSo = (what: string, isSo: () => Promise<boolean>) => eventually(what, isSo, patienceMs, 200);

const kafka = await startTestKafka();
const stack = kafka && (await startStack({ AUTH_RATE_LIMIT: '10000' }, { brokers: kafka.brokers, portfolio: true }));

describe.runIf(stack)('a database on a server that was restored to before', () => {
  if (!stack) return; // NOT COVERED was said.
  beforeAll(async () => {
    for (const name of ['portfolio', 'orders'] as const) stack.start(name);
    await stack.ready(patienceMs);
  });
  afterAll(async () => {
    await stack.close();
    await kafka?.close();
  });
  const databases = { orders: 'order_service', portfolio: 'portfolio_service' };
  type Restored = keyof typeof databases;
  const run = async (program: string, env: Record<string, string>, ...args: string[]) => {
    const started = startProcess(process.execPath, [program, ...args], env);
    const { code } = await started.ended;
    return { code, out: started.out(), err: started.err() };
  };
  const audit = (...args: string[]) => {
    const { POSTGRES_DB: _, ...env } = stack.env('orders');
    return run('standalone/dist/audit/main.js', env, ...args);
  };
  const rename = (from: string, to: string) => stack.postgres.query(`alter database ${from} rename to ${to}`);
  /** As its own tools would: what is now is put aside. */
  const copy = async (name: Restored) => {
    await stack.kill(name);
    await stack.postgres.createDatabase(`${databases[name]}_copy`, `template ${databases[name]}`);
    stack.start(name);
    await stack.ready(patienceMs);
  };
  const restore = async (name: Restored) => {
    await rename(databases[name], `${databases[name]}_lost`);
    await rename(`${databases[name]}_copy`, databases[name]);
    const said = await run('standalone/dist/events/main.js', { ...stack.env(name) }, 'restored', name);
    expect([said.code, said.err]).toEqual([0, '']);
  };
  const repaired = async () => {
    const made = await audit('--repair', '--yes');
    expect(made.out).toMatch(/Done: \d+ of \d+/);
    return made;
  };

  it('of orders: what it tells from then on is told, what is kept for lost orders is given back, what had ended ends, and what was filled is filled by the same trades', {
    timeout: 900_000,
  }, async () => {
    const paper = await paperPerson(stack.base);
    const { buy, sell, far } = await restAround(paper);
    await copy('orders');
    const met = await whenFilled(paper, [buy.id, sell.id]);
    const fills = await paper.fills(met.id);
    const other = await paper.place({ symbol: 'ethusdt', side: 'BUY', type: 'MARKET', quantity: '0.1' });
    await paper.ended(other.id);
    // Kept for an order that the copy does not know, and given back for one that rests in it.
    await paper.place({ symbol: 'ethusdt', side: 'BUY', type: 'LIMIT', quantity: '0.1', price: '1000' });
    await cancelled(paper, far.id);
    await whenSo('it is told', async () => paper.told(far.id).at(-1)?.Order.status === 'CANCELED');
    const toldBefore = paper.told(far.id).length;

    await stack.kill('orders');
    await restore('orders');
    const { out } = await repaired();
    expect(out).toContain('To be given back, since it is kept for no order: 1');
    expect(out).toMatch(/To be cancelled, since portfolio has given back what was kept for it: 1\n/);
    stack.start('orders');
    await whenSo('the one of which portfolio knew is cancelled', async () => {
      const { status, reason } = await paper.read(far.id);
      return status === 'CANCELED' && reason === 'not-kept';
    });
    // Under a number that was told before.
    await whenSo('that is told', async () => paper.told(far.id).length > toldBefore);
    expect(paper.told(far.id).at(-1)?.Order).toMatchObject({ status: 'CANCELED', reason: 'not-kept' });
    expect(await whenFilled(paper, [met.id])).toMatchObject({ filledQuote: met.filledQuote });
    expect(await paper.fills(met.id)).toEqual(fills);
    expect((await ordersOf(paper)).map(({ id }) => id)).not.toContain(other.id);
    await askUntilAnswered(paper.person, 'DELETE', '/api/v1/orders');
    await whenSo('nothing is kept any more', async () => (await paper.balance('USDT'))?.reserved === '0');
    expect(await paper.balance('ETH')).toMatchObject({ reserved: '0' });
    await eventually('the audits find nothing', async () => {
      const { code, out: found } = await audit();
      if (code !== 0) throw new Error(found);
      return true;
    });
    await paper.ended((await paper.place({ symbol, side: 'SELL', type: 'MARKET', quantity: '0.001' })).id);
  });

  it('of portfolio: what it had promised is asked for again, and every balance is the grant with all fills', {
    timeout: 900_000,
  }, async () => {
    const paper = await paperPerson(stack.base);
    await copy('portfolio');
    const { buy, sell, far } = await restAround(paper);
    await whenFilled(paper, [buy.id, sell.id]);
    await stack.kill('orders');
    await stack.kill('portfolio');
    await restore('portfolio');
    stack.start('portfolio');
    await eventually('portfolio answers', async () => {
      const { code, out } = await audit();
      if (code !== 1) throw new Error(out);
      return true;
    });
    const { out } = await repaired();
    expect(out).toMatch(/To be asked for again, since portfolio does not know it any more: [4-9]\n/);
    stack.start('orders');
    await stack.ready(patienceMs);
    await whenSo('balances are explained', async () => {
      const wrong = await unexplained(paper, await filledOrdersOf(paper));
      if (wrong.length > 0) throw new Error(wrong.join('; '));
      return true;
    });
    await cancelled(paper, far.id);
    await askUntilAnswered(paper.person, 'DELETE', '/api/v1/orders');
    await whenSo('nothing is kept any more', async () => (await paper.balance('USDT'))?.reserved === '0');
    await eventually('the audits find nothing', async () => {
      const { code, out: found } = await audit();
      if (code !== 0) throw new Error(found);
      return true;
    });
  });
});
