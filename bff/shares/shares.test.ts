import { systemClock } from '@tickfolio/lib/clock';
import { becomes } from '@tickfolio/lib/kit/becomes';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUser, openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import { createFakePortfolios } from '../kit/portfolio.js';

let postgres: Postgres;
let bff: TestBff;
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres, played: { portfolio: createFakePortfolios().client } });
});
afterAll(async () => {
  await bff?.close();
  await postgres?.close();
});

const at = '/api/v1/portfolios';
const call = async (...asked: Parameters<TestBff['call']>) => {
  const { status, body, headers } = await bff.call(...asked);
  return { status, body: body as unknown as Readonly<Record<string, unknown>>, headers };
};
/** As anybody does, without an account. */
const look = (token: unknown) => call(undefined, 'GET', `/api/v1/shares/${String(token)}`);

describe('links to portfolios over REST', () => {
  it('show percents of what is held to anybody, without a quantity, a price or a sum of money', async () => {
    const user = createUser(systemClock);
    bff.publish('btcusdt', '60000');
    bff.publish('ethusdt', '3000');
    for (const [symbol, quantity] of [
      ['btcusdt', '0.123'],
      ['ethusdt', '7.77'],
    ])
      await call(user, 'POST', '/api/v1/profile/coins', { symbol, quantity });
    const made = await call(user, 'POST', `${at}/default/shares`, {});
    expect(made).toMatchObject({ status: 201, body: { amounts: false, token: expect.any(String) } });
    const { status, body, headers } = await look(made.body.token);
    expect([status, body]).toEqual([
      200,
      {
        ...{ name: 'Portfolio', kind: 'tracking', isDefault: true, simulated: false, amounts: false },
        expiresAt: made.body.expiresAt,
        percents: '100',
        positions: [
          { asset: 'ETH', share: '75.95', stale: false },
          { asset: 'BTC', share: '24.05', stale: false },
        ],
      },
    ]);
    expect(['cache-control', 'referrer-policy', 'x-robots-tag', 'set-cookie'].map((name) => headers.get(name))).toEqual(
      ['no-store', 'no-referrer', 'noindex', null],
    );
  });

  it('show amounts where they are allowed, to the last digit', async () => {
    const user = createUser(systemClock);
    bff.publish('btcusdt', '60000');
    await call(user, 'POST', '/api/v1/profile/coins', { symbol: 'btcusdt', quantity: '0.000000000000000001' });
    const { body } = await call(user, 'POST', `${at}/default/shares`, { amounts: true });
    expect((await look(body.token)).body).toMatchObject({
      ...{ amounts: true, value: '0.00000000000006' },
      positions: [{ asset: 'BTC', share: '100', quantity: '0.000000000000000001', value: '0.00000000000006' }],
    });
  });

  it('show what is in another portfolio as its own service has it', async () => {
    const user = createUser(systemClock);
    const { id } = (await call(user, 'POST', at, { name: 'Paper money', kind: 'paper' })).body;
    const { body } = await call(user, 'POST', `${at}/${id}/shares`, { amounts: true });
    expect((await look(body.token)).body).toMatchObject({
      ...{ name: 'Paper money', kind: 'paper', value: '40000.5' },
      positions: [{ asset: 'USDT', share: '100', quantity: '40000.5' }],
    });
  });

  it('say that prices are made up, where what one owns is shown by such', async () => {
    const made = await startTestBff({ postgres, played: { portfolio: createFakePortfolios().client } });
    made.aggregator.simulated = true;
    made.aggregator.revision = 'r2';
    try {
      const user = createUser(systemClock);
      await becomes(async () => (await made.call(undefined, 'GET', '/ready')).body.simulated, true);
      const { body } = await made.call(user, 'POST', `${at}/default/shares`, {});
      const { token } = body as unknown as { token: string };
      expect((await made.call(undefined, 'GET', `/api/v1/shares/${token}`)).body).toMatchObject({
        ...{ kind: 'tracking', simulated: true },
      });
    } finally {
      await made.close();
    }
  });

  it('are listed without their tokens, and lead nowhere once they were ended', async () => {
    const user = createUser(systemClock);
    const expiresAt = '2026-12-24T10:00:00.000Z';
    const { body } = await call(user, 'POST', `${at}/default/shares`, { expiresAt });
    const { token, ...share } = body;
    expect(share).toMatchObject({ amounts: false, expiresAt });
    const listed = await call(user, 'GET', `${at}/default/shares`);
    expect([listed.body, listed.headers.get('cache-control')]).toEqual([{ shares: [share], next: null }, 'no-store']);
    expect(await call(user, 'DELETE', `${at}/default/shares/${share.id}`)).toMatchObject({ status: 200, body: share });
    expect((await call(user, 'GET', `${at}/default/shares`)).body).toEqual({ shares: [], next: null });
    const { status, headers } = await look(token);
    expect([status, headers.get('cache-control'), headers.get('x-robots-tag')]).toEqual([404, 'no-store', 'noindex']);
  });

  it('of others are not there, and what cannot be is refused by the names that REST has', async () => {
    const [user, other] = [createUser(systemClock), createUser(systemClock)];
    const { id } = (await call(user, 'POST', at, { name: 'Mine', kind: 'tracking' })).body;
    const { body } = await call(user, 'POST', `${at}/${id}/shares`, {});
    for (const [method, path, sent] of [
      ['GET', `${at}/${id}/shares`],
      ['POST', `${at}/${id}/shares`, {}],
      ['DELETE', `${at}/${id}/shares/${body.id}`],
      ['DELETE', `${at}/default/shares/${body.id}`],
    ] as const)
      expect((await call(other, method, path, sent)).status).toBe(404);
    expect((await call(undefined, 'GET', `${at}/${id}/shares`)).status).toBe(401);
    expect(await call(user, 'POST', `${at}/${id}/shares`, { expiresAt: '2020-01-01T00:00:00Z' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'expiresAt' }] },
    });
    for (let made = 1; made < 20; made++) await call(user, 'POST', `${at}/${id}/shares`, {});
    expect(await call(user, 'POST', `${at}/${id}/shares`, {})).toMatchObject({
      status: 409,
      body: { type: '/docs/errors/limit-reached' },
    });
  });

  it('end at a moment that there is', async () => {
    const user = createUser(systemClock);
    for (const expiresAt of ['2026-12-31T23:59:60Z', '2026-12-24T10:00:00+01'])
      expect(await call(user, 'POST', `${at}/default/shares`, { expiresAt })).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'expiresAt', message: 'must be a time such as 2026-01-27T10:00:00Z' }] },
      });
  });

  it('lead nowhere once it was heard here that their user is gone, whatever the portfolio service has heard', async () => {
    const user = createUser(systemClock);
    const { id } = (await call(user, 'POST', at, { name: 'Of before', kind: 'paper' })).body;
    const { body } = await call(user, 'POST', `${at}/${id}/shares`, { amounts: true });
    expect((await look(body.token)).status).toBe(200);
    await postgres.db.execute(sql`insert into erased_users (user_id, erased_at) values (${user.userId}, now())`);
    expect(await look(body.token)).toMatchObject({ status: 404, body: { detail: 'There is no such link.' } });
  });

  it('lead nowhere from when their user was told that the account is deleted, before anybody else has heard it', async () => {
    const user = createUser(systemClock);
    const { body } = await call(user, 'POST', `${at}/default/shares`, {});
    expect((await look(body.token)).status).toBe(200);
    expect((await call(user, 'DELETE', '/api/v1/account')).status).toBe(202);
    expect(await look(body.token)).toMatchObject({ status: 404, body: { detail: 'There is no such link.' } });
  });

  it('are not there where what is asked for is too long for one', async () => {
    for (const token of ['0'.repeat(65), '0'.repeat(100)]) expect((await look(token)).status).toBe(404);
  });

  it('count with whatever else their owner changes: of portfolios, coins and what is watched', async () => {
    const strict = await startTestBff({
      ...{ postgres, played: { portfolio: createFakePortfolios().client } },
      options: { writesPerUser: { burst: 3, refillMs: 600_000 } },
    });
    try {
      const user = createUser(systemClock);
      const statusOf = async (...asked: [method: 'POST' | 'DELETE', path: string, body?: object]) =>
        (await strict.call(user, ...asked)).status;
      expect(await statusOf('POST', `${at}/default/shares`, {})).toBe(201);
      expect(await statusOf('POST', at, { name: 'Mine', kind: 'tracking' })).toBe(201);
      expect(await statusOf('DELETE', '/api/v1/profile/coins', { symbol: 'btcusdt' })).toBe(404);
      expect(await statusOf('POST', `${at}/default/shares`, {})).toBe(429);
      expect(await statusOf('POST', at, { name: 'More', kind: 'tracking' })).toBe(429);
      expect(await statusOf('POST', '/api/v1/transfers', { from: 'a', to: 'b', asset: 'USDT', quantity: '1' })).toBe(
        429,
      );
      expect(await statusOf('DELETE', '/api/v1/watchlist/btcusdt')).toBe(429);
      const other = createUser(systemClock);
      expect((await strict.call(other, 'POST', `${at}/default/shares`, {})).status).toBe(201);
    } finally {
      await strict.close();
    }
  });

  it('are guessed by an address only so often in a minute', async () => {
    const strict = await startTestBff({
      ...{ postgres, played: { portfolio: createFakePortfolios().client } },
      options: { maxAuthCalls: 2 },
    });
    try {
      const guess = async () => (await strict.call(undefined, 'GET', `/api/v1/shares/${'0'.repeat(40)}`)).status;
      expect([await guess(), await guess(), await guess()]).toEqual([404, 404, 429]);
    } finally {
      await strict.close();
    }
  });
});
