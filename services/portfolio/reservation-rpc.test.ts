import { randomUUID } from 'node:crypto';
import { ReservationServiceClient } from '@tickfolio/gen/portfolio/v1/reservation';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { v7 as uuid7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase, openServerDatabase } from './kit/database.js';
import { faultsIn } from './kit/invariants.js';
import { reasonOf, startTestPortfolio } from './kit/portfolio.js';

const open = async (postgres: Postgres) => {
  const service = await startTestPortfolio(postgres);
  const client = createGrpcClient(ReservationServiceClient, `127.0.0.1:${service.app.port}`);
  const options = { deadlineMs: 60_000, waitForReady: true };
  /** Of somebody's paper money. */
  const ordersOf = ({ userId, portfolioId }: { readonly userId: string; readonly portfolioId: string }) => ({
    reserve: (amount: string, { id = uuid7(), kind = 'order', asset = 'USDT', within = 20_000 } = {}) => {
      const request = { reservationId: id, portfolioId, userId, kind, asset, amount, brings: undefined };
      return callUnary(client, client.reserve, request, { ...options, deadlineMs: within });
    },
    /** Buys for so much of what is kept. */
    settle: (reservationId: string, { paid = '40', got = '0.001', fees = ['0.000001'], fillId = uuid7() } = {}) => {
      const take = { asset: 'USDT', amount: paid };
      const give = { asset: 'BTC', via: 'btcusdt', amount: got };
      const charged = fees.map((amount) => ({ asset: 'BTC', amount }));
      return callUnary(
        client,
        client.settle,
        { fillId, reservationId, portfolioId, take, give, fees: charged },
        options,
      );
    },
    release: (reservationId: string, reason = 'cancelled') =>
      callUnary(client, client.release, { reservationId, portfolioId, reason }, options),
  });
  return {
    ...service,
    ordersOf,
    /** Somebody new with 10,000 USDT of paper money. */
    trader: async () => {
      const user = service.somebody();
      const portfolioId = (await user.list()).portfolios.find(({ kind }) => kind === 'paper')?.id ?? '';
      const { userId } = user;
      return { ...user, portfolioId, held: () => user.balances(portfolioId), ...ordersOf({ userId, portfolioId }) };
    },
    reservation: (reservationId: string) => callUnary(client, client.getReservation, { reservationId }, options),
    reservations: (after: string, limit: number) =>
      callUnary(client, client.listReservations, { after, limit }, options),
    close: async () => {
      client.close();
      await service.close();
    },
  };
};

describe('what is kept for an order, over gRPC', () => {
  let postgres: Postgres;
  let service: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    postgres = await openEmbeddedDatabase();
    service = await open(postgres);
  });
  afterAll(async () => {
    await service.close();
    await postgres.close();
  });

  it('cannot be used otherwise, is paid out of when a fill comes, and comes back when the order ends', async () => {
    const { reserve, settle, release, held, portfolioId } = await service.trader();
    const id = uuid7();
    expect(await reserve('100', { id })).toEqual({ state: 'held', available: '9900', reserved: '100', version: 2 });
    expect(await settle(id)).toEqual({ remaining: '60', fee: { asset: 'BTC', amount: '0.000001' }, version: 5 });
    expect(await settle(id, { paid: '10', fees: [] })).toEqual({ remaining: '50', fee: undefined, version: 7 });
    expect(await release(id)).toEqual({ released: '50' });
    expect((await held()).balances.map(({ asset, available, reserved }) => [asset, available, reserved])).toEqual([
      ['USDT', '9950', '0'],
      ['BTC', '0.001999', '0'],
    ]);
    expect(await service.reservation(id)).toMatchObject({
      ...{ id, portfolioId, kind: 'order', asset: 'USDT', amount: '100', remaining: '0', released: '50' },
      ...{ state: 'closed', reason: 'cancelled' },
    });
    expect(await faultsIn(postgres.db)).toEqual([]);
  });

  it('is decided once, whatever is decided, and another request under its id is told apart', async () => {
    const { reserve, settle, release, fund, portfolioId } = await service.trader();
    const [kept, refused, voided, fillId] = [uuid7(), uuid7(), uuid7(), uuid7()];
    const first = await reserve('100', { id: kept });
    await reserve('100');
    expect(await reserve('100.0', { id: kept })).toEqual(first);
    expect(await reasonOf(reserve('101', { id: kept }))).toBe('different-request');
    expect(await reasonOf(reserve('100', { id: kept, kind: 'execution' }))).toBe('different-request');
    await expect(reserve('9999', { id: refused })).rejects.toMatchObject({
      code: 'failed_precondition',
      problem: 'insufficient-balance',
      facts: { asset: 'USDT', available: '9800', needed: '9999' },
    });
    await fund(portfolioId, '1000');
    expect(await reasonOf(reserve('9999', { id: refused }))).toBe('insufficient-balance');
    expect(await service.reservation(refused)).toMatchObject({ state: 'refused', reason: 'insufficient-balance' });
    expect(await release(voided)).toEqual({ released: '0' });
    expect(await reasonOf(reserve('1', { id: voided }))).toBe('already-voided');
    const settled = await settle(kept, { fillId });
    expect(await settle(kept, { fillId })).toEqual(settled);
    expect(await reasonOf(settle(kept, { fillId, paid: '41' }))).toBe('different-request');
    await expect(settle(kept, { fillId, paid: '41' })).rejects.toMatchObject({ code: 'already_exists' });
    expect(await release(kept)).toEqual({ released: '60' });
    expect(await release(kept)).toEqual({ released: '60' });
  });

  it('that somebody’s figures do not fit is refused with a word, and nothing is changed', async () => {
    const { reserve, settle, release, held, userId } = await service.trader();
    const id = uuid7();
    await reserve('100', { id });
    const { version } = await held();
    expect(await reasonOf(settle(id, { paid: '100.01' }))).toBe('exceeds-reservation');
    expect(await reasonOf(settle(id, { got: '0.001', fees: ['1'] }))).toBe('insufficient-balance');
    expect(await reasonOf(settle(id, { fees: Array.from({ length: 9 }, () => '0') }))).toBe('invalid_argument');
    expect(await reasonOf(settle(uuid7()))).toBe('unknown-reservation');
    expect(await reasonOf(reserve('0'))).toBe('quantity-shape');
    expect(await reasonOf(reserve('1', { kind: 'bet' }))).toBe('invalid_argument');
    expect(await reasonOf(reserve('1', { id: 'one' }))).toBe('invalid-argument');
    expect(await reasonOf(release(id, 'No word!'))).toBe('invalid_argument');
    const stranger = await service.trader();
    const { portfolioId } = stranger;
    expect(await reasonOf(service.ordersOf({ userId, portfolioId }).reserve('1'))).toBe('gone');
    const tracking = (await stranger.get('default')).id;
    const owned = service.ordersOf({ userId: stranger.userId, portfolioId: tracking });
    expect(await reasonOf(owned.reserve('1'))).toBe('wrong-kind');
    const nowhere = service.ordersOf({ userId, portfolioId: uuid7() });
    const tried = [nowhere.reserve('1'), nowhere.settle(id), nowhere.release(id)];
    expect(await Promise.all(tried.map(reasonOf))).toEqual(['gone', 'gone', 'gone']);
    expect((await held()).version).toBe(version);
    expect(await reasonOf(service.reservation(uuid7()))).toBe('unknown-reservation');
    expect(await reasonOf(service.reservation('one'))).toBe('unknown-reservation');
  });

  it('is told to services of all portfolios in pages, each once', async () => {
    const { reserve } = await service.trader();
    const wanted = Array.from({ length: 5 }, () => uuid7());
    for (const id of wanted) await reserve('1', { id });
    const found: string[] = [];
    let after = '';
    do {
      const page = await service.reservations(after, 2);
      found.push(...page.reservations.map(({ id }) => id));
      after = page.next;
    } while (after !== '');
    expect(found).toEqual(expect.arrayContaining(wanted));
    expect(new Set(found).size).toBe(found.length);
    expect(await reasonOf(service.reservations('', 501))).toBe('invalid_argument');
    expect(await reasonOf(service.reservations('somewhere', 1))).toBe('invalid_argument');
  });
});

const server = await shareTestPostgres();

describe.skipIf(!server)(`orders at once, over gRPC (${server?.origin ?? 'no server: NOT COVERED'})`, () => {
  let postgres: Postgres | undefined;
  const replicas: Awaited<ReturnType<typeof open>>[] = [];
  beforeAll(async () => {
    if (!server) return;
    postgres = await openServerDatabase(server, 20);
    for (let replica = 0; replica < 3; replica++) replicas.push(await open(postgres));
  });
  afterAll(async () => {
    for (const replica of replicas) await replica.close();
    await postgres?.close();
  });
  const build = async () => {
    const [one] = replicas;
    if (!postgres || !one) throw new Error('no server');
    const trader = await one.trader();
    const of = (at: number) => (replicas[at % replicas.length] ?? one).ordersOf(trader);
    return { postgres, ...trader, of };
  };

  it('of which each wants the whole amount: exactly one gets it', async () => {
    for (let round = 0; round < 5; round++) {
      const { of, held, postgres } = await build();
      const words = await Promise.all(Array.from({ length: 20 }, (_, at) => reasonOf(of(at).reserve('10000'))));
      expect(words.filter((word) => word === 'done')).toHaveLength(1);
      expect(words.filter((word) => word === 'insufficient-balance')).toHaveLength(19);
      expect((await held()).balances).toMatchObject([{ available: '0', reserved: '10000' }]);
      expect(await faultsIn(postgres.db)).toEqual([]);
    }
  });

  it('are decided although the answer came too late: reserved once when asked again, void when given up', async () => {
    const { of, reserve, release, held, postgres } = await build();
    const [again, given] = [uuid7(), uuid7()];
    await postgres.db.transaction(async (tx) => {
      await tx.execute(sql`select 1 from portfolios for update`);
      const late = [reserve('100', { id: again, within: 200 }), of(1).reserve('100', { id: given, within: 200 })];
      expect(await Promise.all(late.map(reasonOf))).toEqual(['deadline_exceeded', 'deadline_exceeded']);
    });
    await release(given);
    expect(await reserve('100', { id: again })).toMatchObject({ state: 'held' });
    expect((await held()).balances).toMatchObject([{ available: '9900', reserved: '100' }]);
    // Whichever came first, the order that was given up holds nothing and never will.
    expect(await reasonOf(of(2).reserve('100', { id: given }))).not.toBe('insufficient-balance');
    expect((await held()).balances).toMatchObject([{ available: '9900', reserved: '100' }]);
    expect(await faultsIn(postgres.db)).toEqual([]);
  });

  it('and their fills are each booked once, in whatever order and however often they come', async () => {
    const { of, held, postgres } = await build();
    const id = randomUUID();
    await of(0).reserve('1000', { id });
    const fills = Array.from({ length: 10 }, () => uuid7());
    const fill = (at: number) => of(at).settle(id, { paid: '99', fillId: fills[at % fills.length] ?? '' });
    await Promise.all(Array.from({ length: 60 }, (_, at) => fill(at)));
    expect((await held()).balances).toMatchObject([
      { asset: 'USDT', available: '9000', reserved: '10' },
      { asset: 'BTC', available: '0.00999', reserved: '0' },
    ]);
    expect(await faultsIn(postgres.db)).toEqual([]);
  });
});
