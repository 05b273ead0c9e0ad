import { randomUUID } from 'node:crypto';
import { WatchlistServiceClient } from '@tickfolio/gen/portfolio/v1/watchlist';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../kit/database.js';
import { reasonOf, startTestPortfolio } from '../kit/portfolio.js';
import { watchlist } from '../postings/tables.js';

describe('watchlists over gRPC', () => {
  let postgres: Postgres;
  let service: Awaited<ReturnType<typeof startTestPortfolio>>;
  let client: WatchlistServiceClient;
  beforeAll(async () => {
    postgres = await openEmbeddedDatabase();
    service = await startTestPortfolio(postgres);
    client = createGrpcClient(WatchlistServiceClient, `127.0.0.1:${service.app.port}`);
  });
  afterAll(async () => {
    client?.close();
    await service?.close();
    await postgres?.close();
  });
  const options = { deadlineMs: 60_000, waitForReady: true };
  const as = (userId: string = randomUUID()) => ({
    userId,
    list: () => callUnary(client, client.list, { userId }, options),
    add: (symbol: string, asset: string) => callUnary(client, client.add, { userId, symbol, asset }, options),
    remove: (symbol: string) => callUnary(client, client.remove, { userId, symbol }, options),
  });

  it('have what was added, in that order, whoever repeats it, and count their changes', async () => {
    const { add, remove, list, userId } = as();
    expect(await list()).toEqual({ version: 0, symbols: [] });
    const atMs = service.clock.now();
    expect(await add('ETHUSDT', 'ETH')).toEqual({
      version: 1,
      symbols: [{ symbol: 'ethusdt', asset: 'ETH', addedAtMs: atMs }],
    });
    service.clock.advance(1_000);
    await add('btcusdt', 'BTC');
    const both = await add('ethusdt', 'ETH');
    expect([both.version, ...both.symbols.map(({ symbol }) => symbol)]).toEqual([2, 'ethusdt', 'btcusdt']);
    await remove('ethusdt');
    expect(await remove('ethusdt')).toMatchObject({ version: 3, symbols: [{ symbol: 'btcusdt' }] });
    const told = await service.listEvents(`watchlist:${userId}`);
    expect(told.map(({ version, type }) => [version, type])).toEqual([
      [1, 'watchlist.added'],
      [2, 'watchlist.added'],
      [3, 'watchlist.removed'],
    ]);
  });

  it('have each symbol once, and no more than 200, whatever is asked for at once', async () => {
    const { add, list, userId } = as();
    await add('c0usdt', 'C0');
    const before = Array.from({ length: 194 }, (_, at) => ({ symbol: `c${at + 1}usdt`, asset: `C${at + 1}` }));
    const addedAt = new Date(service.clock.now());
    await postgres.db.insert(watchlist).values(before.map((one) => ({ ...one, userId, addedAt })));
    const wanted = Array.from({ length: 20 }, (_, at) => `d${at % 10}usdt`);
    const reasons = await Promise.all(wanted.map((symbol) => reasonOf(add(symbol, 'D'))));
    expect(new Set(reasons)).toEqual(new Set(['done', 'limit-reached']));
    const { version, symbols } = await list();
    expect([version, symbols.length, new Set(symbols.map(({ symbol }) => symbol)).size]).toEqual([6, 200, 200]);
  });

  it('are not changed late for who was told that it was not done, while a change before it takes long', async () => {
    const { add, list, userId } = as();
    await add('c0usdt', 'C0');
    let release = () => {};
    let slow: Promise<void> | undefined;
    await new Promise<void>((held) => {
      slow = postgres.db.transaction(() => {
        held();
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      });
    });
    const before = add('c1usdt', 'C1');
    const gone = callUnary(client, client.add, { userId, symbol: 'c2usdt', asset: 'C2' }, { deadlineMs: 500 });
    expect(await reasonOf(gone)).toBe('deadline_exceeded');
    release();
    await Promise.all([slow, before]);
    await add('c3usdt', 'C3');
    expect((await list()).symbols.map(({ symbol }) => symbol)).toEqual(['c0usdt', 'c1usdt', 'c3usdt']);
  });

  it('are nobody else’s, and no one’s where nobody is named', async () => {
    const [one, other] = [as(), as()];
    await one.add('btcusdt', 'BTC');
    expect((await other.list()).symbols).toEqual([]);
    expect((await other.remove('btcusdt')).symbols).toEqual([]);
    expect((await one.list()).symbols).toHaveLength(1);
    expect(await reasonOf(as('').list())).toBe('invalid_argument');
    for (const refused of [one.add('btc usdt', 'BTC'), one.add('', 'BTC'), one.add('btcusdt', ''), one.remove('')])
      expect(await reasonOf(refused)).toBe('invalid-argument');
  });
});
