import { beforeAll, describe, expect, it } from 'vitest';
import { newKey, openTestBooks, type TestBooks } from '../kit/books.js';
import { openEmbeddedDatabase } from '../kit/database.js';
import { faultsIn } from '../kit/invariants.js';
import { reasonOf } from '../kit/portfolio.js';

const day = 86_400_000;
const most = `${'9'.repeat(20)}.${'9'.repeat(18)}`;

describe('a coin that is counted by hand', () => {
  let real: TestBooks;
  beforeAll(async () => {
    real = await openTestBooks(await openEmbeddedDatabase());
  });
  const build = async () => {
    const owner = await real.portfolio('tracking');
    const { coins } = real.books;
    return {
      ...owner,
      held: () => real.held(owner),
      change: (by: string, symbol = 'btcusdt', asset = 'BTC', key = newKey()) =>
        coins.change({ ...owner, key, symbol, asset, by }),
      remove: (symbol = 'btcusdt', key = newKey()) => coins.remove({ ...owner, key, symbol }),
      undo: (changeId: string) => coins.undo({ ...owner, changeId }),
    };
  };

  it('is added to and taken from exactly, and goes with its last unit', async () => {
    const { change, held } = await build();
    expect(await change('0.000000000000000001')).toMatchObject({
      delta: '0.000000000000000001',
      coin: { asset: 'BTC', symbol: 'btcusdt', quantity: '0.000000000000000001' },
      version: 1,
    });
    await change('+1.50');
    const last = await change('-1.500000000000000001');
    expect(last).toMatchObject({ delta: '-1.500000000000000001', coin: { quantity: '0' }, version: 3 });
    expect(await held()).toEqual(['version 3']);
    const again = await change('2');
    expect(again.coin.id).toBeGreaterThan(last.coin.id);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('is one for each symbol by which it is valued', async () => {
    const { change, held } = await build();
    await change('1', 'BTCUSDT');
    await change('2', 'btceur');
    expect(await held()).toEqual(['version 2', 'BTC btceur 2 0', 'BTC btcusdt 1 0']);
  });

  it('is changed without its asset once it is held, and not before', async () => {
    const { change, held } = await build();
    expect(await reasonOf(change('1', 'btcusdt', ''))).toBe('not-held');
    await change('1');
    await change('1', 'btcusdt', '');
    expect(await held()).toEqual(['version 2', 'BTC btcusdt 2 0']);
  });

  it('is never taken below zero, and its owner is told how much there is', async () => {
    const { change, remove, held } = await build();
    expect(await reasonOf(change('-1'))).toBe('not-held');
    await expect(remove()).rejects.toMatchObject({ code: 'not_found' });
    await change('1');
    await expect(change('-1.1')).rejects.toMatchObject({
      code: 'failed_precondition',
      message: '1 btcusdt is held; -1.1 would make it negative. Nothing was changed.',
      fields: [{ field: 'quantity', reason: 'more-than-held' }],
    });
    expect(await held()).toEqual(['version 1', 'BTC btcusdt 1 0']);
  });

  it('takes as many digits as are kept, and no more: in what is asked for, and in the sum', async () => {
    const { change, held } = await build();
    for (const wrong of ['0', '0.00', '1e3', '', '1,5', `1${'0'.repeat(20)}`, `0.${'0'.repeat(18)}1`])
      await expect(change(wrong)).rejects.toMatchObject({
        code: 'invalid_argument',
        fields: [{ field: 'quantity', reason: 'quantity-shape' }],
      });
    await change(most);
    await expect(change('0.000000000000000001')).rejects.toMatchObject({
      code: 'failed_precondition',
      fields: [{ reason: 'quantity-too-large' }],
    });
    expect(await held()).toEqual(['version 1', `BTC btcusdt ${most} 0`]);
  });

  it('is changed once under one key, answered the same, and another request is told apart', async () => {
    const { change, remove, held, userId } = await build();
    const first = await change('1', 'btcusdt', 'BTC', 'one');
    await change('5');
    expect(await change('1.0', 'btcusdt', 'BTC', 'one')).toEqual(first);
    for (const other of [
      change('2', 'btcusdt', 'BTC', 'one'),
      change('1', 'ethusdt', 'ETH', 'one'),
      remove('btcusdt', 'one'),
    ])
      await expect(other).rejects.toMatchObject({ fields: [{ reason: 'different-request' }] });
    const second = await real.portfolio('tracking', { userId });
    const elsewhere = { ...second, key: 'one', symbol: 'btcusdt', asset: 'BTC', by: '1' };
    expect(await reasonOf(real.books.coins.change(elsewhere))).toBe('different-request');
    // The same words of another user are another key.
    const stranger = await build();
    await stranger.change('1', 'btcusdt', 'BTC', 'one');
    expect(await held()).toEqual(['version 2', 'BTC btcusdt 6 0']);
    for (const key of ['', 'with blanks', 'x'.repeat(256)])
      expect(await reasonOf(change('1', 'btcusdt', 'BTC', key))).toBe('invalid-argument');
  });

  it('is as it was after an undo, once however often it is asked for, and an undo is undone in turn', async () => {
    const { change, remove, undo, held } = await build();
    const added = await change('3');
    const gone = await remove();
    expect(gone).toMatchObject({ delta: '-3', coin: { quantity: '0' } });
    expect(await reasonOf(undo(added.id))).toBe('more-than-held');
    const back = await undo(gone.id);
    expect(back).toMatchObject({ delta: '3', coin: { quantity: '3' } });
    expect(await undo(gone.id)).toEqual(back);
    expect(await held()).toEqual(['version 3', 'BTC btcusdt 3 0']);
    await undo(back.id);
    await undo(gone.id);
    expect(await held()).toEqual(['version 4']);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('is not undone by somebody else, nor after 7 days', async () => {
    const { change, undo, held } = await build();
    const { id } = await change('3');
    expect(await reasonOf((await build()).undo(id))).toBe('unknown-change');
    const undone = await change('1', 'ethusdt', 'ETH');
    await undo(undone.id);
    expect(await reasonOf((await build()).undo(undone.id))).toBe('unknown-change');
    expect(await reasonOf(undo('no id'))).toBe('unknown-change');
    real.clock.advance(7 * day);
    expect(await reasonOf(undo(id))).toBe('unknown-change');
    expect(await held()).toEqual(['version 3', 'BTC btcusdt 3 0']);
  });

  it('is of the user whose portfolio it is in, and only where one counts what one owns', async () => {
    const { change, portfolioId, held } = await build();
    const asked = { key: newKey(), symbol: 'btcusdt', asset: 'BTC', by: '1', requestId: '' };
    const { coins } = real.books;
    for (const wrong of [
      { portfolioId, userId: 'somebody else' },
      { portfolioId: '0199a3c2-7d10-7000-8000-000000000002', userId: 'ann' },
      { portfolioId: 'none', userId: 'ann' },
    ])
      await expect(coins.change({ ...asked, ...wrong })).rejects.toMatchObject({
        code: 'not_found',
        fields: [{ reason: 'not-found' }],
      });
    for (const kind of ['paper', 'exchange'] as const)
      expect(await reasonOf(coins.change({ ...asked, ...(await real.portfolio(kind)) }))).toBe('wrong-kind');
    const first = await change('1', 'btcusdt', 'BTC', 'before');
    await real.archive(portfolioId);
    expect(await reasonOf(change('1'))).toBe('archived');
    expect(await change('1', 'btcusdt', 'BTC', 'before')).toEqual(first);
    expect(await held()).toEqual(['version 1', 'BTC btcusdt 1 0']);
  });

  it('is told with its state, what was added, why, and what it cost then', async () => {
    const { portfolioId, userId } = await build();
    const { coins } = real.books;
    const about = { portfolioId, userId, symbol: 'btcusdt', asset: 'BTC' };
    const added = await coins.change({
      ...about,
      key: newKey(),
      by: '2',
      observedPrice: '68123.450',
      requestId: 'request-1',
    });
    const { id: undone } = await coins.undo({ ...about, changeId: added.id, requestId: '' });
    const common = { portfolioId, balanceId: added.coin.id, asset: 'BTC', via: 'btcusdt', reserved: '0' };
    expect(await real.told(portfolioId)).toEqual([
      {
        ...common,
        version: 1,
        type: 'balance.updated',
        available: '2',
        change: { available: '2', reserved: '0' },
        reason: 'manual',
        ref: `posting:${added.id}`,
        observedPrice: '68123.45',
        createdAt: new Date(added.coin.createdAtMs).toISOString(),
      },
      {
        ...common,
        version: 2,
        type: 'balance.updated',
        available: '0',
        change: { available: '-2', reserved: '0' },
        reason: 'manual',
        ref: `undo:${added.id}`,
        createdAt: new Date(added.coin.createdAtMs).toISOString(),
      },
    ]);
    expect(undone).not.toBe(added.id);
  });

  it('is one of 500 at most', async () => {
    const { portfolioId, change, held } = await build();
    const { balances } = await import('../postings/tables.js');
    const at = new Date(real.clock.now());
    const same = { portfolioId, available: '1', reserved: '0', alone: false, version: 1, createdAt: at, updatedAt: at };
    const rows = Array.from({ length: 499 }, (_, number) => ({ ...same, asset: `C${number}`, via: `c${number}usdt` }));
    await real.db.insert(balances).values(rows);
    await change('1');
    expect(await reasonOf(change('1', 'ethusdt', 'ETH'))).toBe('too-many-coins');
    await change('1');
    expect(await held()).toHaveLength(501);
  });
});
