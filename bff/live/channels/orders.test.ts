import { randomUUID } from 'node:crypto';
import { systemClock } from '@tickfolio/lib/clock';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { orderEvents } from '@tickfolio/lib/events/order-events';
import { streams } from '@tickfolio/lib/events/streams';
import type { Postgres } from '@tickfolio/lib/postgres';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createUser, openTestPostgres, startTestBff, type TestBff, type TestUser } from '../../kit/bff.js';
import { createOrderNews, type OrderEvent } from '../../kit/order-news.js';
import { openSocket, type TestSocket } from '../../kit/socket.js';
import { gatewayTopics } from '../../topics.js';

let postgres: Postgres;
const running: TestBff[] = [];
const sockets: TestSocket[] = [];
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) await socket.close();
  for (const bff of running.splice(0)) await bff.close();
});
afterAll(() => postgres.close());

const listen = async (bff: TestBff, user: TestUser, channels: readonly string[] = ['orders']) => {
  const socket = await openSocket(bff.wsUrl, user);
  sockets.push(socket);
  const told = () =>
    socket.messages.filter(({ Type }) => Type === 'order') as unknown as readonly Readonly<Record<string, unknown>>[];
  if (channels.length > 0) {
    socket.ws.send(JSON.stringify({ type: 'subscribe', channels }));
    await socket.next(({ Type }) => Type === 'subscribed');
  }
  return { ...socket, told };
};

/** Replicas that read the log already: a group that begins at the newest tells nothing of before. */
const build = async (replicas = 1) => {
  const [clock, log] = [systemClock, silentLogger()];
  const eventLog = createMemoryEventLog({ clock, log, metrics: createMetrics('log'), topics: gatewayTopics });
  const news = createOrderNews();
  const send = async (...events: readonly OrderEvent[]) => {
    for (const event of events) await eventLog.append(orderEvents.name, [orderEvents.messageOf(event)]);
  };
  for (let count = 0; count < replicas; count++) running.push(await startTestBff({ postgres, deps: { eventLog } }));
  for (const bff of running) {
    const user = createUser(clock);
    const socket = await listen(bff, user);
    await expect
      .poll(async () => {
        await send(news.accepted(user.userId, randomUUID()));
        return socket.told().length;
      })
      .toBeGreaterThan(0);
  }
  const [bff] = running as [TestBff];
  return { bff, news, send, eventLog };
};

describe('the channel of orders', () => {
  it('tells what becomes of the orders of the user, at every replica, to who asks for it alone', async () => {
    const { bff, news, send } = await build(2);
    const [user, stranger] = [createUser(systemClock), createUser(systemClock)];
    const asking = await Promise.all(running.map((one) => listen(one, user)));
    const [silent, other] = [await listen(bff, user, ['balances']), await listen(bff, stranger)];
    const id = randomUUID();
    const events = [news.accepted(user.userId, id), news.filled(user.userId, id, 7)];
    for (const event of events) {
      await send(event);
      for (const one of asking) await expect.poll(() => one.told().at(-1)?.Version).toBe(event.version);
    }
    for (const one of asking)
      expect(one.told()).toMatchObject([
        { Version: 1, Order: { id, status: 'NEW' }, LastFill: null },
        { Version: 2, Order: { id, status: 'PARTIALLY_FILLED' }, LastFill: { TradeID: 7 } },
      ]);
    expect([...silent.told(), ...other.told()]).toEqual([]);
  });

  it('says that something was missed where it cannot be read here', async () => {
    const { bff, eventLog } = await build();
    const user = createUser(systemClock);
    const socket = await listen(bff, user);
    const orderId = randomUUID();
    const event = {
      ...{ id: randomUUID(), source: 'orders', schema: 1, epoch: 1, version: 1, userId: user.userId },
      ...{ type: 'order.forgotten', stream: streams.order(orderId), time: '2026-01-27T10:00:00.000Z' },
      data: { orderId },
    };
    await eventLog.append(orderEvents.name, [{ key: orderId, value: JSON.stringify(event) }]);
    expect(await socket.next(({ Type }) => Type === 'resync')).toEqual({ Type: 'resync' });
  });
});
