import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { countOf, seed } from '@tickfolio/lib/kit/counts';
import { freePort } from '@tickfolio/lib/kit/free-port';
import { startTestKafka } from '@tickfolio/lib/kit/kafka';
import { startProcess } from '@tickfolio/lib/kit/process';
import { createRandom } from '@tickfolio/lib/kit/random';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { describe, expect, it } from 'vitest';
import { startAllInOne } from '../kit/all-in-one.js';
import { auditsOf } from '../kit/audits.js';
import { filledOrdersOf, isOpen, ordersOf, unexplained, wrongFills } from '../kit/order-books.js';
import { askUntilAnswered, loadedSymbols, type OrderLoad, startOrderLoad } from '../kit/order-load.js';
import { type PaperPerson, paperPerson } from '../kit/paper-person.js';
import { startStack } from '../kit/stack.js';
import { startTradeRecord, type TradeRecord } from '../kit/trade-record.js';

const kills = countOf('KILLS', 4);
const killsEmbedded = Math.ceil(kills * 0.3);
/** What no order may take longer for once nothing is killed any more, on a machine that has other work. */
const healedWithinMs = 120_000;

/** Whatever was placed has ended or rests, each fill once and by a trade that there was, and all money is explained. */
const expectWhole = async (people: readonly PaperPerson[], load: OrderLoad, record: TradeRecord) => {
  expect(load.doubled).toEqual([]);
  const found = new Set<string>();
  for (const paper of people) {
    const orders = await eventually(
      'every order is decided, and every fill booked',
      async () => {
        const all = await ordersOf(paper);
        const waiting = all.filter(({ status, settled }) => status === 'PENDING' || !settled);
        if (waiting.length > 0) throw new Error(JSON.stringify(waiting.slice(0, 3)));
        return all;
      },
      healedWithinMs,
      500,
    );
    for (const { id } of orders) found.add(id);
    // What rests may be filled at any moment: looked at twice, nothing else may have come in between.
    await eventually(
      'balances are explained',
      async () => {
        const filled = await filledOrdersOf(paper);
        const wrong = [...(await unexplained(paper, filled))];
        if (wrong.length > 0) throw new Error(wrong.join('; '));
        return true;
      },
      healedWithinMs,
      500,
    );
    const filled = await filledOrdersOf(paper);
    await record.readOn();
    expect(wrongFills(filled, record.of)).toEqual([]);
    expect(new Set(orders.map(({ clientOrderId }) => clientOrderId)).size).toBe(orders.length);
  }
  expect([...load.stored.keys()].filter((id) => !found.has(id))).toEqual([]);
  return found.size;
};
/** Cancelled, they leave nothing kept. */
const expectNothingKept = async (people: readonly PaperPerson[]) => {
  for (const paper of people) {
    await askUntilAnswered(paper.person, 'DELETE', '/api/v1/orders');
    await eventually(
      'nothing is open, and nothing kept',
      async () => {
        const filled = await filledOrdersOf(paper);
        const wrong = await unexplained(paper, filled);
        if (filled.some(isOpen) || wrong.length > 0) throw new Error(wrong.join('; '));
        return true;
      },
      healedWithinMs,
      500,
    );
  }
};

describe('under orders that real trades of the simulator fill', () => {
  it(`every order ends or rests, no fill is made twice and all balances are explained, through ${kills} kills (-9) of portfolio, orders, Kafka and PostgreSQL; seed ${seed}`, {
    timeout: 600_000 + kills * 60_000,
  }, async () => {
    const kafka = await startTestKafka();
    const extra = { AUTH_RATE_LIMIT: '10000', PROFILE_RATE_LIMIT: '10000' };
    const stack = kafka && (await startStack(extra, { brokers: kafka.brokers, portfolio: true }));
    if (!stack) {
      await kafka?.close();
      return; // NOT COVERED was said.
    }
    // Servers of tests are faster than a kill may find them: what they said is done must be so after it.
    for (const { datname } of await stack.postgres.query<{ datname: string }>(
      `select datname from pg_database where datname like '%\\_db' or datname like '%\\_service'`,
    ))
      await stack.postgres.query(`alter database ${datname} set synchronous_commit = on`);
    const random = createRandom(seed);
    for (const name of ['portfolio', 'orders'] as const) stack.start(name);
    await stack.ready(healedWithinMs);
    const people = [await paperPerson(stack.base), await paperPerson(stack.base), await paperPerson(stack.base)];
    const record = await startTradeRecord(stack.simUrl, loadedSymbols);
    const load = startOrderLoad(people, { record, random });
    const victims: Readonly<Record<string, () => Promise<void>>> = {
      orders: async () => {
        await stack.kill('orders');
        await pause(random() * 1_000);
        stack.start('orders');
      },
      portfolio: async () => {
        await stack.kill('portfolio');
        await pause(random() * 1_000);
        stack.start('portfolio');
      },
      postgres: async () => {
        await stack.postgres.crash();
        await pause(random() * 1_000);
        await stack.postgres.restart();
      },
      kafka: async () => {
        await kafka.kill();
        await pause(random() * 1_000);
        // On a busy machine a broker may take longer than its kit waits.
        await kafka.restart().catch(() => kafka.restart());
      },
    };
    const names = Object.keys(victims);
    const killed = new Map(names.map((name) => [name, 0]));
    for (let count = 0; count < kills; count++) {
      await pause(random() * 6_000);
      // Each once before any comes again.
      const name = names[count < names.length ? count : Math.floor(random() * names.length)] ?? 'orders';
      killed.set(name, (killed.get(name) ?? 0) + 1);
      await victims[name]?.();
    }
    await pause(3_000);
    await load.stop();
    const placed = await expectWhole(people, load, record);
    const { POSTGRES_DB: _, ...env } = stack.env('orders');
    const audit = async (program: string, ...args: string[]) => {
      const run = startProcess(process.execPath, [program, ...args], env);
      const { code } = await run.ended;
      return [code, code === 0 ? run.err() : run.output()];
    };
    expect(await audit('standalone/dist/audit/main.js')).toEqual([0, '']);
    await expectNothingKept(people);
    const filled = await stack.postgres.query<{ id: string }>(
      'select distinct order_id as id from fills',
      'order_service',
    );
    expect(filled.length).toBeGreaterThan(kills);
    for (const { id } of filled.filter((_, at) => at % Math.ceil(filled.length / 5) === 0)) {
      let said: readonly unknown[] = [];
      // What audits may ask of the exchange in a minute may be used up, and is there again in the next one.
      await eventually(
        'the public trades of an order are read',
        async () => {
          said = await audit('services/orders/dist/fill-audits/main.js', '--order', id);
          return !String(said[1]).includes('is used up');
        },
        180_000,
        5_000,
      );
      expect(said).toEqual([0, '']);
    }
    const settled = await stack.postgres.query<{ id: string }>(
      `select id from postings where kind = 'settle' order by id`,
      'portfolio_service',
    );
    const made = await stack.postgres.query<{ id: string }>('select id from fills order by id', 'order_service');
    expect(settled).toEqual(made);
    expect(await audit('standalone/dist/audit/main.js')).toEqual([0, '']);
    const told = [...killed].map(([name, count]) => `${name} ${count}`).join(', ');
    console.info(`killed: ${told}; ${placed} orders, ${made.length} fills`);
    await record.close();
    await stack.close();
    await kafka.close();
  });

  it(`the same through ${killsEmbedded} kills (-9) of the all-in-one run, with all that is embedded; seed ${seed}`, {
    timeout: 600_000 + killsEmbedded * 60_000,
  }, async () => {
    const folder = await temporaryFolder();
    const random = createRandom(`${seed} embedded`);
    const [simPort, httpPort] = [await freePort(), await freePort()];
    const simUrl = `http://127.0.0.1:${simPort}`;
    // The exchange lives on while the run is dead, as the real one does.
    const sim = startProcess(process.execPath, ['services/exchange-sim/dist/main.js', '--port', String(simPort)], {});
    await eventually('the simulator answers', async () => (await fetch(`${simUrl}/api/v3/ping`)).ok);
    const start = () =>
      startAllInOne(join(folder.path, 'data'), {
        ...{ HTTP_PORT: String(httpPort), AUDIT_INTERVAL: '1s', AUTH_RATE_LIMIT: '10000' },
        ...{ PRICE_SOURCE: 'binance', BINANCE_REST_URL: simUrl, BINANCE_WS_URL: `ws://127.0.0.1:${simPort}` },
      });
    let one = await start();
    // A small machine that has other work answers no login before.
    await one.process.waitFor(/Ctrl-C stops it/, healedWithinMs);
    const people = [await paperPerson(one.base), await paperPerson(one.base)];
    const record = await startTradeRecord(simUrl, loadedSymbols);
    const load = startOrderLoad(people, { record, random });
    for (let count = 0; count < killsEmbedded; count++) {
      await pause(2_000 + random() * 8_000);
      await one.process.end('SIGKILL');
      one = await start();
    }
    await pause(3_000);
    await load.stop();
    const placed = await expectWhole(people, load, record);
    await expectNothingKept(people);
    // What is younger than ten seconds may be on its way.
    const orders = () => auditsOf(one.base, 'orders', 'changed');
    await eventually('the orders are audited', async () => (await orders()).checked('A7') > 0);
    await pause(15_000);
    for (const service of ['orders', 'portfolio', 'bff'])
      expect([service, (await auditsOf(one.base, service, 'changed')).wrong]).toEqual([service, []]);
    expect(placed).toBeGreaterThan(killsEmbedded);
    console.info(`${killsEmbedded} kills, ${placed} orders`);
    await record.close();
    await one.process.end('SIGTERM');
    await sim.end('SIGTERM');
    await folder.remove();
  });
});
