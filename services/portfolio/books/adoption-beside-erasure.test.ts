import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { newKey, openTestBooks } from '../kit/books.js';
import { openEmbeddedDatabase } from '../kit/database.js';

it('takes coins over also where a balance of somebody who is just being erased has the number of one', async () => {
  const { db, books, portfolio, held } = await openTestBooks(await openEmbeddedDatabase(), undefined, 'unsaid');
  const paper = await portfolio('paper');
  await books.funding.fund({ ...paper, key: newKey(), asset: 'USDT', quantity: '1' });
  await books.adoption.begin(100);
  await db.execute(sql`insert into erased_users values (${paper.userId}, now())`);
  const tracking = await portfolio('tracking');
  const coin = { id: 1, symbol: 'btcusdt', quoteAsset: 'usdt', quantity: '2', createdAtMs: Date.UTC(2026, 9, 1) };
  await books.adoption.adopt({ ...tracking, coins: [coin] });
  expect(await held(tracking)).toEqual(['version 1', 'BTC btcusdt 2 0']);
});
