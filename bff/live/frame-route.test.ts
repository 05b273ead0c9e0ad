import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import { createHttpServer } from '@tickfolio/lib/http';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUser, openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import { type Frame, openSocket } from '../kit/socket.js';
import { frameRoute } from './frame-route.js';
import type { Viewer, Viewing } from './live-portfolios.js';

let postgres: Postgres;
let bff: TestBff;
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres, options: { maxSocketsPerUser: 1 } });
});
afterAll(async () => {
  await bff.close();
  await postgres.close();
});

const path = '/api/v1/profile/frame';
const frameOf = async (user: ReturnType<typeof createUser>) => {
  const { status, headers, text } = await bff.call(user, 'GET', path);
  expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
    200,
    'application/json; charset=utf-8',
    'no-store',
  ]);
  return JSON.parse(text) as Frame;
};
const hold = (user: ReturnType<typeof createUser>, symbol: string, quantity: string) =>
  bff.call(user, 'POST', '/api/v1/profile/coins', { symbol, quantity });

describe('a frame over REST', () => {
  it('is what the WebSocket sends, for who cannot open one, and follows prices and changes from reading to reading', async () => {
    const user = createUser(systemClock);
    expect(await frameOf(user)).toMatchObject({ UserID: user.userId, UserName: user.name, TotalValue: '0', Coins: [] });
    await hold(user, 'ethusdt', '1.5');
    await frameOf(user); // From now on its price is followed.
    bff.publish('ethusdt', '3000.5');
    await until(async () => (await frameOf(user)).TotalValue === '4500.75');
    bff.publish('ethusdt', '2000');
    await until(async () => (await frameOf(user)).TotalValue === '3000');
    await hold(user, 'ethusdt', '0.5');
    const frame = await frameOf(user);
    expect(frame).toMatchObject({
      TotalValue: '4000',
      Coins: [{ Symbol: 'ethusdt', Quantity: '2', Price: '2000', Total: '4000' }],
    });

    const socket = await openSocket(bff.wsUrl, user);
    const { AsOf, ...rest } = await socket.next();
    expect(rest).toEqual({ ...frame, AsOf: undefined });
    expect(AsOf).toMatch(/Z$/);
    // It takes no socket's place, and neither is it one too many.
    expect((await frameOf(user)).TotalValue).toBe('4000');
    await socket.close();
    await Promise.all([frameOf(user), openSocket(bff.wsUrl, user).then((again) => again.close())]);
  });
  it('needs a token', async () => {
    expect(await bff.call(undefined, 'GET', path)).toMatchObject({ status: 401, body: { title: 'Not signed in' } });
  });
  it('leaves nobody behind who would be written to for ever', async () => {
    const users = Array.from({ length: 20 }, () => createUser(systemClock));
    await Promise.all(users.map(frameOf));
    await until(async () => /^tickfolio_bff_live_users 0$/m.test(await bff.metrics.text()));
  });
  it('is a 503 with a time to wait where the portfolio cannot be read, and where nobody answers in time', async () => {
    const clock = createManualClock();
    const app = createHttpServer({ log: silentLogger() });
    let viewers: Viewer[] = [];
    const join = (_owner: unknown, viewer: Viewer): Viewing => {
      viewers.push(viewer);
      const leave = () => {
        viewers = viewers.filter((other) => other !== viewer);
      };
      return {
        frame: () => undefined,
        text: () => undefined,
        receipt: () => undefined,
        portfolioReceipt: () => undefined,
        has: () => false,
        notShown: () => undefined,
        leave,
      };
    };
    app.decorateRequest('signedIn', null);
    const verify = () => ({ ...createUser(systemClock), userName: 'a', expiresAtMs: 0 });
    void app.register(frameRoute, { verify, inTurn: (_request, work) => work(), live: { join }, clock });
    const ask = () => app.inject({ url: '/frame', headers: { authorization: 'Bearer x' } });
    const [refused, late] = [ask(), ask()];
    await until(() => viewers.length === 2);
    viewers[0]?.failed();
    expect([(await refused).statusCode, viewers.length]).toEqual([503, 1]);
    await clock.advanceAsync(5_001);
    const answer = await late;
    expect([answer.statusCode, Number(answer.headers['retry-after']), viewers.length, clock.pending]).toEqual([
      503, 2, 0, 0,
    ]);
    await app.close();
  });
});
