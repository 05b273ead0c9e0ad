import { randomUUID } from 'node:crypto';
import { readReceived } from '@tickfolio/api/kit/received';
import type { OrderTold } from '@tickfolio/api/order-told';
import { orderEvents } from '@tickfolio/lib/events/order-events';
import { expect, it } from 'vitest';
import { createOrderNews, type OrderEvent } from '../../kit/order-news.js';
import { createToldOrders } from './told-orders.js';

const [alice, bob] = ['alice', 'bob'];

/** Connections that read only when a test says so. */
const setUp = () => {
  const news = createOrderNews();
  const orders = createToldOrders();
  const open = (userId: string) => {
    const channel = orders.open({ userId, owed: () => undefined });
    const messages = (most = Number.POSITIVE_INFINITY) => {
      const said: (OrderTold | { readonly Type: 'resync' })[] = [];
      for (let text = said.length < most ? channel.next() : undefined; text !== undefined; ) {
        said.push(readReceived(text) as OrderTold);
        text = said.length < most ? channel.next() : undefined;
      }
      return said;
    };
    const read = () =>
      messages().map((one) =>
        one.Type === 'order' ? `${one.Version} ${one.Order.status} ${one.LastFill?.TradeID ?? '-'}` : one.Type,
      );
    return { ...channel, messages, read };
  };
  /** As they are read out of the log. */
  const take = (...told: readonly OrderEvent[]) =>
    orders.take(
      told.map((event) => {
        const read = orderEvents.read({ value: Buffer.from(String(orderEvents.messageOf(event).value)) });
        if (read.kind !== 'event') throw new Error('no event');
        return read.event;
      }),
    );
  return { news, orders, open, take };
};

it('tells an order as it is over REST, with what filled it last, and the fee once that is booked', async () => {
  const { news, open, take } = setUp();
  const id = randomUUID();
  const socket = open(alice);
  await take(news.accepted(alice, id));
  expect(socket.messages()).toEqual([
    {
      ...{ Type: 'order', Version: 1, LastFill: null },
      Order: expect.objectContaining({ id, status: 'NEW', quantity: '0.5', fees: [], version: 1 }),
    },
  ]);
  await take(news.filled(alice, id, 7));
  const fill = { TradeID: 7, Price: '67999.8', Quantity: '0.1', Maker: true, Time: '2026-01-27T10:00:00.000Z' };
  expect(socket.messages()).toMatchObject([{ Version: 2, LastFill: { ...fill, Fee: null, FeeAsset: null } }]);
  await take(news.settled(alice, id, 7));
  expect(socket.messages()).toMatchObject([{ Version: 3, LastFill: { ...fill, Fee: '0.0001', FeeAsset: 'BTC' } }]);
});

it('a slow reader gets the newest of each order and the newest of its fills, however often they changed', async () => {
  const { news, open, take } = setUp();
  const [one, other] = [randomUUID(), randomUUID()];
  const slow = open(alice);
  await take(news.accepted(alice, one), news.accepted(alice, other));
  for (let trade = 1; trade <= 300; trade++) await take(news.filled(alice, one, trade));
  // Of an earlier one, which is booked only now.
  await take(news.settled(alice, one, 299), news.cancelled(alice, one));
  expect(slow.read()).toEqual(['1 NEW -', '303 CANCELED 300']);
  expect(slow.read()).toEqual([]);
});

it('where more orders wait for one reader than are kept, it is told to read all anew, and what comes after that', async () => {
  const { news, open, take } = setUp();
  const [slow, quick] = [open(alice), open(alice)];
  const ids = Array.from({ length: 1_001 }, () => randomUUID());
  await take(...ids.slice(0, 1_000).map((id) => news.accepted(alice, id)));
  expect(quick.messages()).toHaveLength(1_000);
  await take(news.accepted(alice, ids[1_000] ?? ''));
  await take(news.cancelled(alice, ids[0] ?? ''));
  expect(slow.read()).toEqual(['resync', '2 CANCELED -']);
  expect(quick.read()).toEqual(['1 NEW -', '2 CANCELED -']);
});

it('what is handed over again is told once, and a gap is said', async () => {
  const { news, open, take } = setUp();
  const id = randomUUID();
  const socket = open(alice);
  const [first, second, , fourth] = [1, 2, 3, 4].map((trade) => news.filled(alice, id, trade)) as [
    OrderEvent,
    OrderEvent,
    OrderEvent,
    OrderEvent,
  ];
  await take(first, second, first, second);
  expect(socket.read()).toEqual(['2 PARTIALLY_FILLED 2']);
  await take(second, first);
  expect(socket.read()).toEqual([]);
  await take(fourth);
  expect(socket.read()).toEqual(['resync', '4 PARTIALLY_FILLED 4']);
});

it('orders are to be read anew where their service was restored, and what it told before is old', async () => {
  const { news, open, take } = setUp();
  const id = randomUUID();
  const socket = open(alice);
  const before = [news.accepted(alice, id), news.filled(alice, id, 1)];
  await take(...before);
  expect(socket.read()).toEqual(['2 PARTIALLY_FILLED 1']);
  news.restored();
  await take(news.accepted(alice, id), ...before);
  expect(socket.read()).toEqual(['resync', '1 NEW -']);
});

it('nobody is told of another one’s, or after they left', async () => {
  const { news, orders, open, take } = setUp();
  const [mine, other] = [open(alice), open(bob)];
  await take(news.accepted(alice, randomUUID()));
  orders.missed(alice);
  expect(other.read()).toEqual([]);
  expect(mine.read()).toEqual(['resync', '1 NEW -']);
  mine.close();
  await take(news.accepted(alice, randomUUID()));
  expect(mine.read()).toEqual([]);
  expect(orders.isWanted).toBe(true);
  other.close();
  expect(orders.isWanted).toBe(false);
});

/** Numbers that are the same for the same seed. */
const randomOf = (seed: number) => {
  let state = seed;
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % below;
  };
};

it.each(Array.from({ length: 30 }, (_, seed) => seed + 1))(
  'however fast who reads, they end with the newest of each order, never see one fall behind, and miss no newest fill (seed %i)',
  async (seed) => {
    const random = randomOf(seed);
    const { news, open, take } = setUp();
    const ids = Array.from({ length: 5 }, () => randomUUID());
    const socket = open(alice);
    const [newest, trades] = [new Map<string, OrderEvent>(), new Map<string, number>()];
    const [seen, seenTrades] = [new Map<string, number>(), new Map<string, number>()];
    const look = (most?: number) => {
      for (const told of socket.messages(most)) {
        if (told.Type !== 'order') throw new Error('nothing was missed');
        const { id } = told.Order;
        expect(told.Version).toBeGreaterThan(seen.get(id) ?? 0);
        expect(told.Order.version).toBe(told.Version);
        seen.set(id, told.Version);
        if (told.LastFill?.TradeID != null)
          seenTrades.set(id, Math.max(seenTrades.get(id) ?? 0, told.LastFill.TradeID));
      }
    };
    const handedOver: OrderEvent[] = [];
    for (let step = 0; step < 200; step++) {
      const id = ids[random(ids.length)] ?? '';
      const trade = (trades.get(id) ?? 0) + 1;
      const what = random(3);
      const event =
        what === 0
          ? news.accepted(alice, id)
          : what === 1
            ? news.filled(alice, id, trade)
            : news.settled(alice, id, Math.max(1, trade - 1 - random(3)));
      if (what === 1) trades.set(id, trade);
      if (what === 2) trades.set(id, Math.max(trades.get(id) ?? 0, 1));
      newest.set(id, event);
      handedOver.push(event);
      await take(event);
      // Handed over again, as after the end of a consumer.
      if (random(5) === 0) await take(...handedOver.slice(-1 - random(4)));
      if (random(4) === 0) look(random(3));
    }
    look();
    expect(seen).toEqual(new Map([...newest].map(([id, { version }]) => [id, version])));
    expect(seenTrades).toEqual(trades);
  },
);
