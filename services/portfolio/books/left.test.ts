import { expect, it } from 'vitest';
import { newKey, openTestBooks } from '../kit/books.js';
import { openEmbeddedDatabase } from '../kit/database.js';

it('changes no coin and moves no money for who has left before it was begun', async () => {
  const { books, portfolio, held } = await openTestBooks(await openEmbeddedDatabase());
  const { coins, funding, transfer } = books;
  const paper = await portfolio('paper');
  const other = await portfolio('paper', { userId: paper.userId });
  const tracking = await portfolio('tracking');
  await funding.fund({ ...paper, key: newKey(), asset: 'USDT', quantity: '5' });
  const { id: changeId } = await coins.change({ ...tracking, key: newKey(), symbol: 'btcusdt', asset: 'BTC', by: '1' });
  const before = await Promise.all([paper, other, tracking].map(held));

  const left = () => ({ key: newKey(), signal: AbortSignal.abort() });
  const [from, to] = [paper.portfolioId, other.portfolioId];
  for (const asked of [
    funding.fund({ ...paper, ...left(), asset: 'USDT', quantity: '1' }),
    transfer({ ...paper, ...left(), from, to, asset: 'USDT', quantity: '1', networkFee: '0' }),
    coins.change({ ...tracking, ...left(), symbol: 'btcusdt', asset: 'BTC', by: '1' }),
    coins.remove({ ...tracking, ...left(), symbol: 'btcusdt' }),
    coins.undo({ ...tracking, ...left(), changeId }),
  ])
    await expect(asked).rejects.toThrow();
  expect(await Promise.all([paper, other, tracking].map(held))).toEqual(before);
});
