import { systemClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createUser, openTestPostgres, startTestBff, type TestBff, type TestUser } from '../../kit/bff.js';
import { createFakePortfolios } from '../../kit/portfolio.js';
import { openSocket, type TestSocket } from '../../kit/socket.js';

let postgres: Postgres;
let bff: TestBff;
let other: TestBff;
let portfolios: ReturnType<typeof createFakePortfolios>;
const sockets: TestSocket[] = [];
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterAll(() => postgres?.close());
/** Two replicas. */
beforeEach(async () => {
  portfolios = createFakePortfolios();
  const shared = { postgres, pubsub: createMemoryPubSub(), played: { portfolio: portfolios.client } };
  [bff, other] = await Promise.all([startTestBff(shared), startTestBff(shared)]);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.ws.terminate();
  await Promise.all([bff?.close(), other?.close()]);
});

const open = async (user: TestUser, at: TestBff = bff) => {
  const socket = await openSocket(at.wsUrl, user);
  sockets.push(socket);
  const say = (message: object) => socket.ws.send(JSON.stringify(message));
  const told = (type: string) =>
    socket.messages.filter((message) => message.Type === type) as unknown as Record<string, unknown>[];
  return { ...socket, say, told, ofType: (type: string) => socket.next((message) => message.Type === type) };
};
const watch = { type: 'subscribe', channels: ['watchlist'] };
const put = (user: TestUser, symbol: string, at: TestBff = bff) => at.call(user, 'PUT', `/api/v1/watchlist/${symbol}`);
const symbolsOf = (message: Record<string, unknown> | undefined) =>
  (message?.Watchlist as { symbol: string }[] | undefined)?.map(({ symbol }) => symbol);

describe('the channel of what is watched', () => {
  it('tells the list and the prices of it second by second, to who asks for it alone', async () => {
    const user = createUser(systemClock);
    await put(user, 'ethusdt');
    const [asks, silent] = [await open(user), await open(user)];
    asks.say(watch);
    expect(await asks.ofType('subscribed')).toEqual({ Type: 'subscribed', Channels: ['watchlist'] });
    expect(await asks.ofType('watchlist')).toEqual({
      Type: 'watchlist',
      Version: 1,
      Watchlist: [{ symbol: 'ethusdt', asset: 'ETH', addedAt: '2026-11-29T10:00:00.000Z' }],
    });
    // Nobody holds it, and it is followed.
    await until(async () => bff.aggregator.told.at(-1)?.includes('ethusdt'));
    bff.publish('ethusdt', '3456.780');
    expect(await asks.ofType('price')).toEqual({
      ...{ Type: 'price', Symbol: 'ethusdt', Price: '3456.78', Stale: false },
      PriceTime: expect.any(String),
    });
    bff.publish('ethusdt', '3457');
    await until(async () => asks.told('price').at(-1)?.Price === '3457');
    await silent.next();
    expect(silent.messages.filter(({ Type }) => Type !== undefined)).toEqual([]);
  });

  it('tells every window of the user, at whatever replica, what was changed elsewhere', async () => {
    const user = createUser(systemClock);
    const windows = [await open(user), await open(user, other)];
    for (const { say, ofType } of windows) {
      say(watch);
      await ofType('watchlist');
    }
    await put(user, 'btcusdt');
    await put(user, 'ethusdt', other);
    for (const { told } of windows)
      await until(async () => symbolsOf(told('watchlist').at(-1))?.join() === 'btcusdt,ethusdt');
    await bff.call(user, 'DELETE', '/api/v1/watchlist/btcusdt');
    for (const { told } of windows) await until(async () => symbolsOf(told('watchlist').at(-1))?.join() === 'ethusdt');
    const stranger = await open(createUser(systemClock));
    stranger.say(watch);
    expect(symbolsOf((await stranger.ofType('watchlist')) as unknown as Record<string, unknown>)).toEqual([]);
  });

  it('tells what was changed also where the answer to who changed it was lost', async () => {
    const user = createUser(systemClock);
    const { say, ofType, told } = await open(user);
    say(watch);
    await ofType('watchlist');
    portfolios.watchlists.state.loses = true;
    expect((await put(user, 'btcusdt')).status).toBe(503);
    await until(async () => symbolsOf(told('watchlist').at(-1))?.join() === 'btcusdt');
  });

  it('leaves the prices of what is held to frames', async () => {
    const user = createUser(systemClock);
    await bff.call(user, 'POST', '/api/v1/profile/coins', { symbol: 'btcusdt', quantity: '1' });
    await put(user, 'btcusdt');
    await put(user, 'ethusdt');
    const { say, told, next } = await open(user);
    await next(({ Coins }) => Coins?.length === 1);
    say(watch);
    await until(async () => told('watchlist').length > 0);
    bff.publish('btcusdt', '60000');
    bff.publish('ethusdt', '3000');
    await next(({ Coins }) => Coins?.[0]?.Price === '60000');
    await until(async () => told('price').length > 0);
    expect(told('price').map(({ Symbol: symbol }) => symbol)).not.toContain('btcusdt');
  });

  it('tells the price of what is held no more, also where it is not traded', async () => {
    const user = createUser(systemClock);
    await bff.call(user, 'POST', '/api/v1/profile/coins', { symbol: 'btcusdt', quantity: '1' });
    await put(user, 'btcusdt');
    bff.publish('btcusdt', '60000');
    const { say, told, next } = await open(user);
    await next(({ Coins }) => Coins?.[0]?.Price === '60000');
    say(watch);
    await until(async () => told('watchlist').length > 0);
    bff.publish('btcusdt', '60001');
    await next(({ Coins }) => Coins?.[0]?.Price === '60001');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(told('price')).toEqual([]);
    await bff.call(user, 'DELETE', '/api/v1/profile/coins', { symbol: 'btcusdt' });
    await until(async () => told('price').at(-1)?.Price === '60001');
  });

  it('ends where it is wanted no more, and with the connection what is watched is followed no more', async () => {
    const user = createUser(systemClock);
    await put(user, 'ethusdt');
    const { say, ofType, told, clear } = await open(user);
    say(watch);
    await ofType('watchlist');
    clear();
    say({ type: 'unsubscribe', channels: ['watchlist'] });
    expect(await ofType('subscribed')).toEqual({ Type: 'subscribed', Channels: [] });
    bff.publish('ethusdt', '3000');
    await put(user, 'btcusdt');
    say(watch);
    await until(async () => told('watchlist').length > 0);
    expect(told('watchlist').map(symbolsOf)).toEqual([['ethusdt', 'btcusdt']]);
  });

  it('is refused where it is another one, and to who only looks at the demo', async () => {
    const user = createUser(systemClock);
    const { say, ofType, told } = await open(user);
    for (const wrong of [{ ...watch, channels: ['nothing'] }, { ...watch, more: 1 }, { type: 'subscribe' }]) say(wrong);
    await until(async () => told('error').length === 3);
    say({ ...watch, channels: [] });
    expect(await ofType('subscribed')).toEqual({ Type: 'subscribed', Channels: [] });
    const demo = await openSocket(`${bff.wsUrl}/demo`, undefined);
    sockets.push(demo);
    demo.ws.send(JSON.stringify(watch));
    expect(await demo.next(({ Type }) => Type === 'error')).toMatchObject({ Type: 'error' });
  });

  it('comes late where watchlists cannot be read at first, while frames come', async () => {
    const user = createUser(systemClock);
    await put(user, 'ethusdt');
    portfolios.watchlists.state.down = true;
    const { say, ofType, next, told } = await open(user);
    say(watch);
    await ofType('subscribed');
    await next(({ Coins }) => Coins !== undefined);
    expect(told('watchlist')).toEqual([]);
    portfolios.watchlists.state.down = false;
    expect(symbolsOf((await ofType('watchlist')) as unknown as Record<string, unknown>)).toEqual(['ethusdt']);
  });
});
