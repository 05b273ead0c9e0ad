import { beforeAll, describe, expect, it } from 'vitest';
import { newKey, openTestBooks, type TestBooks } from '../kit/books.js';
import { openEmbeddedDatabase } from '../kit/database.js';
import { faultsIn } from '../kit/invariants.js';
import { reasonOf } from '../kit/portfolio.js';

type Kind = 'tracking' | 'paper' | 'exchange';

describe('a transfer', () => {
  let real: TestBooks;
  beforeAll(async () => {
    real = await openTestBooks(await openEmbeddedDatabase());
  });
  const build = async (fromKind: Kind = 'tracking', toKind: Kind = fromKind) => {
    const from = await real.portfolio(fromKind);
    const to = await real.portfolio(toKind, from);
    return {
      from,
      to: { ...to, portfolioId: to.portfolioId },
      add: (by: string, symbol: string, asset = 'BTC', where = from) =>
        real.books.coins.change({ ...where, key: newKey(), symbol, asset, by }),
      fund: (quantity: string, asset = 'USDT') => real.books.funding.fund({ ...from, key: newKey(), asset, quantity }),
      move: (quantity: string, asset = 'BTC', networkFee = '0', key = newKey(), userId = from.userId) =>
        real.books.transfer({
          from: from.portfolioId,
          to: to.portfolioId,
          userId,
          requestId: '',
          key,
          asset,
          quantity,
          networkFee,
        }),
      held: async () => [await real.held(from), await real.held(to)],
    };
  };

  it('takes from the usual symbol first, then by name, and arrives under the same', async () => {
    const { add, move, held, to } = await build();
    for (const [by, symbol] of [
      ['1', 'btcusdt'],
      ['2', 'btcfdusd'],
      ['4', 'btceur'],
    ] as const)
      await add(by, symbol);
    await add('10', 'btcusdt', 'BTC', to);
    expect(await move('5.5')).toMatchObject({ fromVersion: 6, toVersion: 4 });
    expect(await held()).toEqual([
      ['version 6', 'BTC btcfdusd 1.5 0'],
      ['version 4', 'BTC btceur 4 0', 'BTC btcfdusd 0.5 0', 'BTC btcusdt 11 0'],
    ]);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('pays the network where it comes from, besides what arrives', async () => {
    const { add, move, held, from } = await build();
    await add('1', 'btcusdt');
    await add('1', 'btceur');
    await expect(move('2', 'BTC', '0.1')).rejects.toMatchObject({
      code: 'failed_precondition',
      fields: [{ reason: 'insufficient-balance' }],
      facts: { available: '2', needed: '2.1' },
    });
    await move('0.95', 'BTC', '0.1');
    expect(await held()).toEqual([
      ['version 5', 'BTC btceur 0.95 0'],
      ['version 1', 'BTC btcusdt 0.95 0'],
    ]);
    expect((await real.told(from.portfolioId)).slice(2)).toMatchObject([
      { reason: 'transfer', via: 'btcusdt', available: '0.05', change: { available: '-0.95' } },
      { reason: 'fee', via: 'btcusdt', available: '0', change: { available: '-0.05' } },
      { reason: 'fee', via: 'btceur', available: '0.95', change: { available: '-0.05' } },
    ]);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('is made once under one key', async () => {
    const { fund, move, held } = await build('paper');
    await fund('100');
    const first = await move('60', 'usdt', '0', 'once');
    expect(await move('60', 'USDT', '0', 'once')).toEqual(first);
    expect(await reasonOf(move('61', 'USDT', '0', 'once'))).toBe('different-request');
    expect(await held()).toEqual([
      ['version 2', 'USDT  40 0'],
      ['version 1', 'USDT  60 0'],
    ]);
  });

  it('never takes what is kept for an order', async () => {
    const { fund, move, from, held } = await build('paper');
    await fund('100');
    const reservationId = '0199a3c2-7d10-7000-8000-00000000aaaa';
    await real.books.reservations.reserve({ ...from, reservationId, for: 'order', asset: 'USDT', amount: '70' });
    expect(await reasonOf(move('31', 'USDT'))).toBe('insufficient-balance');
    await move('30', 'USDT');
    expect(await held()).toEqual([
      ['version 3', 'USDT  0 70'],
      ['version 1', 'USDT  30 0'],
    ]);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('stays within one user, one kind and one world of prices', async () => {
    const { add, move, from, to } = await build();
    await add('1', 'btcusdt');
    await expect(move('1', 'BTC', '0', newKey(), 'somebody else')).rejects.toMatchObject({ code: 'not_found' });
    const { transfer } = real.books;
    const asked = { userId: from.userId, requestId: '', asset: 'BTC', quantity: '1', networkFee: '0' };
    const between = (fromId: string, toId: string) => transfer({ ...asked, from: fromId, to: toId, key: newKey() });
    const strange = await real.portfolio('tracking');
    expect(await reasonOf(between(from.portfolioId, strange.portfolioId))).toBe('not-found');
    expect(await reasonOf(between(from.portfolioId, from.portfolioId))).toBe('invalid-argument');
    for (const [a, b] of [
      ['tracking', 'paper'],
      ['paper', 'tracking'],
      ['exchange', 'exchange'],
    ] as const)
      expect(await reasonOf((await build(a, b)).move('1'))).toBe('wrong-kind');
    const made = await real.portfolio('paper', { userId: from.userId, simulated: true });
    const paper = await real.portfolio('paper', { userId: from.userId });
    expect(await reasonOf(between(paper.portfolioId, made.portfolioId))).toBe('wrong-kind');
    await real.archive(to.portfolioId);
    expect(await reasonOf(move('1'))).toBe('archived');
    expect((await real.held(from)).slice(1)).toEqual(['BTC btcusdt 1 0']);
  });
});
