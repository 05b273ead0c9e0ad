import { randomUUID } from 'node:crypto';
import { AppError } from '@tickfolio/lib/errors';
import { parseDecimal } from '@tickfolio/lib/money';
import type { Database } from '@tickfolio/lib/postgres';
import { expect, it } from 'vitest';
import { openTestPostgres } from '../kit/bff.js';
import { createPortfolios } from './portfolios.js';

/** A database of which nothing is heard any more once it was told to commit, while it says so. */
const losing = (db: Database, state: { isLost: boolean }): Database => {
  const transaction: Database['transaction'] = async (...of) => {
    const result = await db.transaction(...of);
    if (state.isLost) throw new AppError('unavailable', 'The database cannot be reached.', { retryAfterMs: 1_000 });
    return result;
  };
  return Object.assign(Object.create(db) as Database, { transaction });
};

it('a change of coins that are kept here says that nobody knows where its commit is not answered, and those that waited that they were not made', async () => {
  const postgres = await openTestPostgres();
  try {
    const state = { isLost: false };
    const portfolios = createPortfolios(losing(postgres.db, state));
    const owner = { userId: randomUUID(), userName: 'ada' };
    await portfolios.createProfile(owner);
    const add = (symbol: string, key?: string) =>
      portfolios.open(owner, { symbol, quoteAsset: 'usdt' }, parseDecimal('2'), key);
    state.isLost = true;
    const [made, waited] = await Promise.allSettled([add('btcusdt', 'key-1'), add('ethusdt', 'key-2')]);
    expect(made).toMatchObject({
      reason: { code: 'deadline_exceeded', message: expect.stringMatching(/not known whether this was done.*key-1/) },
    });
    expect(waited).toMatchObject({ reason: { code: 'unavailable', retryAfterMs: 1_000 } });
    await expect(add('bnbusdt')).rejects.toMatchObject({ code: 'deadline_exceeded' });
    state.isLost = false;
    await add('btcusdt', 'key-1');
    const { coins } = await portfolios.read(owner);
    expect(coins.map(({ symbol, quantity }) => `${symbol} ${parseDecimal(quantity).units}`).sort()).toEqual([
      expect.stringMatching(/^bnbusdt 2/),
      expect.stringMatching(/^btcusdt 2/),
    ]);
  } finally {
    await postgres.close();
  }
});
