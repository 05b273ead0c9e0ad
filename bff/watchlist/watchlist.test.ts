import { systemClock } from '@tickfolio/lib/clock';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFakeAggregator, createUser, openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import { createFakePortfolios } from '../kit/portfolio.js';

let postgres: Postgres;
let bff: TestBff;
const { client, watchlists } = createFakePortfolios();
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres, played: { portfolio: client } });
});
afterAll(async () => {
  await bff?.close();
  await postgres?.close();
});

const at = '/api/v1/watchlist';
const call = async (...asked: Parameters<TestBff['call']>) => {
  const { status, body } = await bff.call(...asked);
  return { status, body: body as unknown as Record<string, unknown> };
};
const refused = async (...asked: Parameters<TestBff['call']>) => {
  const { status, body } = await bff.call(...asked);
  return `${status} ${body.type}`;
};

describe('a watchlist over REST', () => {
  it('begins empty, has what is put on it as it was added, in either case and once, and loses what is taken off', async () => {
    const user = createUser(systemClock);
    expect(await call(user, 'GET', at)).toEqual({ status: 200, body: { watchlist: [], version: 0, next: null } });
    const [first, second] = [
      { symbol: 'ethusdt', asset: 'ETH', addedAt: '2026-11-29T10:00:00.000Z' },
      { symbol: 'ethbtc', asset: 'ETH', addedAt: '2026-11-29T10:00:01.000Z' },
    ];
    expect(await call(user, 'PUT', `${at}/ETHUSDT`)).toEqual({
      status: 200,
      body: { watchlist: [first], version: 1, next: null },
    });
    await call(user, 'PUT', `${at}/ethbtc`);
    const both = { status: 200, body: { watchlist: [first, second], version: 2, next: null } };
    expect(await call(user, 'PUT', `${at}/ethusdt`)).toEqual(both);
    expect(await call(user, 'GET', at)).toEqual(both);
    const left = { status: 200, body: { watchlist: [second], version: 3, next: null } };
    expect(await call(user, 'DELETE', `${at}/ethUSDT`)).toEqual(left);
    expect(await call(user, 'DELETE', `${at}/ethusdt`)).toEqual(left);
    expect((await call(createUser(systemClock), 'GET', at)).body.watchlist).toEqual([]);
  });

  it('refuses what the exchange does not list with 404, what it trades no more with 422, and the 201st with 409', async () => {
    const user = createUser(systemClock);
    expect(await refused(undefined, 'GET', at)).toBe('401 /docs/errors/unauthenticated');
    for (const method of ['PUT', 'DELETE']) {
      const { status, body } = await bff.call(user, method, `${at}/nosuchusdt`);
      expect([status, body.errors]).toEqual([404, [expect.objectContaining({ reason: 'unknown-symbol' })]]);
    }
    expect(await refused(user, 'PUT', `${at}/oldusdt`)).toBe('422 /docs/errors/unprocessable');
    const many = Array.from({ length: 200 }, (_, n) => ({ symbol: `c${n}usdt`, asset: `C${n}`, addedAtMs: n }));
    watchlists.keep(user.userId, many);
    expect(await refused(user, 'PUT', `${at}/btcusdt`)).toBe('409 /docs/errors/limit-reached');
  });

  it('stays as it is where what is on it already is put there, traded or not, and where what is no symbol is taken off', async () => {
    const user = createUser(systemClock);
    const kept = ['oldusdt', 'lunausdt'].map((symbol) => ({ symbol, asset: 'OLD', addedAtMs: 0 }));
    watchlists.keep(user.userId, kept);
    for (const { symbol } of kept)
      expect(await call(user, 'PUT', `${at}/${symbol}`)).toMatchObject({ status: 200, body: { version: 1 } });
    const { client: aggregator, fake } = createFakeAggregator();
    fake.down = true;
    const early = await startTestBff({ postgres, played: { portfolio: client }, deps: { aggregator } });
    try {
      for (const method of ['PUT', 'DELETE']) expect((await early.call(user, method, `${at}/a%20b`)).status).toBe(404);
    } finally {
      await early.close();
    }
  });

  it('loses what the exchange lists no longer too', async () => {
    const user = createUser(systemClock);
    watchlists.keep(user.userId, [{ symbol: 'lunausdt', asset: 'LUNA', addedAtMs: 0 }]);
    expect(await call(user, 'DELETE', `${at}/lunausdt`)).toMatchObject({ status: 200, body: { watchlist: [] } });
  });

  it('says when to ask again while the portfolio service is away, and everything else goes on', async () => {
    const alone = await startTestBff({ postgres });
    try {
      const user = createUser(systemClock);
      for (const [method, path] of [
        ['GET', at],
        ['PUT', `${at}/btcusdt`],
        ['DELETE', `${at}/btcusdt`],
      ] as const) {
        const { status, headers } = await alone.call(user, method, path);
        expect([method, status, headers.get('retry-after')]).toEqual([method, 503, expect.stringMatching(/^\d+$/)]);
      }
      expect((await alone.call(user, 'GET', '/api/v1/profile')).status).toBe(200);
    } finally {
      await alone.close();
    }
  });
});
