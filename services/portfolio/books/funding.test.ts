import { beforeAll, describe, expect, it } from 'vitest';
import { newKey, openTestBooks, type TestBooks } from '../kit/books.js';
import { openEmbeddedDatabase } from '../kit/database.js';
import { faultsIn } from '../kit/invariants.js';
import { reasonOf } from '../kit/portfolio.js';

const hour = 3_600_000;

describe('paper money', () => {
  let real: TestBooks;
  beforeAll(async () => {
    real = await openTestBooks(await openEmbeddedDatabase());
  });
  const build = async (kind: 'paper' | 'tracking' | 'exchange' = 'paper') => {
    const owner = await real.portfolio(kind);
    const { funding } = real.books;
    return {
      ...owner,
      held: () => real.held(owner),
      fund: (quantity: string, asset = 'USDT', key = newKey()) => funding.fund({ ...owner, key, asset, quantity }),
      grant: (quantity: string) =>
        real.db.transaction((tx) => funding.grant(tx, { ...owner, asset: 'USDT', quantity })),
    };
  };

  it('is given once under one key', async () => {
    const { fund, held, portfolioId } = await build();
    const first = await fund('100', 'usdt', 'one');
    expect(first).toEqual({ asset: 'USDT', available: '100', reserved: '0', version: 1 });
    await fund('0.5', 'BTC');
    expect(await fund('100', 'USDT', 'one')).toEqual(first);
    expect(await reasonOf(fund('101', 'USDT', 'one'))).toBe('different-request');
    expect(await held()).toEqual(['version 2', 'BTC btcusdt 0.5 0', 'USDT  100 0']);
    expect(await real.told(portfolioId)).toMatchObject([
      { reason: 'fund', asset: 'USDT', via: '', available: '100' },
      { reason: 'fund', asset: 'BTC', via: 'btcusdt', available: '0.5' },
    ]);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('is given 10 times a day at most, and what a portfolio began with is not counted', async () => {
    const { fund, grant, held } = await build();
    await grant('10000');
    await grant('10000');
    for (let time = 0; time < 10; time++) {
      await fund('1');
      real.clock.advance(hour);
    }
    await expect(fund('1')).rejects.toMatchObject({
      code: 'resource_exhausted',
      retryAfterMs: 14 * hour,
      fields: [{ reason: 'limit-reached' }],
    });
    real.clock.advance(14 * hour);
    await fund('1');
    expect(await reasonOf(fund('1'))).toBe('limit-reached');
    expect(await held()).toEqual(['version 12', 'USDT  10011 0']);
  });

  it('is of portfolios for it, and above zero', async () => {
    for (const kind of ['tracking', 'exchange'] as const)
      expect(await reasonOf((await build(kind)).fund('1'))).toBe('wrong-kind');
    const { fund, portfolioId } = await build();
    for (const wrong of ['0', '-1', 'much']) expect(await reasonOf(fund(wrong))).toBe('quantity-shape');
    expect(await reasonOf(fund('1', 'no asset'))).toBe('invalid-argument');
    await real.archive(portfolioId);
    expect(await reasonOf(fund('1'))).toBe('archived');
  });

  it('is more than can be kept at some time, and then it is not given', async () => {
    const { fund, held } = await build();
    await fund('9'.repeat(20));
    expect(await reasonOf(fund('1'))).toBe('quantity-too-large');
    expect((await held())[0]).toBe('version 1');
  });
});
