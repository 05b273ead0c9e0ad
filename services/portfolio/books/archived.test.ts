import { v7 as uuid7 } from 'uuid';
import { expect, it } from 'vitest';
import { newKey, openTestBooks } from '../kit/books.js';
import { openEmbeddedDatabase } from '../kit/database.js';
import { reasonOf, startTestPortfolio } from '../kit/portfolio.js';

it('a portfolio is archived once nothing is kept for an order in it (F19)', async () => {
  const postgres = await openEmbeddedDatabase();
  const { books, clock } = await openTestBooks(postgres);
  const service = await startTestPortfolio(postgres, {}, clock);
  try {
    const user = service.somebody();
    const { id: portfolioId } = await user.create({ kind: 'paper' });
    const asked = { portfolioId, userId: user.userId, requestId: '', reservationId: uuid7() };
    await books.funding.fund({ ...asked, key: newKey(), asset: 'USDT', quantity: '100' });
    await books.reservations.reserve({ ...asked, for: 'order', asset: 'USDT', amount: '60' });
    expect(await reasonOf(user.archive(portfolioId))).toBe('wrong-state');
    await books.reservations.release({ ...asked, reason: 'cancelled' });
    await user.archive(portfolioId);
    const late = { ...asked, reservationId: uuid7() };
    expect(await reasonOf(books.reservations.reserve({ ...late, for: 'order', asset: 'USDT', amount: '1' }))).toBe(
      'archived',
    );
  } finally {
    await service.close();
  }
});
