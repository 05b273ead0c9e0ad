import { join } from 'node:path';
import { makeTestCertificates } from '@tickfolio/lib/kit/certificates';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import type { CoreName } from '@tickfolio/services/registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callJson, type LiveSocket, type PortfolioFrame, signUp, type TestPerson } from '../kit/client.js';
import { inventedPrices } from '../kit/price-record.js';
import { type Stack, startStack } from '../kit/stack.js';
import { wrongTotals } from '../kit/totals.js';

/** Of what resumes; `make stack` measures how soon that is. */
const resumeWithinMs = 30_000;

// With certificates between the services, as they run anywhere but on one machine.
const certificates = makeTestCertificates();
afterAll(() => certificates.remove());
const tlsOf = (program: string) => {
  const name = ['socket', 'aggregator', 'auth'].includes(program) ? program : 'bff';
  return {
    GRPC_TLS_CA: join(certificates.folder, 'ca.crt'),
    GRPC_TLS_CERT: join(certificates.folder, `${name}.crt`),
    GRPC_TLS_KEY: join(certificates.folder, `${name}.key`),
  };
};

describe('each service killed (-9) and restarted in turn while a client watches', async () => {
  // By names whose addresses change with every restart, as those of containers do.
  const stack = await startStack(tlsOf, { names: true });
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
  const connect = () => eventually('a new connection', () => person.connect().catch(() => undefined), resumeWithinMs);

  beforeAll(async () => {
    await stack.ready(resumeWithinMs);
    person = await signUp(stack.base);
    // The list of symbols may come a moment after the services are ready.
    const add = (symbol: string, quantity: string) =>
      eventually(
        `${symbol} is added`,
        async () => (await person.addCoin(symbol, quantity)).status === 200,
        resumeWithinMs,
        200,
      );
    await add('btcusdt', '1.5');
    await add('ethusdt', '10');
    socket = await connect();
    await socket.frame(
      (frame) => frame.Coins.length === 2 && frame.Coins.every((coin) => coin.Price !== null),
      resumeWithinMs,
      0,
    );
  });
  afterAll(async () => {
    socket?.close();
    await stack.close();
  });

  const serving = (name: CoreName) =>
    eventually(
      `${name} answers`,
      async () => (await callJson(stack.operations(name), 'GET', '/metrics').catch(() => undefined)) && true,
      resumeWithinMs,
    );

  /**
   * Holds that a frame comes whose every price is of a trade made after now, and that every frame up to it is right:
   * each total, and each price by the simulator's own record.
   * @param from the number of frames before the fault; those during it count too
   * @param recordSinceMs when the record begins: a simulator that was killed knows nothing of its life before
   */
  const expectFreshPrices = async (what: string, from = socket.frames.length, recordSinceMs = 0) => {
    const sinceMs = Date.now();
    const isFresh = ({ Coins }: PortfolioFrame) =>
      Coins.length === 2 && Coins.every(({ PriceTime }) => PriceTime !== null && Date.parse(PriceTime) >= sinceMs);
    await eventually(
      `${what}; last frame ${JSON.stringify(socket.frames.at(-1))}`,
      () => socket.frames.slice(from).find(isFresh),
      resumeWithinMs,
    );
    const frames = socket.frames.slice(from);
    expect(frames.map(wrongTotals).filter(Boolean)).toEqual([]);
    for (const symbol of ['btcusdt', 'ethusdt'])
      expect(await inventedPrices(stack.simUrl, symbol, frames, recordSinceMs)).toEqual([]);
  };

  it.each<CoreName>(['exchange-sim', 'socket', 'aggregator', 'auth'])(
    '%s: prices resume on the same connection',
    async (name) => {
      const before = socket.frames.length;
      await stack.kill(name);
      stack.start(name);
      const startedMs = Date.now();
      await serving(name);
      await expectFreshPrices(`prices after ${name} was killed`, before, name === 'exchange-sim' ? startedMs : 0);
      await stack.ready(resumeWithinMs);
    },
  );

  it('bff: a client that reconnects sees the whole portfolio first, and live prices again', async () => {
    const { closed } = socket;
    await stack.kill('bff');
    await closed;
    stack.start('bff');
    await serving('bff');
    socket = await connect();
    const first = await socket.frame(() => true, resumeWithinMs, 0);
    expect(first.Coins.map((coin) => [coin.Symbol, coin.Quantity])).toEqual([
      ['btcusdt', '1.5'],
      ['ethusdt', '10'],
    ]);
    await expectFreshPrices('prices after bff was killed', 0);
  });

  it('redis: prices resume after its return', async () => {
    const before = socket.frames.length;
    await stack.redis.kill();
    await stack.redis.restart();
    await expectFreshPrices('prices after redis was killed', before);
  });

  it('postgres: open sockets get prices while it is away, what needs it answers 503 with Retry-After, and all works again after', async () => {
    const before = socket.frames.length;
    await stack.postgres.crash();
    await expectFreshPrices('prices while postgres is away', before);
    const login = () =>
      callJson(stack.base, 'POST', '/api/v1/auth/login', { name: person.name, password: 'correct horse battery' });
    for (const answer of [
      await person.call('GET', '/api/v1/profile'),
      await person.call('POST', '/api/v1/profile/coins', { symbol: 'btcusdt', quantity: '1' }),
      await login(),
      await callJson(stack.base, 'POST', '/api/v1/auth/refresh', undefined, { cookie: person.cookie() }),
    ]) {
      expect(answer).toMatchObject({ status: 503, body: { status: 503, detail: expect.any(String) } });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await callJson(stack.base, 'GET', '/ready')).body).toMatchObject({
      dependencies: { 'profile-database': { status: 'down' } },
    });
    await stack.postgres.restart();
    await stack.ready(resumeWithinMs);
    expect((await person.addCoin('btcusdt', '0.5')).body).toMatchObject({ Quantity: '2' });
    await socket.frame((frame) => frame.Coins[0]?.Quantity === '2', resumeWithinMs, 0);
    expect((await person.addCoin('btcusdt', '-0.5')).body).toMatchObject({ Quantity: '1.5' });
    await eventually('a login works again', async () => (await login()).status === 200, resumeWithinMs, 500);
    expect(await person.refresh()).toBe(200);
    await expectFreshPrices('prices after postgres came back');
  });

  it('with auth away a valid access token keeps working and a login answers 503 with Retry-After', async () => {
    await stack.kill('auth');
    expect((await person.call('GET', '/api/v1/profile')).status).toBe(200);
    const login = await callJson(stack.base, 'POST', '/api/v1/auth/login', {
      name: person.name,
      password: 'correct horse battery',
    });
    expect(login.status).toBe(503);
    expect(Number(login.headers.get('retry-after'))).toBeGreaterThan(0);
    await expectFreshPrices('prices while auth is away');
    stack.start('auth');
    const loginAgain = () =>
      callJson(stack.base, 'POST', '/api/v1/auth/login', { name: person.name, password: 'correct horse battery' });
    // Logins are limited per address.
    await eventually('login works again', async () => (await loginAgain()).status === 200, resumeWithinMs, 500);
  });

  it('everything ends cleanly on SIGTERM, the client told by close code 1001', async () => {
    for (const name of ['aggregator', 'socket', 'auth', 'exchange-sim'] as const)
      expect([name, await stack.service(name).end('SIGTERM')]).toEqual([name, { code: 0, signal: null }]);
    expect(await stack.service('bff').end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect((await socket.closed).code).toBe(1001);
  });
}
