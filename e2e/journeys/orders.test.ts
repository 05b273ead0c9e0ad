import { startTestKafka } from '@tickfolio/lib/kit/kafka';
import { startProcess } from '@tickfolio/lib/kit/process';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { describe, expect, it } from 'vitest';
import { startAllInOne } from '../kit/all-in-one.js';
import { auditsOf } from '../kit/audits.js';
import { walkOrders } from '../kit/order-walk.js';
import { startStack } from '../kit/stack.js';

const patienceMs = 60_000;

describe('register → both portfolios → order → fill → balances', () => {
  it('in the all-in-one run, with all that is embedded: the books add up', { timeout: 300_000 }, async () => {
    const folder = await temporaryFolder();
    const one = await startAllInOne(folder.path, { AUDIT_INTERVAL: '1s' });
    const [, simUrl = ''] = await one.process.waitFor(/simulator at (http:\S+)/, patienceMs);
    const placed = await walkOrders(one.base, simUrl);
    // What is younger than ten seconds may be on its way.
    const orders = () => auditsOf(one.base, 'orders', 'changed');
    await eventually('the orders are audited', async () => (await orders()).checked('A7') >= placed.length, patienceMs);
    expect((await orders()).wrong).toEqual([]);
    const books = await auditsOf(one.base, 'portfolio', 'changed');
    expect(books.checked('A1')).toBeGreaterThan(0);
    expect(books.wrong).toEqual([]);
    expect(await one.process.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await folder.remove();
  });

  it('over PostgreSQL and Kafka, each service a process: audit:trading and audit:fills find nothing wrong', {
    timeout: 480_000,
  }, async () => {
    const kafka = await startTestKafka();
    const stack = kafka && (await startStack({}, { brokers: kafka.brokers, portfolio: true }));
    if (!stack) {
      console.warn('not covered here: orders over servers (Kafka, Redis or PostgreSQL is not installed)');
      return;
    }
    stack.start('portfolio');
    stack.start('orders');
    await stack.ready(2 * patienceMs);
    const placed = await walkOrders(stack.base, stack.simUrl);
    const { POSTGRES_DB: _, ...env } = stack.env('orders');
    const audit = async (program: string, ...args: string[]) => {
      const run = startProcess(process.execPath, [program, ...args], env);
      const { code } = await run.ended;
      return [code, run.err()];
    };
    expect(await audit('standalone/dist/audit/main.js')).toEqual([0, '']);
    for (const id of placed)
      expect(await audit('services/orders/dist/fill-audits/main.js', '--order', id)).toEqual([0, '']);
    await stack.close();
    await kafka.close();
  });
});
