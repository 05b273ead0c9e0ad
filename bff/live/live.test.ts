import { systemClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createUser, openTestPostgres, startTestBff, type TestBff, type TestBffOptions } from '../kit/bff.js';
import { openSocket } from '../kit/socket.js';

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

describe('the main path', () => {
  it('goes from registration over coins to exact live frames', async () => {
    const bff = await start();
    const credentials = { name: 'Main.Path', password: 'a good password' };
    expect(await bff.call(undefined, 'POST', '/api/v1/auth/register', credentials)).toMatchObject({
      status: 201,
      body: { message: 'user created successfully' },
    });
    const login = await bff.call(undefined, 'POST', '/api/v1/auth/login', credentials);
    expect(login.status).toBe(200);
    const user = { token: login.body.accessToken };
    bff.publish('btcusdt', '68000.00000000');
    await bff.call(user, 'POST', '/api/v1/profile/coins', { symbol: 'BTCUSDT', quantity: '1.50' });
    await bff.call(user, 'POST', '/api/v1/profile/coins', { symbol: 'ethusdt', quantity: '10' });
    const socket = await openSocket(bff.wsUrl, user);
    const first = await socket.next();
    expect(first).toMatchObject({
      UserName: 'Main.Path',
      TotalValue: '102000',
      Coins: [
        { Symbol: 'btcusdt', Quantity: '1.5', Price: '68000', Total: '102000', Stale: false },
        { Symbol: 'ethusdt', Quantity: '10', Price: null, Total: null, Stale: true },
      ],
    });
    expect(first.Simulated).toBeUndefined();
    socket.clear();
    bff.publish('btcusdt', '68123.45');
    bff.publish('ethusdt', '3456.78');
    const next = await socket.next();
    expect(next).toMatchObject({ TotalValue: '136752.975', Coins: [{ Total: '102185.175' }, { Total: '34567.8' }] });
    expect(socket.messages).toHaveLength(1);
    await until(() => bff.aggregator.told.at(-1)?.includes('ethusdt') === true);
    await socket.close();
  });

  it('sends every open socket of the user a change made over REST', async () => {
    const bff = await start();
    const user = createUser(systemClock);
    const sockets = await Promise.all([
      openSocket(bff.wsUrl, user),
      openSocket(bff.wsUrl, undefined, {}, ['bearer', user.token]),
    ]);
    expect(sockets[1]?.ws.protocol).toBe('bearer');
    for (const socket of sockets) expect((await socket.next()).Coins).toEqual([]);
    bff.publish('dogeusdt', '0.1');
    await bff.call(user, 'POST', '/api/v1/profile/coins', { symbol: 'dogeusdt', quantity: '3' });
    for (const socket of sockets)
      expect(await socket.next((f) => f.Coins.length === 1)).toMatchObject({ TotalValue: '0.3' });
    await bff.call(user, 'DELETE', '/api/v1/profile/coins', { symbol: 'dogeusdt' });
    for (const socket of sockets) {
      socket.clear();
      await socket.next((f) => f.Coins.length === 0);
    }
  });
});
