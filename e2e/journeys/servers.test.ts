import { readdir } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { type ExchangeSim, startExchangeSim } from '@tickfolio/exchange-sim/app';
import { systemClock } from '@tickfolio/lib/clock';
import { freePort } from '@tickfolio/lib/kit/free-port';
import { startTestPostgres } from '@tickfolio/lib/kit/postgres';
import { startTestRedis } from '@tickfolio/lib/kit/redis';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createRedisPubSub } from '@tickfolio/lib/pubsub/redis';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { readyNames } from '@tickfolio/services/registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type AllInOne, startAllInOne } from '../kit/all-in-one.js';
import { callJson, signUp } from '../kit/client.js';

const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

describe('the all-in-one run on servers, other addresses and another exchange', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let sim: ExchangeSim;
  let one: AllInOne;
  let metricsUrl: string;
  let redis: Awaited<ReturnType<typeof startTestRedis>>;
  let postgres: Awaited<ReturnType<typeof startTestPostgres>>;

  beforeAll(async () => {
    if (!hasIPv6) console.warn('not covered here: an IPv6 address to listen on (this machine has none)');
    folder = await temporaryFolder();
    [redis, postgres] = await Promise.all([startTestRedis(), startTestPostgres()]);
    await postgres?.createDatabase('my_auth');
    await postgres?.createDatabase('my_profile');
    for (const name of ['portfolio_service', 'order_service']) await postgres?.createDatabase(name);
    sim = await startExchangeSim({ clock: systemClock, log: silentLogger() });
    const metrics = `127.0.0.1:${await freePort()}`;
    metricsUrl = `http://${metrics}`;
    one = await startAllInOne(folder.path, {
      ...(redis && { REDIS_ADDR: `${redis.host}:${redis.port}` }),
      ...(postgres && {
        POSTGRES_HOST: postgres.host,
        POSTGRES_PORT: String(postgres.port),
        POSTGRES_USER: postgres.user,
        POSTGRES_PASSWORD: postgres.password,
      }),
      AUTH_POSTGRES_DB: 'my_auth',
      PROFILE_POSTGRES_DB: 'my_profile',
      // Every interface, one address of its own, IPv6: what is dialled follows what is listened on.
      HTTP_HOST: hasIPv6 ? '::' : '0.0.0.0',
      ADDRESS: hasIPv6 ? '[::1]:0' : '127.0.0.1:0',
      SERVER_ADDR: ':0',
      METRICS_ADDR: metrics,
      PRICE_SOURCE: 'binance',
      BINANCE_WS_URL: sim.url,
      BINANCE_REST_URL: sim.restUrl,
      // One setting of each kind that used to be the services' own only.
      MAX_COINS: '2',
      STALE_AFTER: '1ms',
      ALLOWED_ORIGINS: 'https://app.example.com',
      LOGINS_PER_NAME: '2',
      AUTH_RATE_LIMIT: '30',
      CLICKHOUSE_HTTP_ADDR: 'off',
    });
  });
  afterAll(async () => {
    await one?.process.end('SIGTERM');
    await Promise.all([sim?.close(), redis?.close(), postgres?.close(), folder?.remove()]);
  });

  it('says that another exchange is a simulator where it is one, though PRICE_SOURCE asks for the real one', async () => {
    await one.process.waitFor(/First live price after .* USDT \(simulated\)\n/, 60_000);
    expect(one.process.output()).toContain(`SIMULATED, not real: ${sim.restUrl} is a simulator`);
    expect(one.process.output()).not.toMatch(/live from/);
  });

  it('shows the metrics of every service wherever metrics are served', async () => {
    for (const base of [one.base, metricsUrl]) {
      const text = String((await callJson(base, 'GET', '/metrics')).body.text);
      for (const service of readyNames)
        expect([base, text]).toEqual([base, expect.stringContaining(`tickfolio_${service}_`)]);
      const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(names).toContain('process_resident_memory_bytes');
    }
  });

  it('keeps the archive to itself and its dashboard where the SQL port is off', async () => {
    await one.process.waitFor(/Ctrl-C stops it/, 60_000);
    expect(one.process.output()).not.toMatch(/SQL +http/);
    const [, dashboard = ''] = /Dashboard +(http:\/\/\S+)/.exec(one.process.output()) ?? [];
    expect((await fetch(dashboard)).status).toBe(200);
  });

  it('keeps accounts in PostgreSQL and sends prices over Redis', async () => {
    const person = await signUp(one.base);
    expect((await person.addCoin('btcusdt', '1.5')).status).toBe(200);
    if (postgres) expect(await readdir(folder.path)).not.toContain('my_auth');
    else console.warn('not covered here: the all-in-one run on PostgreSQL (it is not installed)');
    if (!redis) {
      console.warn('not covered here: the all-in-one run on Redis (it is not installed)');
      return;
    }
    const pubsub = createRedisPubSub({
      address: redis,
      clock: systemClock,
      log: silentLogger(),
      metrics: createMetrics('test'),
    });
    const second = await new Promise(
      (resolve) => void createPriceBus(pubsub).subscribe(['btcusdt'], { second: resolve }),
    );
    expect(second).toMatchObject({ symbol: 'btcusdt' });
    await pubsub.close();
  });

  it('follows the settings of the services in it', async () => {
    const person = await signUp(one.base);
    for (const symbol of ['btcusdt', 'ethusdt']) expect((await person.addCoin(symbol, '1')).status).toBe(200);
    const third = await person.addCoin('solusdt', '1'); // MAX_COINS
    expect(third).toMatchObject({
      status: expect.any(Number),
      body: { detail: expect.stringContaining('at most 2 different coins') },
    });
    const socket = await person.connect();
    await socket.frame((frame) => frame.Coins.some(({ Price, Stale }) => Price !== null && Stale), 60_000, 0); // STALE_AFTER
    socket.close();
    const url = `${one.base.replace('http', 'ws')}/api/v1/ws`;
    const openFrom = (origin: string) =>
      new Promise<string>((resolve) => {
        const page = new WebSocket(url, ['bearer', person.token()], { origin });
        page.once('open', () => {
          page.terminate();
          resolve('open');
        });
        page.once('error', (err) => resolve(err.message));
      });
    expect(await openFrom('https://app.example.com')).toBe('open'); // ALLOWED_ORIGINS
    expect(await openFrom('https://other.example.com')).toContain('403');
    const wrong = () =>
      callJson(one.base, 'POST', '/api/v1/auth/login', { name: 'nobody-here', password: 'wrong password' });
    expect([(await wrong()).status, (await wrong()).status, (await wrong()).status]).toEqual([401, 401, 429]); // LOGINS_PER_NAME
    let answers = 0;
    for (let status = 0; status !== 429 && answers < 100; answers++)
      status = (await callJson(one.base, 'POST', '/api/v1/auth/refresh')).status; // AUTH_RATE_LIMIT
    expect(answers).toBe(31);
  });
});
