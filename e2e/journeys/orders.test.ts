import { startTestKafka } from '@tickfolio/lib/kit/kafka';
import { startProcess } from '@tickfolio/lib/kit/process';
import { describe, expect, it } from 'vitest';
import { walkOrders } from '../kit/order-walk.js';
import { startStack } from '../kit/stack.js';

const patienceMs = 60_000;

describe('register → both portfolios → order → fill → balances', () => {
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
