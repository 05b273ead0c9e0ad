import { randomUUID } from 'node:crypto';
import { becomes, passing } from '@tickfolio/lib/kit/becomes';
import type { Postgres } from '@tickfolio/lib/postgres';
import { desc } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase } from './kit/database.js';
import { reasonOf, startTestOrders, type TestOrders } from './kit/orders.js';
import { createScriptedPortfolio } from './kit/scripted-portfolio.js';
import { fill, fillId } from './saga/fills.js';
import { brokenSymbols, sagas } from './schema.js';

const by = (tradeId: number, quantity: string, isLast: boolean) =>
  fill({
    ...{ tradeId, quantity, isLast, price: '100', maker: true, tradedAtMs: tradeId * 1_000 },
    trade: { price: '99.5', quantity: '7', takenBefore: '0', buyerIsMaker: true },
    feeChoices: [{ asset: 'BTC', amount: '0.001' }],
    feeScheduleId: 1,
  });

describe('the orders service', () => {
  let postgres: Postgres;
  let open: TestOrders | undefined;
  beforeAll(async () => {
    postgres = await openEmbeddedDatabase();
  });
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });
  afterAll(() => postgres?.close());
  const build = async (options: Parameters<typeof startTestOrders>[1] = {}) => {
    open = await startTestOrders(postgres, options);
    return open;
  };
  /** While time goes on. */
  const soon = (service: TestOrders, read: () => unknown, expected: unknown) =>
    becomes(passing(service.clock, 250, read), expected);

  it('places an order once what it needs is kept, and tells what becomes of it', async () => {
    const { somebody, listEvents } = await build();
    const { placed, held, get, events } = somebody();
    const order = await placed({ clientOrderId: 'my-1' });
    expect(order).toMatchObject({
      ...{ clientOrderId: 'my-1', status: 'NEW', working: true, filledQuantity: '0', settled: true, version: 2 },
      ...{ reserved: { asset: 'USDT', quantity: '100' }, baseAsset: 'BTC', quoteAsset: 'USDT', simulatedPrices: false },
    });
    expect(held()).toEqual(['BTC 2 0', 'USDT 900 100']);
    expect(await get(order.id)).toEqual(order);
    expect((await events(order.id)).map(({ type, version }) => [type, version])).toEqual([
      ['order.created', 1],
      ['order.accepted', 2],
    ]);
    expect(await listEvents(`order:${order.id}`)).toHaveLength(2);
  });

  it('answers the same order to who places it again, and refuses another one of that name (F1)', async () => {
    const { somebody } = await build();
    const { place, held } = somebody();
    const first = await place({ clientOrderId: 'my-1' });
    const again = await place({ clientOrderId: 'my-1' });
    expect([first.repeatedRequest, again.repeatedRequest]).toEqual([false, true]);
    expect(again.order).toEqual(first.order);
    expect(held()).toEqual(['BTC 2 0', 'USDT 900 100']);
    expect(await reasonOf(place({ clientOrderId: 'my-1', quantity: '2' }))).toBe('duplicate-client-order-id');
  });

  it('keeps of a refused order that it was, with the figures, and says so again (nautilus_trader#5047, hummingbot#5440)', async () => {
    const { somebody } = await build();
    const { place, held, list } = somebody();
    const dear = { clientOrderId: 'dear', quantity: '11' };
    for (const _ of ['first', 'again'])
      await expect(place(dear)).rejects.toMatchObject({
        code: 'failed_precondition',
        fields: [{ reason: 'insufficient-balance' }],
        facts: { available: '1000', needed: '1100', asset: 'USDT', order: expect.stringContaining('"REJECTED"') },
      });
    expect(held()).toEqual(['BTC 2 0', 'USDT 1000 0']);
    expect((await list()).orders).toMatchObject([{ status: 'REJECTED', reason: 'insufficient-balance' }]);
  });

  it('books at once what fills an order while another fill of it is being booked', async () => {
    const portfolio = createScriptedPortfolio();
    const { settle } = portfolio.reservations;
    let meanwhile: () => Promise<unknown> = async () => undefined;
    const reservations = {
      ...portfolio.reservations,
      settle: async (asked: Parameters<typeof settle>[0]) => {
        const work = meanwhile;
        meanwhile = async () => undefined;
        await work();
        return settle(asked);
      },
    };
    const { somebody, trade } = await build({ portfolio: { ...portfolio, reservations } });
    const { placed, get, held } = somebody();
    const { id: orderId } = await placed();
    const fillSome = (quantity: string, isLast: boolean) =>
      trade('btcusdt', '100', (tradeId) => [{ orderId, decide: by(tradeId, quantity, isLast) }]);
    meanwhile = async () => {
      await fillSome('0.3', false);
      await fillSome('0.3', true);
    };
    await fillSome('0.4', false);
    // Time stands still, so nothing waits for a lease to end.
    await becomes(
      async () => {
        const { status, settled } = await get(orderId);
        return { status, settled, held: held() };
      },
      { status: 'FILLED', settled: true, held: ['BTC 2.997 0', 'USDT 900 0'] },
    );
  });

  it('has less available for the next order by what one keeps, however its symbol is written (hummingbot#1975)', async () => {
    const { somebody } = await build();
    const { place, placed, held } = somebody();
    await placed({ symbol: 'BTCUSDT', quantity: '6' });
    expect(held()).toEqual(['BTC 2 0', 'USDT 400 600']);
    await expect(place({ symbol: 'btcUSDT', quantity: '5' })).rejects.toMatchObject({
      fields: [{ reason: 'insufficient-balance' }],
      facts: { available: '400', needed: '500', asset: 'USDT' },
    });
    expect(held()).toEqual(['BTC 2 0', 'USDT 400 600']);
  });

  it('stores nothing of what may not be asked for', async () => {
    const { somebody, portfolio } = await build();
    const { place, list, userId } = somebody();
    const [tracked, archived] = [randomUUID(), randomUUID()];
    portfolio.open(tracked, userId, {}, { kind: 'tracking' });
    portfolio.open(archived, userId, {});
    portfolio.archive(archived);
    const reasons = [
      await reasonOf(place({ symbol: 'nopeusdt' })),
      await reasonOf(place({ price: undefined })),
      await reasonOf(place({ price: '100.001' })),
      await reasonOf(place({ portfolioId: tracked })),
      await reasonOf(place({ portfolioId: archived })),
      await reasonOf(place({ portfolioId: randomUUID() })),
      await reasonOf(place({ symbol: 'ethbtc', type: 'MARKET', price: undefined })),
      await reasonOf(place({ clientOrderId: 'not a name' })),
    ];
    expect(reasons).toEqual([
      ...['unknown-symbol', 'missing', 'price-filter', 'wrong-kind', 'archived', 'not-found', 'no-price-yet'],
      'invalid_argument',
    ]);
    expect((await list()).orders).toEqual([]);
  });

  it('refuses what would match at once, by the last trade (LIMIT_MAKER)', async () => {
    const { somebody, trade } = await build();
    const { place, placed } = somebody();
    await placed({ price: '1' });
    await trade('btcusdt', '100');
    expect(await reasonOf(place({ type: 'LIMIT_MAKER', price: '101' }))).toBe('would-take');
    expect(await reasonOf(place({ type: 'LIMIT_MAKER', price: '99' }))).toBe('done');
  });

  it('says what an order would take, and stores nothing', async () => {
    const { somebody } = await build();
    const { test, list } = somebody();
    expect(await test()).toEqual({
      reserve: { asset: 'USDT', quantity: '100' },
      estimatedFee: { asset: 'BTC', quantity: '0.001' },
    });
    expect(await reasonOf(test({ quantity: '11' }))).toBe('insufficient-balance');
    expect((await list()).orders).toEqual([]);
  });

  it('says of a name that is taken what placing would say', async () => {
    const { somebody } = await build();
    const { place, test } = somebody();
    const named = { clientOrderId: 'my-1', quantity: '8' };
    await place(named);
    // Nothing more would be kept, though there is not enough for another one.
    expect((await test(named)).reserve).toEqual({ asset: 'USDT', quantity: '800' });
    expect(await reasonOf(test({ ...named, quantity: '1' }))).toBe('duplicate-client-order-id');
    const nameless = { clientOrderId: '' };
    expect(await reasonOf(test(nameless))).toBe(await reasonOf(place(nameless)));
    const dear = { clientOrderId: 'dear', quantity: '11' };
    await expect(place(dear)).rejects.toThrow();
    expect(await reasonOf(test(dear))).toBe('insufficient-balance');
    expect(await reasonOf(test({ ...dear, quantity: '1' }))).toBe('duplicate-client-order-id');
  });

  it('sells all that there is, where that is asked for (freqtrade#606, #4324)', async () => {
    const { somebody } = await build();
    const { placed, held } = somebody({ BTC: '0.4995' });
    expect(await placed({ side: 'SELL', quantity: 'max' })).toMatchObject({ quantity: '0.4995' });
    expect(held()).toEqual(['BTC 0 0.4995']);
  });

  it('answers soon while portfolio does not, and accepts the order once it does (F4, F5)', async () => {
    const service = await build();
    const { somebody, faults, clock } = service;
    const { place, get, held } = somebody();
    faults.portfolio = 'silent';
    const asked = place();
    await becomes(
      passing(clock, 100, async () => held()),
      ['BTC 2 0', 'USDT 900 100'],
    );
    let answer: Awaited<typeof asked> | undefined;
    void asked.then((given) => {
      answer = given;
    });
    await becomes(
      passing(clock, 250, () => answer?.decided),
      false,
    );
    const id = answer?.order?.id ?? '';
    expect((await get(id)).status).toBe('PENDING');
    faults.portfolio = undefined;
    await soon(service, async () => (await get(id)).status, 'NEW');
    expect(held()).toEqual(['BTC 2 0', 'USDT 900 100']);
  });

  it('stores nothing while portfolio or the list of symbols is known to be away', async () => {
    const { somebody, faults, failTape } = await build();
    const { place, list } = somebody();
    faults.portfolio = 'away';
    expect(await reasonOf(place())).toBe('portfolio-away');
    faults.portfolio = undefined;
    failTape('The tape is away.');
    expect(await reasonOf(place())).toBe('market-away');
    expect((await list()).orders).toEqual([]);
  });

  it('gives up what was not answered for 30 s, and gives back what may have been kept (F6)', async () => {
    const service = await build();
    const { somebody, faults } = service;
    const { place, list, held } = somebody();
    faults.portfolio = 'silent';
    const answer = place();
    const step = async () => (await postgres.db.select().from(sagas).orderBy(desc(sagas.id)).limit(1))[0]?.step;
    await becomes(passing(service.clock, 1_000, step), 'abandoning');
    expect((await answer).order?.status).toBe('PENDING');
    await soon(service, held, ['BTC 2 0', 'USDT 1000 0']);
    faults.portfolio = undefined;
    const shown = async () => (await list()).orders.map(({ status, reason }) => `${status} ${reason}`);
    await soon(service, shown, ['REJECTED timeout']);
    expect(held()).toEqual(['BTC 2 0', 'USDT 1000 0']);
  });

  it('gives back what is kept when an order is cancelled (nautilus_trader#3525)', async () => {
    const service = await build();
    const { somebody } = service;
    const { placed, cancel, held } = somebody();
    const { id } = await placed();
    const { order, decided } = await cancel(id);
    expect([order?.status, order?.reason, decided]).toEqual(['CANCELED', 'user', true]);
    await soon(service, async () => held(), ['BTC 2 0', 'USDT 1000 0']);
    await expect(cancel(id)).rejects.toMatchObject({
      fields: [{ reason: 'already-ended' }],
      facts: { order: expect.stringContaining('"CANCELED"') },
    });
    for (const unknown of [randomUUID(), 'my-1']) expect(await reasonOf(cancel(unknown))).toBe('not-found');
    expect(await reasonOf(somebody().cancel(id))).toBe('not-found');
  });

  it('cancels all, or those of a symbol', async () => {
    const service = await build();
    const { somebody } = service;
    const { placed, cancelAll, held, list } = somebody();
    const [first, second] = [await placed({ quantity: '1' }), await placed({ quantity: '2' })];
    const other = await placed({ symbol: 'ethusdt' });
    expect(await cancelAll({ symbol: 'BTCUSDT' })).toEqual({ canceled: [first.id, second.id], failed: [] });
    expect((await list({ status: 'open' })).orders.map(({ id }) => id)).toEqual([other.id]);
    expect((await cancelAll()).canceled).toEqual([other.id]);
    await soon(service, async () => held(), ['BTC 2 0', 'USDT 1000 0']);
  });

  it('books each fill once, with the fee that was paid, and gives back the rest (nautilus_trader#725, #1639)', async () => {
    const service = await build();
    const { somebody, trade, portfolio } = service;
    const { placed, get, held, fills, cancel, proof } = somebody();
    await placed({ price: '1', quantity: '0.1' });
    await trade('btcusdt', '100');
    const { id } = await placed();
    const { tradeId } = await trade('btcusdt', '99.5', (of) => [{ orderId: id, decide: by(of, '0.4', false) }]);
    await soon(service, async () => (await get(id)).settled, true);
    expect(await get(id)).toMatchObject({
      ...{ status: 'PARTIALLY_FILLED', filledQuantity: '0.4', filledQuote: '40', version: 4 },
      fees: [{ asset: 'BTC', quantity: '0.001' }],
    });
    expect(held()).toEqual(['BTC 2.399 0', 'USDT 899.9 60.1']);
    const one = { id: fillId(id, tradeId), tradeId, price: '100', quantity: '0.4', quote: '40', maker: true };
    expect((await fills(id)).fills).toEqual([
      expect.objectContaining({
        ...one,
        orderId: id,
        fee: '0.001',
        feeAsset: 'BTC',
        tradedAtMs: tradeId * 1_000,
        model: 'tape',
      }),
    ]);
    await cancel(id);
    await soon(service, async () => held(), ['BTC 2.399 0', 'USDT 959.9 0.1']);
    expect(portfolio.settledCount()).toBe(1);
    expect(await proof(id)).toMatchObject({
      ...{ model: 'tape', acceptedAfterTrade: tradeId - 1, endedAfterTrade: tradeId },
      fills: [{ tradeId, price: '100', quantity: '0.4', tradePrice: '99.5', tradeQuantity: '7', takenBefore: '0' }],
      verify: `GET /api/v3/aggTrades?symbol=BTCUSDT&fromId=${tradeId}`,
    });
  });

  it('goes on with what was begun where it was killed, before it asked and behind the answer (F3, F10)', async () => {
    const service = await build();
    const { somebody, faults, portfolio, trade, clock } = service;
    const { placed, place, held, userId } = somebody();
    const { id } = await placed({ quantity: '3' });
    await trade('btcusdt', '100');
    faults.portfolio = 'silent';
    await trade('btcusdt', '99', (of) => [{ orderId: id, decide: by(of, '1', false) }]);
    const waiting = place({ quantity: '2', clientOrderId: 'waits' });
    // Both were done, and nobody has heard it.
    await becomes(
      passing(clock, 250, async () => held()),
      ['BTC 2.999 0', 'USDT 500 400'],
    );
    let isAnswered = false;
    void waiting.then(() => {
      isAnswered = true;
    });
    await becomes(
      passing(clock, 250, () => isAnswered),
      true,
    );
    await service.close();
    open = undefined;
    const after = await build({ portfolio, clock });
    const orders = async () =>
      (await after.as(userId).list()).orders.map(({ status, settled }) => `${status} ${settled}`);
    await soon(after, orders, ['NEW true', 'PARTIALLY_FILLED true']);
    expect(held()).toEqual(['BTC 2.999 0', 'USDT 500 400']);
  });

  it('says of a try too that there are as many open orders as there may be', async () => {
    const { somebody } = await build({ limits: { maxOpenOfSymbol: 1 } });
    const { place, test } = somebody();
    await place({ price: '1' });
    expect([await reasonOf(test({ price: '1' })), await reasonOf(place({ price: '1' }))]).toEqual([
      'too-many-orders',
      'too-many-orders',
    ]);
  });

  it('does not let a user have more orders than there may be', async () => {
    const { somebody } = await build({ limits: { maxASecond: 2, maxOpenOfSymbol: 3 } });
    const often = somebody();
    await often.place({ price: '1' });
    await often.place({ price: '1' });
    expect(await reasonOf(often.place({ price: '1' }))).toBe('too-many-orders');
  });

  it('shows orders of the other kind of prices as frozen, and takes no new ones there (F21)', async () => {
    const service = await build();
    const { somebody, exchange, clock } = service;
    const { placed, get, place } = somebody();
    const { id } = await placed();
    exchange.simulated = true;
    exchange.revision = '2';
    await becomes(
      passing(clock, 60_000, async () => (await get(id)).reason),
      'prices are simulated now',
    );
    expect(await get(id)).toMatchObject({ status: 'NEW', working: false });
    expect(await reasonOf(place())).toBe('wrong-kind');
  });

  it('ends orders of a symbol that was gone for a day (F18)', async () => {
    const service = await build();
    const { somebody, exchange, clock } = service;
    const { placed, get, held, place } = somebody();
    const { id } = await placed();
    exchange.symbols = exchange.symbols.map((one) => (one.symbol === 'btcusdt' ? { ...one, status: 'BREAK' } : one));
    exchange.revision = '3';
    const noted = async () => (await postgres.db.select().from(brokenSymbols)).map(({ symbol }) => symbol);
    await becomes(passing(clock, 60_000, noted), ['btcusdt']);
    clock.advance(24 * 3_600_000 - 600_000);
    expect((await get(id)).status).toBe('NEW');
    await becomes(
      passing(clock, 60_000, async () => (await get(id)).status),
      'EXPIRED',
    );
    expect((await get(id)).reason).toBe('symbol-gone');
    await soon(service, async () => held(), ['BTC 2 0', 'USDT 1000 0']);
    expect(await reasonOf(place({ symbol: 'ethusdt' }))).toBe('done');
  });

  it('lists orders from the newest on, in pages, and nobody else sees them', async () => {
    const { somebody } = await build();
    const { placed, list, userId } = somebody();
    const made = [await placed({ price: '1' }), await placed({ price: '2' }), await placed({ price: '3' })];
    const first = await list({ limit: 2 });
    expect(first.orders.map(({ id }) => id)).toEqual([made[2]?.id, made[1]?.id]);
    const second = await list({ limit: 2, cursor: first.next });
    expect([second.orders.map(({ id }) => id), second.next]).toEqual([[made[0]?.id], '']);
    expect((await list({ status: 'closed' })).orders).toEqual([]);
    expect((await somebody().list()).orders).toEqual([]);
    expect(await reasonOf(list({ limit: 501 }))).toBe('invalid_argument');
    expect(await reasonOf(list({ cursor: 'x' }))).toBe('invalid_argument');
    expect(await reasonOf(somebody().get(made[0]?.id ?? userId))).toBe('not-found');
  });

  it('takes no more orders for a portfolio that refused what it may not, and says so at its metrics', async () => {
    const service = await build();
    const { somebody, trade, portfolio, metrics } = service;
    const { placed, place, get } = somebody();
    const { id } = await placed();
    await trade('btcusdt', '100');
    // Another one had it released.
    await portfolio.reservations.release({
      reservationId: id,
      portfolioId: (await get(id)).portfolioId,
      reason: 'user',
    });
    await trade('btcusdt', '99', (of) => [{ orderId: id, decide: by(of, '1', true) }]);
    await soon(service, async () => reasonOf(place({ price: '1' })), 'under-review');
    expect(await get(id)).toMatchObject({ status: 'FILLED', settled: false });
    expect(await metrics()).toContain('tickfolio_orders_saga_jams_total 1');
  });

  it('is ready with its database, whatever else is away, and says what is', async () => {
    const { ready, faults, failTape } = await build();
    await becomes(async () => (await ready()).status, 200);
    faults.portfolio = 'away';
    failTape('no trades can be had');
    const { status, dependencies } = await ready();
    expect(status).toBe(200);
    expect(dependencies.portfolio?.reason).toContain('is away');
    expect(dependencies.tape?.reason).toContain('no trades can be had');
  });
});
