import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { startTestPostgres } from '@tickfolio/lib/kit/postgres';
import { endProcesses, projectRoot, startProgram, type TestProcess } from '@tickfolio/lib/kit/process';
import { startTestRedis } from '@tickfolio/lib/kit/redis';
import { until } from '@tickfolio/lib/kit/wait-until';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createRedisPubSub } from '@tickfolio/lib/pubsub/redis';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, describe, expect, it } from 'vitest';
import { createUser, jwtSecret, readAnswer, second, testSymbols } from './kit/bff.js';
import { openSocket } from './kit/socket.js';

const program = 'bff/dist/main.js';
const isBuilt = existsSync(join(projectRoot, program));
if (!isBuilt)
  console.warn('NOT COVERED: the BFF is not compiled (npm run build), so it was not run as a process of its own.');
const postgres = isBuilt ? await startTestPostgres() : undefined;
const redis = isBuilt ? await startTestRedis() : undefined;

const run = (env: NodeJS.ProcessEnv) => startProgram(program, env);

describe.skipIf(!isBuilt)('the BFF as a process', () => {
  it('names every wrong or missing variable and exits with 1', async () => {
    const bff = run({ HTTP_PORT: 'x' });
    expect((await bff.ended).code).toBe(1);
    for (const name of [
      'HTTP_PORT',
      'POSTGRES_HOST',
      'POSTGRES_USER',
      'POSTGRES_PASSWORD',
      'JWT_SECRET',
      'REDIS_ADDR',
      'BROKERS',
      'AGGREGATOR_ADDR',
    ])
      expect(bff.err()).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  });
});

describe.skipIf(!postgres || !redis)('two BFF processes on real PostgreSQL and Redis', () => {
  const clock = systemClock;
  const closing: (() => unknown)[] = [];
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
    await redis?.close();
    await postgres?.close();
  });
  const aggregator = (): Promise<number> => {
    const server: Server = createServer((request, response) => {
      request.resume();
      const answer = request.url?.startsWith('/symbols')
        ? { revision: 'r1', simulated: false, symbols: testSymbols }
        : { symbolsRevision: 'r1', simulated: false, feeds: {}, lastPrices: {} };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return new Promise((resolve) =>
      server.listen(0, '127.0.0.1', () => {
        const bound = server.address();
        resolve(bound !== null && typeof bound === 'object' ? bound.port : 0);
      }),
    );
  };

  it('share users, prices and changes; outlive a restart of Redis; and end cleanly', async () => {
    if (!postgres || !redis) return;
    await postgres.createDatabase('profile_db');
    const env = {
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      POSTGRES_HOST: postgres.host,
      POSTGRES_PORT: String(postgres.port),
      POSTGRES_USER: postgres.user,
      POSTGRES_PASSWORD: postgres.password,
      JWT_SECRET: jwtSecret,
      REDIS_ADDR: `${redis.host}:${redis.port}`,
      // Nothing listens there: nobody waits for it.
      BROKERS: '127.0.0.1:1',
      AUTH_SERVICE_ADDR: '127.0.0.1:1',
      AGGREGATOR_ADDR: `127.0.0.1:${await aggregator()}`,
    };
    const [one, two] = [run(env), run(env)];
    closing.push(endProcesses);
    const portOf = async (bff: TestProcess) => (await bff.waitFor(/"port":(\d+),"msg":"serving/, 60_000))[1] ?? '';
    const ports = [await portOf(one), await portOf(two)] as const;
    await until(async () => (await fetch(`http://127.0.0.1:${ports[0]}/ready`)).status === 200);
    const user = createUser(clock);
    const headers = { authorization: `Bearer ${user.token}`, 'content-type': 'application/json' };
    const add = async (symbol: string, quantity: string) =>
      readAnswer(
        await fetch(`http://127.0.0.1:${ports[0]}/api/v1/profile/coins`, {
          method: 'POST',
          headers,
          body: JSON.stringify({ symbol, quantity }),
        }),
      );
    await until(async () => (await add('btcusdt', '1')).status === 200); // Once the list of symbols is known.

    const pubsub = createRedisPubSub({ address: redis, log: silentLogger(), clock, metrics: createMetrics('test') });
    closing.push(() => pubsub.close());
    const bus = createPriceBus(pubsub);
    await until(async () => (await bus.check()) === undefined);
    const publish = (symbol: string, price: string) => bus.publish(second(symbol, price, clock.now()));
    publish('btcusdt', '100');
    const sockets = await Promise.all(ports.map((port) => openSocket(`ws://127.0.0.1:${port}/api/v1/ws`, user)));
    for (const socket of sockets) await socket.next((f) => f.TotalValue === '100');
    await add('ethusdt', '2');
    for (const socket of sockets) await socket.next((f) => f.Coins.length === 2);
    publish('ethusdt', '7.5');
    for (const socket of sockets) await socket.next((f) => f.TotalValue === '115');

    await redis.kill();
    await until(async () => (await fetch(`http://127.0.0.1:${ports[0]}/ready`)).status === 503);
    expect((await add('ethusdt', '1')).body.Quantity).toBe('3');
    await sockets[0]?.next((f) => f.Coins[1]?.Quantity === '3'); // Where it was made it shows without Redis.
    await redis.restart();
    await sockets[1]?.next((f) => f.Coins[1]?.Quantity === '3'); // Its notice was lost; the other one reads again.
    await until(() => {
      publish('btcusdt', '200');
      return sockets.every((socket) => socket.messages.some((f) => f.TotalValue === '222.5'));
    });

    const oneEnded = one.end('SIGTERM');
    expect((await sockets[0]?.closed)?.code).toBe(1001);
    expect((await oneEnded).code).toBe(0);
    expect((await two.end('SIGTERM')).code).toBe(0);
    for (const bff of [one, two]) {
      expect(bff.output()).not.toContain(user.token);
      expect(bff.output()).not.toContain(jwtSecret);
      expect(bff.err()).toBe('');
    }
  });
});
