import { randomUUID } from 'node:crypto';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase, openServerDatabase } from './kit/database.js';
import { connectHoldings } from './kit/holdings.js';
import { faultsIn } from './kit/invariants.js';
import { reasonOf, startTestPortfolio } from './kit/portfolio.js';

const open = async (postgres: Postgres) => {
  const service = await startTestPortfolio(postgres);
  const holdings = connectHoldings(service.app.port);
  return {
    ...service,
    begin: holdings.begin,
    /** Somebody new, with their portfolios and coins. */
    holder: () => {
      const user = service.somebody();
      return { ...user, ...holdings.as(user.userId) };
    },
    ofPortfolio: holdings.as,
    close: async () => {
      holdings.close();
      await service.close();
    },
  };
};

describe('a coin, over gRPC', () => {
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

  it('cannot be held before it is known which numbers coins have elsewhere', async () => {
    const { change, remove, adopt } = service.holder();
    for (const tried of [change('1'), change('-1'), remove()])
      await expect(tried).rejects.toMatchObject({
        code: 'failed_precondition',
        fields: [{ reason: 'adoption-not-begun' }],
      });
    expect(await reasonOf(adopt([]))).toBe('adoption-not-begun');
    await service.begin(0);
    expect(await reasonOf(change('1'))).toBe('done');
  });

  it('is answered whole: its number, what it was before, and the version of the portfolio', async () => {
    const { change, remove, coins, get, userId } = service.holder();
    const { id: portfolioId } = await get('default');
    const first = await change('1.50');
    expect(first).toMatchObject({ before: '0', after: '1.5', portfolioId });
    expect(first.coin).toMatchObject({ asset: 'BTC', via: 'btcusdt', available: '1.5', reserved: '0', version: 1 });
    const second = await change('-0.000000000000000001');
    expect(second).toMatchObject({ before: '1.5', after: '1.499999999999999999', coin: { version: 2 } });
    expect(second.coin?.id).toBe(first.coin?.id);
    expect(await coins()).toEqual({ portfolioId, version: 2, coins: [second.coin] });
    expect(await remove()).toMatchObject({ before: '1.499999999999999999', after: '0', coin: { available: '0' } });
    expect(await coins()).toEqual({ portfolioId, version: 3, coins: [] });
    expect(await service.ofPortfolio(userId, portfolioId.toUpperCase()).change('2')).toMatchObject({ portfolioId });
  });

  it('is not said before all is taken over, so that whoever hands over goes on', async () => {
    const { change, coins, get, userId } = service.holder();
    await change('1');
    const { id: portfolioId } = await get('default');
    const set = (adopting: boolean) =>
      postgres.db.execute(sql`update portfolios set adopting = ${adopting} where id = ${portfolioId}`);
    await set(true);
    expect(await coins()).toEqual({ portfolioId, version: 0, coins: [] });
    expect(await service.as(userId).balances('default')).toMatchObject({ version: 1, balances: [{ available: '1' }] });
    await set(false);
    expect(await coins()).toMatchObject({ version: 1, coins: [{ available: '1' }] });
  });

  it('comes back with an undo, once', async () => {
    const { change, remove, undo, coins } = service.holder();
    await change('3');
    const gone = await remove();
    const back = await undo(gone.id);
    expect(back).toMatchObject({ before: '0', after: '3' });
    expect(await undo(gone.id)).toEqual(back);
    expect((await coins()).version).toBe(3);
    expect(await reasonOf(service.holder().undo(gone.id))).toBe('unknown-change');
  });

  it('that cannot be changed so is refused with a word, and nothing is changed', async () => {
    const { change, remove, coins, create, archive, get, list, userId } = service.holder();
    await change('1', { key: 'one' });
    await expect(change('-1.1')).rejects.toMatchObject({
      code: 'failed_precondition',
      message: '1 btcusdt is held; -1.1 would make it negative. Nothing was changed.',
      fields: [{ field: 'quantity', reason: 'more-than-held' }],
      facts: { available: '1' },
    });
    await expect(remove('ethusdt')).rejects.toMatchObject({ code: 'not_found', fields: [{ reason: 'not-held' }] });
    expect(await reasonOf(change('-1', { symbol: 'ethusdt', asset: 'ETH' }))).toBe('not-held');
    expect(await reasonOf(change('1', { symbol: 'ethusdt', asset: '' }))).toBe('not-held');
    expect(await reasonOf(change('2', { key: 'one' }))).toBe('different-request');
    expect(await reasonOf(change('0'))).toBe('quantity-shape');
    expect(await reasonOf(change(`1${'0'.repeat(20)}`))).toBe('quantity-shape');
    expect(await reasonOf(change('1', { key: '' }))).toBe('invalid-argument');
    expect(await reasonOf(change('99999999999999999999'))).toBe('quantity-too-large');
    const paper = (await list()).portfolios.find(({ kind }) => kind === 'paper')?.id ?? '';
    const away = (await create({ name: 'Away' })).id;
    await archive(away);
    const stranger = service.holder();
    await stranger.get('default');
    const others = (await get('default')).id;
    const tried = [
      service.ofPortfolio(userId, paper).change('1'),
      service.ofPortfolio(userId, away).change('1'),
      service.ofPortfolio(stranger.userId, others).change('1'),
      service.ofPortfolio(stranger.userId, others).coins(),
    ];
    expect(await Promise.all(tried.map(reasonOf))).toEqual(['wrong-kind', 'archived', 'not-found', 'not-found']);
    expect((await coins()).coins).toMatchObject([{ available: '1', version: 1 }]);
    expect(await reasonOf(service.ofPortfolio('').coins())).toBe('invalid_argument');
  });

  it('is not changed by a database that is one of before: of whose portfolio more was heard than there is', async () => {
    const { change, remove, undo, coins, userId } = service.holder();
    const first = await change('1', { key: 'one' });
    const heard = (version: number) => service.ofPortfolio(userId, 'default', version);
    const { change: add, ...later } = heard(2);
    for (const tried of [add('1'), add('1', { key: 'one' }), later.remove(), later.undo(first.id)])
      await expect(tried).rejects.toMatchObject({
        code: 'failed_precondition',
        fields: [{ field: 'heard_version', reason: 'restored' }],
      });
    expect((await coins()).version).toBe(1);
    expect((await heard(1).change('1')).after).toBe('2');
    expect((await heard(1).change('1')).after).toBe('3'); // Others changed it meanwhile.
    expect(await reasonOf(undo(first.id))).toBe('done');
    expect(await reasonOf(remove())).toBe('done');
  });

  it('is asked for again without being changed, where it may not be changed any more', async () => {
    const { change, coins } = service.holder();
    expect(await reasonOf(change('1', { key: 'asked', onlyRepeat: true }))).toBe('unknown-change');
    const made = await change('1', { key: 'asked' });
    expect(await change('1', { key: 'asked', onlyRepeat: true })).toEqual(made);
    expect(await reasonOf(change('2', { key: 'asked', onlyRepeat: true }))).toBe('different-request');
    expect(await reasonOf(change('1', { key: 'other', onlyRepeat: true }))).toBe('unknown-change');
    expect((await coins()).coins).toMatchObject([{ available: '1', version: 1 }]);
  });

  it('is told with what it cost then', async () => {
    const { change, get } = service.holder();
    await change('2', { price: '68123.450' });
    const told = await service.listEvents(`balances:${(await get('default')).id}`);
    expect(told).toMatchObject([{ type: 'balance.updated', data: { reason: 'manual', observedPrice: '68123.45' } }]);
    expect(await reasonOf(change('2', { price: '-1' }))).toBe('quantity-shape');
  });

  it('of a deleted account is gone', async () => {
    const { userId, change, adopt } = service.holder();
    await service.tell(userId, 'user.created');
    await change('1');
    await service.tell(userId, 'user.deleted');
    await becomes(() => {
      service.clock.advance(25); // Messages are gathered for a moment, and rows erased with pauses.
      return reasonOf(change('1'));
    }, 'gone');
    expect(await reasonOf(adopt([]))).toBe('gone');
  });
});

const server = await shareTestPostgres();

describe.skipIf(!server)(`coins changed at once, over gRPC (${server?.origin ?? 'no server: NOT COVERED'})`, () => {
  let postgres: Postgres | undefined;
  const replicas: Awaited<ReturnType<typeof open>>[] = [];
  beforeAll(async () => {
    if (!server) return;
    postgres = await openServerDatabase(server, 20);
    for (let replica = 0; replica < 3; replica++) replicas.push(await open(postgres));
    await replicas[0]?.begin(0);
  });
  afterAll(async () => {
    for (const replica of replicas) await replica.close();
    await postgres?.close();
  });
  const build = async () => {
    const [one] = replicas;
    if (!postgres || !one) throw new Error('no server');
    const userId = randomUUID();
    const of = (at: number) => (replicas[at % replicas.length] ?? one).ofPortfolio(userId);
    return { postgres, of, ...of(0) };
  };
  const countsOf = (words: readonly string[]) =>
    Object.fromEntries([...new Set(words)].sort().map((word) => [word, words.filter((one) => one === word).length]));

  it('give the whole amount to exactly one of two, and of many', async () => {
    const { of, change, coins, postgres } = await build();
    for (let round = 1; round <= 20; round++) {
      await change('0.5');
      const many = round % 2 === 0 ? 30 : 2;
      const words = await Promise.all(Array.from({ length: many }, (_, at) => reasonOf(of(at).change('-0.5'))));
      expect(words.filter((word) => word === 'done')).toHaveLength(1);
      // Who comes before it is gone is told how much there is, who comes after that none is held.
      expect(words.every((word) => ['done', 'more-than-held', 'not-held'].includes(word))).toBe(true);
      expect(await coins()).toMatchObject({ version: 2 * round, coins: [] });
    }
    expect(await faultsIn(postgres.db)).toEqual([]);
  });

  it('are made once under one key by whoever asks, and answered the same', async () => {
    const { of, coins } = await build();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 30 }, (_, at) => of(at).change('2', { key })));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const mixed = await Promise.all(
      Array.from({ length: 30 }, (_, at) => reasonOf(of(at).change(at % 2 === 0 ? '2' : '3', { key }))),
    );
    expect(countsOf(mixed)).toEqual({ 'different-request': 15, done: 15 });
    expect((await coins()).coins).toMatchObject([{ available: '2', version: 1 }]);
  });

  it('are made once although the answer came too late and the call was repeated', async () => {
    const { change, coins, postgres } = await build();
    await change('1');
    const key = randomUUID();
    let late = '';
    await postgres.db.transaction(async (tx) => {
      await tx.execute(sql`select 1 from portfolios for update`);
      late = await reasonOf(change('-1', { key, within: 200 }));
    });
    expect(late).toBe('deadline_exceeded');
    const repeated = await change('-1', { key });
    expect(repeated).toMatchObject({ before: '1', after: '0' });
    expect(await change('-1', { key })).toEqual(repeated);
    expect(await coins()).toMatchObject({ version: 2, coins: [] });
  });

  it('are each in the books when many change one coin', async () => {
    const { of, coins, postgres } = await build();
    await Promise.all(Array.from({ length: 90 }, (_, at) => of(at).change('0.000000000000000001')));
    expect(await coins()).toMatchObject({ version: 90, coins: [{ available: '0.00000000000000009' }] });
    expect(await faultsIn(postgres.db)).toEqual([]);
  });
});
