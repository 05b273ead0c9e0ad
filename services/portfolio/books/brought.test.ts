import { v7 as uuid7 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import { newKey, openTestBooks, type TestBooks } from '../kit/books.js';
import { openEmbeddedDatabase } from '../kit/database.js';
import { faultsIn } from '../kit/invariants.js';
import { reasonOf } from '../kit/portfolio.js';

const most = '9'.repeat(20);

describe('a fill is booked, however much paper money of what it brings somebody has had himself given', () => {
  let real: TestBooks;
  beforeAll(async () => {
    real = await openTestBooks(await openEmbeddedDatabase());
  });
  const build = async () => {
    const owner = await real.portfolio('paper');
    const { funding, reservations, settle, transfer } = real.books;
    const fund = (asset: string, quantity: string, to = owner) =>
      funding.fund({ ...to, key: newKey(), asset, quantity });
    await fund('USDT', '100');
    const reservationId = uuid7();
    const brings = { asset: 'BTC', amount: '2' };
    return {
      owner,
      fund,
      reserve: (id = reservationId) =>
        reservations.reserve({ ...owner, reservationId: id, for: 'order', asset: 'USDT', amount: '50', brings }),
      fill: (amount = '1') =>
        settle({
          ...{ fillId: uuid7(), reservationId, portfolioId: owner.portfolioId, requestId: '', fees: [] },
          ...{ take: { asset: 'USDT', amount: '20' }, give: { asset: 'BTC', via: 'btcusdt', amount } },
        }),
      release: () =>
        reservations.release({ portfolioId: owner.portfolioId, reservationId, reason: 'user', requestId: '' }),
      transfer: async (quantity: string) => {
        const from = await real.portfolio('paper', { userId: owner.userId });
        await fund('BTC', quantity, from);
        const of = {
          userId: owner.userId,
          requestId: '',
          key: newKey(),
          from: from.portfolioId,
          to: owner.portfolioId,
        };
        return transfer({ ...of, asset: 'BTC', quantity, networkFee: '0' });
      },
    };
  };

  it('because what would leave no room for it is not given, nor moved here', async () => {
    const { fund, reserve, fill, release, transfer, owner } = await build();
    await reserve();
    expect(await reasonOf(fund('BTC', most))).toBe('quantity-too-large');
    expect(await reasonOf(transfer(most))).toBe('quantity-too-large');
    // Room for both parts, to the last whole one.
    await fund('BTC', `${'9'.repeat(19)}7`);
    expect(await reasonOf(fund('BTC', '1'))).toBe('quantity-too-large');
    await fill();
    expect(await reasonOf(fund('BTC', '1'))).toBe('quantity-too-large');
    await fill();
    expect(await real.held(owner)).toContain(`BTC btcusdt ${most} 0`);
    await release();
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('because an order that could not be booked is refused at first, and stays so', async () => {
    const { fund, reserve } = await build();
    await fund('BTC', most);
    expect(await reasonOf(reserve())).toBe('quantity-too-large');
    expect(await reasonOf(reserve())).toBe('quantity-too-large');
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('and what is over keeps no room any more', async () => {
    const { fund, reserve, release } = await build();
    await reserve();
    await release();
    await fund('BTC', most);
    expect(await reasonOf(reserve(uuid7()))).toBe('quantity-too-large');
  });
});
