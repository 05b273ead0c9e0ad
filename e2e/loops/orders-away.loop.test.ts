import { setTimeout as pause } from 'node:timers/promises';
import { startTestKafka } from '@tickfolio/lib/kit/kafka';
import { startProcess } from '@tickfolio/lib/kit/process';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LiveSocket, signUp } from '../kit/client.js';
import { type PaperPerson, paperPerson } from '../kit/paper-person.js';
import { Exact, inventedPrices, tradedPrices } from '../kit/price-record.js';
import { readyOf, startStack } from '../kit/stack.js';
import { wrongTotals } from '../kit/totals.js';

const patienceMs = 60_000;
/** Kafka waits for a member of a group that was killed, and a lease for its end. */
const goneWithinMs = 120_000;
const symbol = 'ethusdt';
const kafka = await startTestKafka();
const stack = kafka && (await startStack({ AUTH_RATE_LIMIT: '10000' }, { brokers: kafka.brokers, portfolio: true }));
afterAll(async () => {
  await stack?.close();
  await kafka?.close();
});

describe.runIf(stack)('while orders are away', () => {
  if (!stack) return; // NOT COVERED was said.
  let paper: PaperPerson;
  let socket: LiveSocket;
  let lastPrice: string;
  beforeAll(async () => {
    for (const name of ['portfolio', 'orders'] as const) stack.start(name);
    await stack.ready(4 * patienceMs);
    paper = await paperPerson(stack.base);
    await eventually(
      'a coin',
      async () => (await paper.person.addCoin('btcusdt', '1.5')).status === 200,
      patienceMs,
      200,
    );
    socket = await paper.person.connect();
    const { id } = await paper.place({ symbol, side: 'BUY', type: 'MARKET', quantity: '0.2' });
    lastPrice = (await paper.ended(id)).averagePrice ?? '';
  }, 10 * patienceMs);

  /** One buys a little below, one sells a little above: whichever way the price goes, one of them is met. */
  const restAround = async () => {
    const near = async (side: 'BUY' | 'SELL') => {
      const price = new Exact(lastPrice).times(side === 'BUY' ? '0.9994' : '1.0006').toFixed(2);
      return {
        side,
        price,
        order: await paper.place({ symbol, side, type: 'LIMIT', quantity: '0.01', price }),
      };
    };
    return [await near('BUY'), await near('SELL')] as const;
  };
  /** The live path as ever: fresh and right frames on the open socket, and a first price for who comes now. */
  const expectLivePath = async () => {
    const sinceMs = Date.now();
    const from = socket.frames.length;
    const isFresh = ({ Coins }: (typeof socket.frames)[number]) =>
      Coins.some(({ PriceTime }) => PriceTime !== null && Date.parse(PriceTime) >= sinceMs);
    await eventually('five fresh frames', () => socket.frames.slice(from).filter(isFresh).length >= 5, patienceMs);
    const frames = socket.frames.slice(from);
    expect(frames.map(wrongTotals).filter(Boolean)).toEqual([]);
    expect(await inventedPrices(stack.simUrl, 'btcusdt', frames)).toEqual([]);
    const other = await signUp(stack.base);
    await eventually('a coin of somebody new', async () => (await other.addCoin('ethusdt', '1')).status === 200);
    const later = await other.connect();
    await later.frame(({ Coins }) => Coins.some(({ Price }) => Price !== null), patienceMs, 0);
    later.close();
  };
  const expectAway = async () => {
    const order = { symbol: 'btcusdt', side: 'BUY', type: 'MARKET', quantity: '0.001' };
    for (const answer of [
      await paper.person.call('POST', '/api/v1/orders', order),
      await paper.person.call('GET', '/api/v1/orders'),
      await paper.person.call('DELETE', '/api/v1/orders'),
    ]) {
      expect([answer.status, answer.body.type]).toEqual([503, '/docs/errors/orders-away']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const balances = `/api/v1/portfolios/${paper.portfolioId}/balances`;
    expect((await paper.person.call('GET', balances)).status).toBe(200);
  };
  /** Waits until the exchange itself has a trade that one of them would have been filled by. */
  const tradedThrough = async (two: Awaited<ReturnType<typeof restAround>>, sinceMs: number) => {
    const [buy, sell] = two;
    return eventually(
      'a trade through one of them',
      async () => {
        const trades = (await tradedPrices(stack.simUrl, symbol)).filter(({ timeMs }) => timeMs > sinceMs);
        if (trades.some(({ price }) => new Exact(price).lt(buy.price))) return buy;
        if (trades.some(({ price }) => new Exact(price).gt(sell.price))) return sell;
        throw new Error(
          `${trades.length} trades, at last ${trades.at(-1)?.price}, none past ${buy.price}, ${sell.price}`,
        );
      },
      goneWithinMs,
      500,
    );
  };
  /** Filled by what was traded meanwhile, booked, and told on the socket that stayed open. */
  const expectCaughtUp = async (id: string, awayMs: number, backMs: number) => {
    const order = await eventually(
      'filled',
      async () => {
        const now = await paper.read(id);
        return now.status === 'FILLED' && now.settled && now;
      },
      goneWithinMs,
    );
    const [fill] = await paper.fills(id);
    expect(Date.parse(fill?.tradedAt ?? '')).toBeGreaterThan(awayMs);
    expect(Date.parse(fill?.tradedAt ?? '')).toBeLessThanOrEqual(backMs);
    expect(order.gap).toBeUndefined();
    await eventually('told', () => paper.told(id).at(-1)?.Version === order.version, goneWithinMs);
    expect(paper.told(id).at(-1)?.Order).toEqual(order);
  };

  it('killed, prices go on as before, orders are answered 503 orders-away, and what rested is filled by the trades of meanwhile once they are back', {
    timeout: 600_000,
  }, async () => {
    const two = await restAround();
    const awayMs = Date.now();
    await stack.kill('orders');
    await eventually('it is missed', async () => (await readyOf(stack)).orders === 'down', patienceMs, 200);
    await Promise.all([expectLivePath(), expectAway()]);
    // Who asks for the channel now hears what comes later.
    paper.socket.send(JSON.stringify({ type: 'subscribe', channels: ['orders'] }));
    const met = await tradedThrough(two, awayMs);
    const backMs = Date.now();
    stack.start('orders');
    await expectCaughtUp(met.order.id, awayMs, backMs);
    expect(await readyOf(stack)).toMatchObject({ orders: 'ok' });
  });

  it('without their database, prices go on as before, orders are answered 503 orders-away, and what rested is filled by the trades of meanwhile once it is back', {
    timeout: 600_000,
  }, async () => {
    const newest = await tradedPrices(stack.simUrl, symbol);
    lastPrice = newest.at(-1)?.price ?? lastPrice;
    await eventually(
      'all are cancelled',
      async () => (await paper.person.call('DELETE', '/api/v1/orders')).status === 200,
    );
    const two = await restAround();
    const awayMs = Date.now();
    const takesNobody = 'alter database order_service allow_connections';
    await stack.postgres.query(`${takesNobody} false`);
    await stack.postgres.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'order_service'`,
    );
    const isMissed = async () => (await paper.person.call('GET', '/api/v1/orders')).status === 503;
    await eventually('it is missed', isMissed, patienceMs, 200);
    await Promise.all([expectLivePath(), expectAway()]);
    const met = await tradedThrough(two, awayMs);
    await pause(1_000);
    const backMs = Date.now();
    await stack.postgres.query(`${takesNobody} true`);
    await expectCaughtUp(met.order.id, awayMs, backMs);
    const { POSTGRES_DB: _, ...env } = stack.env('orders');
    const audit = startProcess(process.execPath, ['standalone/dist/audit/main.js'], env);
    expect([(await audit.ended).code, audit.err()]).toEqual([0, '']);
  });
});
