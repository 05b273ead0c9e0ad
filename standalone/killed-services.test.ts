import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callJson, type LiveSocket, signUp, type TestPerson } from './test-client.js';
import { eventually } from './test-process.js';
import { type ServiceName, type Stack, startStack } from './test-stack.js';
import { wrongTotals } from './test-totals.js';

const resumeWithinMs = 5_000;

describe('each service killed (-9) and restarted in turn while a client watches', async () => {
  const stack = await startStack();
  if (!stack) {
    it('needs Redis and PostgreSQL', () => {
      if (process.env.CI) throw new Error('Redis and PostgreSQL must be installed in CI');
      console.warn('not covered here: killed services (Redis or PostgreSQL is not installed)');
    });
    return;
  }
  watchKills(stack);
});

function watchKills(stack: Stack) {
  let person: TestPerson;
  let socket: LiveSocket;
  const everySocket: LiveSocket[] = [];
  const connect = async () => {
    const opened = await eventually(() => person.connect().catch(() => undefined), resumeWithinMs, 'a new connection');
    everySocket.push(opened);
    return opened;
  };

  beforeAll(async () => {
    await stack.ready(30_000);
    person = await signUp(stack.base);
    // The list of symbols may come a moment after the services are ready.
    const add = (symbol: string, quantity: string) =>
      eventually(
        async () => ((await person.addCoin(symbol, quantity)).status === 200 ? true : undefined),
        5_000,
        `${symbol} is added`,
        200,
      );
    await add('btcusdt', '1.5');
    await add('ethusdt', '10');
    socket = await connect();
    await socket.frame((frame) => frame.Coins.length === 2 && frame.Coins.every((coin) => coin.Price !== null), 10_000, 0);
  });
  afterAll(async () => {
    socket?.close();
    await stack.close();
  });

  /** A frame whose every price comes from a trade made after now. */
  const freshPrices = async (what: string) => {
    const sinceMs = Date.now();
    const from = socket.frames.length;
    await eventually(
      () =>
        socket.frames
          .slice(from)
          .find(
            (frame) =>
              frame.Coins.length === 2 &&
              frame.Coins.every((coin) => Date.parse(String((coin as { PriceTime?: string }).PriceTime)) >= sinceMs),
          ),
      resumeWithinMs,
      `${what}; last frame ${JSON.stringify(socket.frames.at(-1))}`,
    );
  };

  it.each<ServiceName>(['exchange-sim', 'socket', 'aggregator', 'auth'])(
    '%s: prices resume within 5 s on the same connection',
    async (name) => {
      await stack.kill(name);
      stack.start(name);
      await freshPrices(`prices after ${name} was killed`);
      await stack.ready(10_000);
    },
  );

  it('bff: a client that reconnects sees the whole portfolio first, and live prices within 5 s', async () => {
    const { closed } = socket;
    await stack.kill('bff');
    await closed;
    stack.start('bff');
    socket = await connect();
    const first = await socket.frame(() => true, 1_000, 0);
    expect(first.Coins.map((coin) => [coin.Symbol, coin.Quantity])).toEqual([
      ['btcusdt', '1.5'],
      ['ethusdt', '10'],
    ]);
    await freshPrices('prices after bff was killed');
  });

  it('redis: prices resume within 5 s of its return', async () => {
    await stack.redis.kill();
    await stack.redis.restart();
    await freshPrices('prices after redis was killed');
  });

  it('with auth away a valid access token keeps working and a login answers 503 with Retry-After', async () => {
    await stack.kill('auth');
    expect((await person.call('GET', '/api/v1/profile')).status).toBe(200);
    const login = await callJson(stack.base, 'POST', '/api/v1/auth/login', { name: person.name, password: 'correct horse battery' });
    expect(login.status).toBe(503);
    expect(Number(login.headers.get('retry-after'))).toBeGreaterThan(0);
    await freshPrices('prices while auth is away');
    stack.start('auth');
    await eventually(
      async () =>
        (await callJson(stack.base, 'POST', '/api/v1/auth/login', { name: person.name, password: 'correct horse battery' })).status === 200
          ? true
          : undefined,
      10_000,
      'login works again',
      500, // Logins are limited per address.
    );
  });

  it('no frame of the whole time had a wrong total, and everything ends cleanly on SIGTERM', async () => {
    const frames = everySocket.flatMap((one) => one.frames);
    expect(frames.length).toBeGreaterThanOrEqual(10);
    expect(frames.map(wrongTotals).filter(Boolean)).toEqual([]);
    for (const name of ['aggregator', 'socket', 'auth', 'exchange-sim'] as const)
      expect([name, await stack.service(name).end('SIGTERM')]).toEqual([name, { code: 0, signal: null }]);
    expect(await stack.service('bff').end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect((await socket.closed).code).toBe(1001);
  });
}
