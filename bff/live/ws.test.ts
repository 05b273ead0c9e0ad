import { once } from 'node:events';
import { connect } from 'node:net';
import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  createUser,
  openTestPostgres,
  second,
  startTestBff,
  type TestBff,
  type TestBffOptions,
  type TestUser,
} from '../kit/bff.js';
import { openSocket, type TestSocket } from '../kit/socket.js';

let postgres: Postgres;
const running: TestBff[] = [];
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterAll(() => postgres.close());
afterEach(async () => {
  for (const bff of running.splice(0)) await bff.close();
});
const start = async (options: Partial<TestBffOptions> = {}) => {
  const bff = await startTestBff({ postgres, ...options });
  running.push(bff);
  return bff;
};
const hold = (bff: TestBff, user: TestUser, symbol: string, quantity = '1') =>
  bff.call(user, 'POST', '/api/v1/profile/coins', { symbol, quantity });
/** A BFF whose time only the test moves; its start and its database need real time to pass. */
const startAtManualTime = async (options: TestBffOptions['options'] = {}) => {
  const clock = createManualClock(1_770_000_000_000);
  const starting = start({ clock, options });
  let isOver = false;
  const over = starting.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await clock.advanceAsync(1);
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 10))]);
  }
  /** In steps, so that pings are answered in between. */
  /** @param socket one whose pings are to be answered meanwhile, however slow this machine is */
  const pass = async (ms: number, socket?: TestSocket) => {
    for (let left = ms; left > 0; left -= 5_000) {
      clock.advance(Math.min(left, 5_000));
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (socket?.ws.readyState !== WebSocket.OPEN) continue;
      socket.ws.ping();
      await Promise.race([once(socket.ws, 'pong'), socket.closed]);
    }
  };
  return { clock, pass, bff: await starting };
};
const refusal = (opening: Promise<TestSocket>) =>
  opening.then(
    (socket) => {
      socket.ws.terminate();
      return { status: 101, text: '' };
    },
    (err: Error & { status?: number; text?: string }) => ({ status: err.status, text: err.text ?? '' }),
  );

describe('the upgrade', () => {
  it('is refused with 401 and a problem without a valid token', async () => {
    const bff = await start();
    const late = createUser({ ...systemClock, now: () => Date.now() - 3_600_000 }, 60_000);
    for (const opening of [
      openSocket(bff.wsUrl, undefined),
      openSocket(bff.wsUrl, { token: 'nonsense' }),
      openSocket(bff.wsUrl, late),
      openSocket(bff.wsUrl, undefined, {}, ['bearer']),
      openSocket(bff.wsUrl, undefined, {}, ['bearer', 'nonsense']),
      openSocket(bff.wsUrl, undefined, {}, [createUser(systemClock).token, 'bearer']),
      openSocket(`${bff.wsUrl}?access_token=${createUser(systemClock).token}`, undefined),
    ]) {
      const { status, text } = await refusal(opening);
      expect({ status, problem: JSON.parse(text) }).toMatchObject({
        status: 401,
        problem: { status: 401, title: 'Not signed in' },
      });
    }
  });

  it('answers the mark of the subprotocol, never the token', async () => {
    const bff = await start();
    const { token } = createUser(systemClock);
    const socket = await openSocket(bff.wsUrl, undefined, {}, ['bearer', token]);
    expect(socket.ws.protocol).toBe('bearer');
    expect((await socket.next()).Coins).toEqual([]);
    await socket.close();
  });

  it('is refused with 403 for pages of other sites', async () => {
    const bff = await start({ options: { allowedOrigins: ['https://app.example.com'] } });
    const user = createUser(systemClock);
    const status = async (origin: string) => (await refusal(openSocket(bff.wsUrl, user, { origin }))).status;
    expect(await status('https://evil.example')).toBe(403);
    expect(await status(`http://localhost:${bff.port}`)).toBe(403);
    expect(await status(`http://127.0.0.1:${bff.port}`)).toBe(101);
    expect(await status('https://app.example.com')).toBe(101);
  });

  it('is refused anywhere else, and the address itself refuses plain requests', async () => {
    const bff = await start();
    const user = createUser(systemClock);
    const at = (path: string) => refusal(openSocket(`ws://127.0.0.1:${bff.port}${path}`, user));
    expect((await at('/health')).status).toBe(400);
    expect((await at('/api/v1/profile')).status).toBe(400);
    expect((await at('/nothing')).status).toBe(404);
    for (const asking of [user, undefined]) {
      const { status, headers, body } = await bff.call(asking, 'GET', '/api/v1/ws');
      expect([status, headers.get('upgrade'), body.title]).toEqual([426, 'websocket', 'Upgrade required']);
    }
  });

  it.each([
    ['another version', { 'Sec-WebSocket-Version': '12' }, 426, /Version 13/],
    ['no version', { 'Sec-WebSocket-Version': undefined }, 426, /Version 13/],
    ['a short key', { 'Sec-WebSocket-Key': 'abc' }, 400, /Sec-WebSocket-Key/],
    ['no key', { 'Sec-WebSocket-Key': undefined }, 400, /Sec-WebSocket-Key/],
    ['another protocol', { Upgrade: 'h2c' }, 426, /is a WebSocket/],
    ['an unreadable list of subprotocols', { 'Sec-WebSocket-Protocol': 'a,,b' }, 400, /Sec-WebSocket-Protocol/],
  ])('is refused with a problem for %s', async (_what, change, status, detail) => {
    const bff = await start();
    const headers = {
      Host: `127.0.0.1:${bff.port}`,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      Authorization: `Bearer ${createUser(systemClock).token}`,
      ...change,
    };
    const socket = connect(bff.port, '127.0.0.1');
    const lines = Object.entries(headers).map(([name, value]) => (value === undefined ? '' : `${name}: ${value}\r\n`));
    socket.write(`GET /api/v1/ws HTTP/1.1\r\n${lines.join('')}\r\n`);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    await new Promise((resolve) => socket.on('close', resolve));
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(/content-type: application\/problem\+json/i);
    expect(JSON.parse(body)).toMatchObject({ status, detail: expect.stringMatching(detail) });
    if (status === 426) expect(head).toMatch(/\r\nupgrade: websocket/i);
    if (/Version/.test(detail.source)) expect(head).toMatch(/\r\nsec-websocket-version: 13/i);
  });

  it('is refused past the number of sockets, and past the number of one user with 4429', async () => {
    const bff = await start({ options: { maxSockets: 3, maxSocketsPerUser: 2 } });
    const user = createUser(systemClock);
    const [first] = [await openSocket(bff.wsUrl, user), await openSocket(bff.wsUrl, user)];
    expect((await (await openSocket(bff.wsUrl, user)).closed).code).toBe(4429);
    const other = await openSocket(bff.wsUrl, createUser(systemClock));
    expect(await refusal(openSocket(bff.wsUrl, createUser(systemClock)))).toMatchObject({ status: 503 });
    await first.close();
    await until(async () => (await refusal(openSocket(bff.wsUrl, user))).status === 101);
    await other.close();
  });
});

describe('what a client sends', () => {
  const cases = [
    ['text that is no JSON', 'hello'],
    ['another type', '{"type":"subscribe"}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a refresh with more fields', '{"type":"refresh","accessToken":"x","userId":"y"}'],
    ['a refresh without a token', '{"type":"refresh"}'],
    ['bytes', Buffer.from([0xff, 0xfe])],
  ] as const;
  it.each(cases)('%s is answered with an error and the socket stays', async (_what, message) => {
    const bff = await start();
    const user = createUser(systemClock);
    const socket = await openSocket(bff.wsUrl, user);
    await socket.next();
    socket.ws.send(message);
    expect((await socket.next((f) => f.Type !== undefined)).Type).toBe('error');
    await hold(bff, user, 'btcusdt');
    await socket.next((f) => f.Coins?.length === 1);
    await socket.close();
  });
  it('past 4 KiB closes the socket with 1009, and only that one', async () => {
    const bff = await start();
    const [user, other] = [createUser(systemClock), await openSocket(bff.wsUrl, createUser(systemClock))];
    const socket = await openSocket(bff.wsUrl, user);
    socket.ws.send('x'.repeat(5_000));
    expect((await socket.closed).code).toBe(1009);
    expect(other.ws.readyState).toBe(WebSocket.OPEN);
    await other.close();
  });
  it('as text that is no UTF-8 closes it with 1007', async () => {
    const bff = await start();
    const socket = await openSocket(bff.wsUrl, createUser(systemClock));
    socket.ws.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect((await socket.closed).code).toBe(1007);
  });
  it('too often closes it with 4429, pings included', async () => {
    const bff = await start();
    const socket = await openSocket(bff.wsUrl, createUser(systemClock));
    for (let i = 0; i < 21; i++) socket.ws.send('{}');
    expect((await socket.closed).code).toBe(4429);
    const pinging = await openSocket(bff.wsUrl, createUser(systemClock));
    for (let i = 0; i < 21; i++) pinging.ws.ping();
    expect((await pinging.closed).code).toBe(4429);
  });
});

describe('a token on an open socket', () => {
  it('is announced to run out and then closes the socket with 4401', async () => {
    const { clock, pass, bff } = await startAtManualTime();
    const user = createUser(clock, 120_000);
    const ExpiresAt = new Date(Math.ceil((clock.now() + 120_000) / 1000) * 1000).toISOString();
    const socket = await openSocket(bff.wsUrl, user);
    await pass(58_000, socket);
    expect(socket.messages.filter((m) => m.Type)).toEqual([]);
    await pass(4_000, socket);
    expect(await socket.next((f) => f.Type === 'token-expiring')).toEqual({ Type: 'token-expiring', ExpiresAt });
    await pass(56_000, socket);
    expect(socket.ws.readyState).toBe(WebSocket.OPEN);
    await pass(4_000, socket);
    expect(await socket.closed).toMatchObject({ code: 4401, reason: 'the access token ran out' });
    expect(socket.messages.filter((m) => m.Type === 'token-expiring')).toHaveLength(1);
  });

  it('can be renewed on it, by the same user only', async () => {
    const { clock, pass, bff } = await startAtManualTime();
    const user = createUser(clock, 120_000);
    const ExpiresAt = new Date(Math.ceil((clock.now() + 900_000) / 1000) * 1000).toISOString();
    const socket = await openSocket(bff.wsUrl, user);
    const renew = (token: string) => socket.ws.send(JSON.stringify({ type: 'refresh', accessToken: token }));
    renew(createUser(clock).token);
    expect((await socket.next((f) => f.Type === 'error')).Detail).toMatch(/another user/);
    socket.clear();
    renew('nonsense');
    expect((await socket.next((f) => f.Type === 'error')).Detail).toMatch(/not valid/);
    renew(createUser(clock, 900_000, user.userId).token);
    expect(await socket.next((f) => f.Type === 'token-accepted')).toMatchObject({ ExpiresAt });
    await pass(200_000, socket);
    expect(socket.ws.readyState).toBe(WebSocket.OPEN);
    await socket.close();
  });
});

describe('two replicas', () => {
  const startTwo = async () => {
    const pubsub = createMemoryPubSub();
    return [await start({ pubsub }), await start({ pubsub })] as const;
  };
  it('show a change made on one to the sockets on the other', async () => {
    const [here, there] = await startTwo();
    const user = createUser(systemClock);
    const socket = await openSocket(there.wsUrl, user);
    expect((await socket.next()).Coins).toEqual([]);
    here.publish('btcusdt', '3');
    await hold(here, user, 'btcusdt', '2');
    expect(await socket.next((f) => f.Coins.length === 1)).toMatchObject({
      TotalValue: '6',
      Coins: [{ Price: '3', Total: '6' }],
    });
    here.publish('btcusdt', '4');
    await socket.next((f) => f.TotalValue === '8');
    await socket.close();
  });
  it('close the sockets of a session that was logged out on one of them, with 4401', async () => {
    const [here, there] = await startTwo();
    const credentials = { name: `logout-${Date.now()}`, password: 'a good password' };
    await here.call(undefined, 'POST', '/api/v1/auth/register', credentials);
    const logIn = async () => {
      const answer = await here.call(undefined, 'POST', '/api/v1/auth/login', credentials);
      return { token: answer.body.accessToken, cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
    };
    const [one, other] = [await logIn(), await logIn()];
    const sockets = [await openSocket(here.wsUrl, one), await openSocket(there.wsUrl, one)];
    const untouched = await openSocket(there.wsUrl, other);
    await fetch(`${here.url}/api/v1/auth/logout`, { method: 'POST', headers: { cookie: one.cookie } });
    for (const socket of sockets)
      expect(await socket.closed).toMatchObject({ code: 4401, reason: 'the session was ended' });
    expect((await refusal(openSocket(there.wsUrl, one))).status).toBe(401);
    expect(untouched.ws.readyState).toBe(WebSocket.OPEN);
    await untouched.close();
  });
});

describe('frames', () => {
  it('say that prices are simulated, as soon as it is known', async () => {
    const bff = await start();
    const socket = await openSocket(bff.wsUrl, createUser(systemClock));
    expect((await socket.next()).Simulated).toBeUndefined();
    bff.aggregator.simulated = true;
    expect((await socket.next((f) => f.Simulated === true)).TotalValue).toBe('0');
    expect((await bff.call(undefined, 'GET', '/ready')).body.simulated).toBe(true);
    await socket.close();
  });

  it('convert through the quote asset, and follow either price', async () => {
    const bff = await start();
    const user = createUser(systemClock);
    await hold(bff, user, 'ethbtc', '2');
    await until(() => bff.aggregator.told.at(-1)?.includes('btcusdt') === true);
    const socket = await openSocket(bff.wsUrl, user);
    expect(await socket.next()).toMatchObject({ TotalValue: '0', Coins: [{ Price: null, Total: null }] });
    bff.publish('ethbtc', '0.05123456');
    bff.publish('btcusdt', '68123.45678901');
    expect(await socket.next((f) => f.Coins[0]?.Total !== null)).toMatchObject({
      TotalValue: '6980.5506685278803712',
      Coins: [{ Price: '0.05123456', Total: '6980.5506685278803712' }],
    });
    bff.publish('btcusdt', '10');
    await socket.next((f) => f.TotalValue === '1.0246912');
    await socket.close();
  });

  it('turn stale when the feed breaks or the price grows old, without a tick', async () => {
    const bff = await start({ options: { staleAfterMs: 1_500 } });
    const user = createUser(systemClock);
    await hold(bff, user, 'btcusdt');
    const socket = await openSocket(bff.wsUrl, user);
    /** Published again and again: on a busy machine one price is old before it is shown. */
    const isFresh = async () => {
      const publishing = setInterval(() => bff.publish('btcusdt', '5'), 200);
      await socket.next((f) => f.Coins[0]?.Stale === false).finally(() => clearInterval(publishing));
    };
    await isFresh();
    bff.aggregator.feeds.set('btcusdt', 'broken');
    socket.clear();
    expect(await socket.next((f) => f.Coins[0]?.Stale === true)).toMatchObject({
      TotalValue: '5',
      Coins: [{ Price: '5' }],
    });
    bff.aggregator.feeds.set('btcusdt', 'live');
    socket.clear();
    await isFresh();
    socket.clear();
    await socket.next((f) => f.Coins[0]?.Stale === true);
    await socket.close();
  });

  it('come with the last known price from the aggregator where the bus has none', async () => {
    const bff = await start();
    const user = createUser(systemClock);
    bff.aggregator.lastPrices.set('bnbusdt', { price: '600.10', timeMs: Date.now(), tradeId: 1 });
    await hold(bff, user, 'bnbusdt', '2');
    const socket = await openSocket(bff.wsUrl, user);
    await socket.next((f) => f.TotalValue === '1200.2');
    await socket.close();
  });

  it('are one per user and tick, however many coins moved, and none when nothing did', async () => {
    const bff = await start({ options: { frameEveryMs: 60_000 } });
    const user = createUser(systemClock);
    for (const symbol of ['btcusdt', 'ethusdt', 'bnbusdt']) await hold(bff, user, symbol);
    const socket = await openSocket(bff.wsUrl, user);
    await socket.next();
    // What comes of the start.
    await until(async () => {
      const before = socket.messages.length;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return socket.messages.length === before;
    });
    socket.clear();
    for (const symbol of ['btcusdt', 'ethusdt', 'bnbusdt']) bff.publish(symbol, '1');
    await socket.next((f) => f.TotalValue === '3');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(socket.messages).toHaveLength(1);
    socket.clear();
    const old = second('btcusdt', '99', Date.now() - 60_000, { lastTradeId: 0 });
    bff.priceBus.publish({ ...old, lastTradeId: 1 });
    bff.pubsub.publish('btcusdt', 'no json');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(socket.messages).toEqual([]);
    expect(await bff.metrics.text()).toMatch(/tickfolio_bff_price_messages_malformed_total 1/);
    await socket.close();
  });
});

describe('closing', () => {
  it('sends every client elsewhere with 1001 and takes no new ones', async () => {
    const bff = await start({ options: { closeSpreadMs: 200 } });
    const sockets = await Promise.all(Array.from({ length: 50 }, () => openSocket(bff.wsUrl, createUser(systemClock))));
    const closing = bff.close();
    expect(await refusal(openSocket(bff.wsUrl, createUser(systemClock)))).not.toMatchObject({ status: 101 });
    const codes = await Promise.all(sockets.map((socket) => socket.closed));
    expect(new Set(codes.map(({ code }) => code))).toEqual(new Set([1001]));
    await closing;
  });
  it('is done once, however often it is asked for', async () => {
    const bff = await start();
    await Promise.all([bff.close(), bff.close()]);
    await bff.close();
  });
  // The WebSocket library itself gives such a client up after 30 s.
  it('does not wait for a client that has stopped', { timeout: 25_000 }, async () => {
    const bff = await start({ options: { socketLimits: { closeGraceMs: 100 } } });
    const socket = await openSocket(bff.wsUrl, createUser(systemClock));
    socket.ws.pause();
    await bff.close();
    socket.ws.terminate();
  });
});
