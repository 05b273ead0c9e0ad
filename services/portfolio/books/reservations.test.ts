import { v7 as uuid7 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import { newKey, openTestBooks, type TestBooks } from '../kit/books.js';
import { openEmbeddedDatabase } from '../kit/database.js';
import { faultsIn } from '../kit/invariants.js';
import { reasonOf } from '../kit/portfolio.js';
import type { SettleAsked } from './settlement.js';

const nobody = '0199a3c2-7d10-7000-8000-00000000ffff';

let real: TestBooks;
beforeAll(async () => {
  real = await openTestBooks(await openEmbeddedDatabase());
});

/** A portfolio of paper money with so much of some assets, and one order. */
const build = async (funds: Readonly<Record<string, string>> = {}) => {
  const owner = await real.portfolio('paper');
  const { funding, reservations, settle } = real.books;
  for (const [asset, quantity] of Object.entries(funds))
    await funding.fund({ ...owner, key: newKey(), asset, quantity });
  const order = uuid7();
  return {
    ...owner,
    order,
    held: () => real.held(owner),
    reserve: (amount: string, asset = 'USDT', reservationId = order) =>
      reservations.reserve({ ...owner, reservationId, for: 'order', asset, amount }),
    release: (reservationId = order, reason = 'cancelled') =>
      reservations.release({ portfolioId: owner.portfolioId, reservationId, reason, requestId: '' }),
    /** Takes so many USDT and gives so many BTC. */
    settle: (take: string, give: string, more: Partial<SettleAsked> = {}) =>
      settle({
        fillId: uuid7(),
        reservationId: order,
        portfolioId: owner.portfolioId,
        take: { asset: 'USDT', amount: take },
        give: { asset: 'BTC', via: 'btcusdt', amount: give },
        fees: [],
        requestId: '',
        ...more,
      }),
    fund: (quantity: string) => funding.fund({ ...owner, key: newKey(), asset: 'USDT', quantity }),
    kept: async () => {
      const kept = await real.books.readings.reservation(order);
      return kept && [kept.state, kept.amount, kept.remaining, kept.reason];
    },
  };
};

describe('a reservation', () => {
  it('is kept apart from what is available, and given back when it is released', async () => {
    const { reserve, release, held, kept, portfolioId, order } = await build({ USDT: '100' });
    expect(await reserve('60')).toEqual({ available: '40', reserved: '60', version: 2 });
    expect(await held()).toEqual(['version 2', 'USDT  40 60']);
    expect(await release()).toEqual({ released: '60' });
    expect(await held()).toEqual(['version 3', 'USDT  100 0']);
    expect(await kept()).toEqual(['closed', '60', '0', 'cancelled']);
    const about = { reservationId: order, amount: '60', asset: 'USDT' };
    expect((await real.told(portfolioId)).slice(1)).toMatchObject([
      { ...about, type: 'balance.reserved', remaining: '60', available: '40', reserved: '60' },
      { ...about, type: 'balance.released', remaining: '0', available: '100', reserved: '0' },
    ]);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('is granted once: a repeat gets the same answer, whatever happened since (F4, F5)', async () => {
    const { reserve, release, fund, held } = await build({ USDT: '100' });
    const first = await reserve('60');
    await fund('5');
    expect(await reserve('60')).toEqual(first);
    await release();
    expect(await reserve('60')).toEqual(first);
    expect(await held()).toEqual(['version 4', 'USDT  105 0']);
  });

  it('that is refused for lack of money stays refused when there is some: the order was told', async () => {
    const { reserve, release, fund, held, kept, portfolioId, order } = await build({ USDT: '59.99' });
    const refused = {
      code: 'failed_precondition',
      message: '59.99 USDT is available and 60 is needed; nothing was changed.',
      fields: [{ reason: 'insufficient-balance' }],
      facts: { available: '59.99', needed: '60' },
    };
    await expect(reserve('60')).rejects.toMatchObject(refused);
    await fund('1000');
    await expect(reserve('60')).rejects.toMatchObject(refused);
    expect(await release()).toEqual({ released: '0' });
    await expect(reserve('60')).rejects.toMatchObject(refused);
    expect(await held()).toEqual(['version 3', 'USDT  1059.99 0']);
    expect(await kept()).toEqual(['refused', '60', '0', 'insufficient-balance']);
    expect((await real.told(portfolioId))[1]).toMatchObject({
      type: 'balance.reservation_refused',
      reservationId: order,
      amount: '60',
      available: '59.99',
      reason: 'insufficient-balance',
    });
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('of other content under the same id is told apart, whatever was decided', async () => {
    const held = await build({ USDT: '100' });
    await held.reserve('60');
    const refused = await build({ USDT: '1' });
    await expect(refused.reserve('60')).rejects.toMatchObject({ code: 'failed_precondition' });
    for (const { reserve } of [held, refused])
      for (const other of [reserve('61'), reserve('60', 'BTC')])
        await expect(other).rejects.toMatchObject({
          code: 'already_exists',
          fields: [{ reason: 'different-request' }],
        });
    expect(await reasonOf(held.reserve('60.000', 'usdt'))).toBe('done');
    const stranger = await build({ USDT: '100' });
    expect(await reasonOf(stranger.reserve('60', 'USDT', held.order))).toBe('different-request');
    expect(await reasonOf(stranger.release(held.order))).toBe('different-request');
    expect(await held.held()).toEqual(['version 2', 'USDT  40 60']);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('is refused for good in portfolios of another kind or archived, and not at all to strangers', async () => {
    const { reservations } = real.books;
    const about = { for: 'order', asset: 'USDT', amount: '1' } as const;
    for (const kind of ['tracking', 'exchange'] as const) {
      const owner = { ...(await real.portfolio(kind)), reservationId: uuid7() };
      expect(await reasonOf(reservations.reserve({ ...owner, ...about }))).toBe('wrong-kind');
      expect((await reservations.release({ ...owner, reason: 'timeout' })).released).toBe('0');
      expect(await reasonOf(reservations.reserve({ ...owner, ...about }))).toBe('wrong-kind');
    }
    const { portfolioId, userId, reserve, order, kept } = await build({ USDT: '100' });
    const stranger = { portfolioId, userId: 'somebody else', requestId: '', reservationId: order };
    // As if there were none.
    expect(await reasonOf(reservations.reserve({ ...stranger, ...about }))).toBe('gone');
    expect(await kept()).toBeUndefined();
    await real.archive(portfolioId);
    expect(await reasonOf(reserve('1'))).toBe('archived');
    const { readings } = real.books;
    expect((await readings.balances(portfolioId, userId)).balances).toMatchObject([{ available: '100' }]);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('of a portfolio that nobody has any more is answered so, and whoever waits need not ask again', async () => {
    const { reservations, settle } = real.books;
    const about = { portfolioId: nobody, userId: 'ann', requestId: '', reservationId: uuid7() };
    const amounts = { take: { asset: 'USDT', amount: '1' }, give: { asset: 'BTC', via: '', amount: '1' }, fees: [] };
    for (const asked of [
      reservations.reserve({ ...about, for: 'order', asset: 'USDT', amount: '1' }),
      reservations.release({ ...about, reason: 'timeout' }),
      settle({ ...about, ...amounts, fillId: uuid7() }),
    ])
      await expect(asked).rejects.toMatchObject({ code: 'not_found', fields: [{ reason: 'gone' }] });
  });

  it('is listed with all others by their ids, page by page', async () => {
    const { readings } = real.books;
    const { reserve, order } = await build({ USDT: '1' });
    await reserve('1');
    const seen: string[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page = await readings.reservations(after, 2);
      seen.push(...page.items.map(({ id }) => id));
      after = page.next;
    }
    expect(seen).toContain(order);
    expect(seen).toEqual([...seen].sort());
    const positions = await readings.positions('', 1_000);
    expect(positions.items.flatMap(({ balances }) => balances).some(({ reserved }) => reserved === '1')).toBe(true);
  });
});

describe('a fill', () => {
  it('of whichever market of an asset adds to the one balance of it, which an order of any of them sells (D4a)', async () => {
    const { reserve, settle, held } = await build({ USDT: '100' });
    await reserve('60');
    await settle('30', '1');
    await settle('30', '2', { give: { asset: 'BTC', via: 'btceur', amount: '2' } });
    expect((await held()).slice(1)).toEqual(['BTC btcusdt 3 0', 'USDT  40 0']);
    await reserve('2.5', 'BTC', uuid7());
    expect((await held()).slice(1)).toEqual(['BTC btcusdt 0.5 2.5', 'USDT  40 0']);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('takes from what is reserved, gives, and charges the first fee that can be paid', async () => {
    const { reserve, settle, release, held, kept, portfolioId, order } = await build({ USDT: '34000', BNB: '0.01' });
    await reserve('34000');
    const [bnb, btc] = [
      { asset: 'BNB', amount: '0.02' },
      { asset: 'BTC', amount: '0.0003' },
    ];
    expect(await settle('20399.94', '0.3', { fees: [bnb, btc] })).toEqual({
      remaining: '13600.06',
      fee: btc,
      version: 6,
    });
    const cheaper = { asset: 'BNB', amount: '0.01' };
    expect(await settle('13599.96', '0.2', { fees: [cheaper, btc] })).toEqual({
      remaining: '0.1',
      fee: cheaper,
      version: 9,
    });
    expect(await held()).toEqual(['version 9', 'BTC btcusdt 0.4997 0', 'USDT  0 0.1']);
    expect(await release()).toEqual({ released: '0.1' });
    expect(await kept()).toEqual(['closed', '34000', '0', 'cancelled']);
    const common = { type: 'balance.updated', ref: `order:${order}` };
    expect((await real.told(portfolioId)).slice(3, 6)).toMatchObject([
      { ...common, reason: 'fill', asset: 'USDT', change: { available: '0', reserved: '-20399.94' } },
      { ...common, reason: 'fill', asset: 'BTC', change: { available: '0.3', reserved: '0' } },
      { ...common, reason: 'fee', asset: 'BTC', change: { available: '-0.0003' }, available: '0.2997' },
    ]);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('is booked once by its id and answered the same, and another under the id is told apart', async () => {
    const { reserve, settle, held } = await build({ USDT: '100' });
    await reserve('100');
    const fillId = uuid7();
    const first = await settle('10', '0.1', { fillId });
    await settle('5', '0.05');
    expect(await settle('10', '0.1', { fillId })).toEqual(first);
    await expect(settle('10', '0.2', { fillId })).rejects.toMatchObject({
      code: 'already_exists',
      fields: [{ reason: 'different-request' }],
    });
    expect(await held()).toEqual(['version 6', 'BTC btcusdt 0.15 0', 'USDT  0 85']);
  });

  it('comes in whatever order fills come (F11), and the last unit closes the reservation', async () => {
    const { reserve, settle, release, held, kept } = await build({ USDT: '100' });
    await reserve('100');
    await settle('60', '0.6');
    await settle('40', '0.4');
    expect(await kept()).toEqual(['closed', '100', '0', 'settled']);
    expect(await release()).toEqual({ released: '0' });
    expect(await reasonOf(settle('1', '0.1'))).toBe('wrong-state');
    expect(await held()).toEqual(['version 6', 'BTC btcusdt 1 0']);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('of nothing that is reserved is refused, and nothing is changed', async () => {
    const { reserve, settle, release, held, portfolioId } = await build({ USDT: '100' });
    expect(await reasonOf(settle('1', '0.1'))).toBe('unknown-reservation');
    await reserve('50');
    expect(await reasonOf(settle('50.1', '0.1'))).toBe('exceeds-reservation');
    expect(await reasonOf(settle('1', '0.1', { take: { asset: 'BTC', amount: '1' } }))).toBe('exceeds-reservation');
    const other = await build({ USDT: '10' });
    expect(await reasonOf(other.settle('1', '0.1', { reservationId: other.order, portfolioId }))).toBe(
      'unknown-reservation',
    );
    await release();
    expect(await reasonOf(settle('1', '0.1'))).toBe('wrong-state');
    expect(await held()).toEqual(['version 3', 'USDT  100 0']);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('of an archived portfolio is booked all the same', async () => {
    const { reserve, settle, release, held, portfolioId } = await build({ USDT: '100' });
    await reserve('100');
    await real.archive(portfolioId);
    await settle('60', '0.6');
    expect(await release()).toEqual({ released: '40' });
    expect(await held()).toEqual(['version 5', 'BTC btcusdt 0.6 0', 'USDT  40 0']);
  });
});

describe('what went wrong elsewhere', () => {
  it('hummingbot#1975: what is reserved is not available, however its asset is written', async () => {
    const { reserve, held } = await build({ USDT: '100' });
    expect(await reserve('60', 'usdt')).toMatchObject({ available: '40', reserved: '60' });
    expect(await reasonOf(reserve('41', 'Usdt', uuid7()))).toBe('insufficient-balance');
    expect((await held()).slice(1)).toEqual(['USDT  40 60']);
  });

  it('hummingbot#5440: with 100 FOO and 100 BAR a buy of FOO needs its 0.1 BAR only', async () => {
    await real.list('FOO', 'BAR');
    const { reserve, settle, held } = await build({ FOO: '100', BAR: '100' });
    await reserve('0.1', 'BAR');
    await settle('0.1', '1', {
      take: { asset: 'BAR', amount: '0.1' },
      give: { asset: 'FOO', via: 'foobar', amount: '1' },
    });
    expect((await held()).slice(1)).toEqual(['BAR  99.9 0', 'FOO  101 0']);
    const poor = await build({ BAR: '100' });
    expect(await reasonOf(poor.reserve('100', 'BAR'))).toBe('done');
  });

  it('nautilus_trader#3525: of 1,000,000.00 with 999,999.00 locked all is free after the cancel', async () => {
    const { reserve, release, held } = await build({ USDT: '1000000.00' });
    expect(await reserve('999999.00')).toMatchObject({ available: '1', reserved: '999999' });
    await release();
    expect((await held()).slice(1)).toEqual(['USDT  1000000 0']);
    expect(await reasonOf(reserve('999999.00', 'USDT', uuid7()))).toBe('done');
  });

  it('nautilus_trader#5047: with 250,001.00 what costs more is not filled in part, and balance and fills agree', async () => {
    const { reserve, settle, held } = await build({ USDT: '250001.00' });
    expect(await reasonOf(reserve('250001.01', 'USDT', uuid7()))).toBe('insufficient-balance');
    await reserve('250001.00');
    await settle('200000', '2000');
    expect(await reasonOf(settle('50001.01', '500'))).toBe('exceeds-reservation');
    expect((await held()).slice(1)).toEqual(['BTC btcusdt 2000 0', 'USDT  0 50001']);
    await settle('50001', '500');
    expect((await held()).slice(1)).toEqual(['BTC btcusdt 2500 0']);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('servicecomb-pack#346: who was released before being reserved comes too late, for ever (F6)', async () => {
    const { reserve, release, held, kept } = await build({ USDT: '100' });
    expect(await release()).toEqual({ released: '0' });
    for (let time = 0; time < 2; time++)
      await expect(reserve('60')).rejects.toMatchObject({
        code: 'failed_precondition',
        fields: [{ reason: 'already-voided' }],
      });
    expect(await release()).toEqual({ released: '0' });
    expect(await held()).toEqual(['version 1', 'USDT  100 0']);
    expect(await kept()).toEqual(['voided', '0', '0', 'cancelled']);
    expect(await faultsIn(real.db)).toEqual([]);
  });
});
