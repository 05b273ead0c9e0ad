import { eq, sql } from 'drizzle-orm';
import { v7 as uuid7 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import { openTestBooks, type TestBooks } from '../kit/books.js';
import { openEmbeddedDatabase } from '../kit/database.js';
import { reasonOf } from '../kit/portfolio.js';
import { createCommand } from '../postings/once.js';
import { watchlist } from '../postings/tables.js';
import { portfolioEvents } from '../schema.js';
import { createWatchlist } from './watchlist.js';

describe('a watchlist', () => {
  let real: TestBooks;
  beforeAll(async () => {
    real = await openTestBooks(await openEmbeddedDatabase());
  });
  const build = () => {
    const owner = { userId: uuid7(), requestId: 'request-1' };
    const { add, remove, list } = createWatchlist({ ...real, command: createCommand(real) });
    const { events } = portfolioEvents;
    return {
      userId: owner.userId,
      add: (symbol: string, asset: string) => add(owner, symbol, asset),
      remove: (symbol: string) => remove(owner, symbol),
      list: () => list(owner.userId),
      symbols: async () => (await list(owner.userId)).symbols.map(({ symbol }) => symbol),
      told: async () => {
        const rows = await real.db
          .select({ version: events.version, type: events.type, body: events.body })
          .from(events)
          .where(eq(events.stream, `watchlist:${owner.userId}`))
          .orderBy(sql`version`);
        return rows.map(({ version, type, body }) => [version, type, body.data]);
      },
    };
  };

  it('has what was added, once, and is told', async () => {
    const { add, remove, list, symbols, told } = build();
    expect(await list()).toEqual({ version: 0, symbols: [] });
    expect(await add('BTCUSDT', 'btc')).toEqual({
      version: 1,
      symbols: [{ symbol: 'btcusdt', asset: 'BTC', addedAtMs: real.clock.now() }],
    });
    real.clock.advance(1_000);
    await add('ethusdt', 'ETH');
    await add('btcusdt', 'BTC');
    expect(await symbols()).toEqual(['btcusdt', 'ethusdt']);
    await remove('btcusdt');
    await remove('btcusdt');
    expect(await list()).toMatchObject({ version: 3, symbols: [{ symbol: 'ethusdt' }] });
    expect(await told()).toEqual([
      [1, 'watchlist.added', { symbol: 'btcusdt', asset: 'BTC' }],
      [2, 'watchlist.added', { symbol: 'ethusdt', asset: 'ETH' }],
      [3, 'watchlist.removed', { symbol: 'btcusdt', asset: 'BTC' }],
    ]);
  });

  it('has 200 symbols at most', async () => {
    const { add, symbols, userId } = build();
    await add('c0usdt', 'C0');
    const row = { userId, addedAt: new Date(real.clock.now()) };
    await real.db
      .insert(watchlist)
      .values(Array.from({ length: 199 }, (_, at) => ({ ...row, symbol: `c${at + 1}usdt`, asset: `C${at + 1}` })));
    expect(await reasonOf(add('one-more', 'ONE'))).toBe('limit-reached');
    expect(await reasonOf(add('c7usdt', 'C7'))).toBe('done');
    expect(await symbols()).toHaveLength(200);
  });
});
