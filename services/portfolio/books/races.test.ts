import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { v7 as uuid7 } from 'uuid';
import { afterAll, describe, expect, it } from 'vitest';
import { newKey, openTestBooks, type TestBooks } from '../kit/books.js';
import { openServerDatabase } from '../kit/database.js';
import { faultsIn } from '../kit/invariants.js';
import { reasonOf } from '../kit/portfolio.js';

const server = await shareTestPostgres();

const countsOf = (words: readonly string[]) => {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};

describe.skipIf(!server)(`commands at once on a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  const opening = (async () => {
    if (!server) return undefined;
    const postgres = await openServerDatabase(server, 24);
    const replicas: TestBooks[] = [];
    // Of one replica only one command of a portfolio asks the database at a time.
    for (let replica = 0; replica < 12; replica++) replicas.push(await openTestBooks(postgres));
    return { postgres, replicas };
  })();
  afterAll(async () => {
    await (await opening)?.postgres.close();
  });
  const build = async () => {
    const replicas = (await opening)?.replicas ?? [];
    const [one] = replicas;
    if (!one) throw new Error('no server');
    const of = (at: number) => (replicas[at % replicas.length] ?? one).books;
    const reserve = (
      at: number,
      asked: { portfolioId: string; userId: string; requestId: string },
      amount: string,
      reservationId = uuid7(),
    ) => of(at).reservations.reserve({ ...asked, reservationId, for: 'order', asset: 'USDT', amount });
    const release = (at: number, { portfolioId }: { portfolioId: string }, reservationId: string) =>
      of(at).reservations.release({ portfolioId, reservationId, reason: 'cancelled', requestId: '' });
    const fund = (asked: { portfolioId: string; userId: string; requestId: string }, quantity: string) =>
      one.books.funding.fund({ ...asked, key: newKey(), asset: 'USDT', quantity });
    return { one, of, reserve, release, fund };
  };

  it('grant the last balance to exactly one of many orders, and never go below zero', async () => {
    const { one, reserve, fund } = await build();
    for (let round = 0; round < 10; round++) {
      const paper = await one.portfolio('paper');
      await fund(paper, '100');
      const words = await Promise.all(Array.from({ length: 20 }, (_, at) => reasonOf(reserve(at, paper, '100'))));
      expect(countsOf(words)).toEqual({ done: 1, 'insufficient-balance': 19 });
      expect(await one.held(paper)).toEqual(['version 21', 'USDT  0 100']);
    }
    expect(await faultsIn(one.db)).toEqual([]);
  });

  it('give as many orders their part as there are parts', async () => {
    const { one, reserve, fund } = await build();
    const paper = await one.portfolio('paper');
    await fund(paper, '10');
    const words = await Promise.all(Array.from({ length: 60 }, (_, at) => reasonOf(reserve(at, paper, '0.3'))));
    expect(countsOf(words)).toEqual({ done: 33, 'insufficient-balance': 27 }); // 33 × 0.3 = 9.9
    expect(await one.held(paper)).toEqual(['version 61', 'USDT  0.1 9.9']);
    const told = await one.told(paper.portfolioId);
    expect(told.map(({ version }) => version)).toEqual(Array.from({ length: 61 }, (_, at) => at + 1));
    expect(await faultsIn(one.db)).toEqual([]);
  });

  it('decide an id once, however often it is asked for, and answer the same', async () => {
    const { one, reserve, fund } = await build();
    const paper = await one.portfolio('paper');
    await fund(paper, '100');
    const id = uuid7();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => reserve(at, paper, '60', id)));
    expect(answers).toEqual(answers.map(() => ({ available: '40', reserved: '60', version: 2 })));
    const [other, another] = [uuid7(), uuid7()];
    const mixed = await Promise.all(
      Array.from({ length: 20 }, (_, at) => reasonOf(reserve(at, paper, at % 4 < 2 ? '30' : '20', other))),
    );
    expect(countsOf(mixed)).toEqual({ done: 10, 'different-request': 10 });
    // And where the portfolios differ, no lock of one keeps the other away.
    const second = await one.portfolio('paper');
    await fund(second, '100');
    const apart = await Promise.all(
      Array.from({ length: 20 }, (_, at) => reasonOf(reserve(at, at % 4 < 2 ? paper : second, '1', another))),
    );
    expect(countsOf(apart)).toEqual({ done: 10, 'different-request': 10 });
    expect(await faultsIn(one.db)).toEqual([]);
  });

  it('end with everything given back or nothing kept, whichever of an order and its end comes first', async () => {
    const { one, reserve, release, fund } = await build();
    const paper = await one.portfolio('paper');
    await fund(paper, '100');
    const seen: string[] = [];
    for (let round = 0; round < 40; round++) {
      const id = uuid7();
      const [asked, ended] = await Promise.all([
        reasonOf(reserve(round, paper, '100', id)),
        release(round + 1, paper, id),
      ]);
      expect([`done 100`, `already-voided 0`]).toContain(`${asked} ${ended.released}`);
      expect(await release(round, paper, id)).toEqual(ended);
      expect((await one.held(paper)).slice(1)).toEqual(['USDT  100 0']);
      seen.push(asked);
    }
    expect(await faultsIn(one.db)).toEqual([]);
  });

  it('take a coin away once where two take all of it', async () => {
    const { one, of } = await build();
    for (let round = 0; round < 10; round++) {
      const tracking = await one.portfolio('tracking');
      const change = (at: number, by: string) =>
        of(at).coins.change({ ...tracking, key: newKey(), symbol: 'btcusdt', asset: 'BTC', by });
      await change(0, '1.5');
      const words = await Promise.all(Array.from({ length: 8 }, (_, at) => reasonOf(change(at, '-1.5'))));
      expect(countsOf(words)).toEqual({ done: 1, 'not-held': 7 });
      expect(await one.held(tracking)).toEqual(['version 2']);
    }
    expect(await faultsIn(one.db)).toEqual([]);
  });

  it('do what one key asks for once, wherever it arrives', async () => {
    const { one, of } = await build();
    const tracking = await one.portfolio('tracking');
    const change = (at: number) =>
      of(at).coins.change({
        ...tracking,
        key: `wish-${at % 4}`,
        symbol: at % 4 < 2 ? 'btcusdt' : 'ethusdt',
        asset: at % 4 < 2 ? 'BTC' : 'ETH',
        by: '1',
      });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, at) => change(at)));
    for (const [at, answer] of answers.entries()) expect(answer).toEqual(answers[at % 4]);
    expect(await one.held(tracking)).toEqual(['version 4', 'BTC btcusdt 2 0', 'ETH ethusdt 2 0']);
    const undone = await Promise.all(
      Array.from({ length: 10 }, (_, at) => of(at).coins.undo({ ...tracking, changeId: answers[0]?.id ?? '' })),
    );
    expect(new Set(undone.map(({ id }) => id)).size).toBe(1);
    expect((await one.held(tracking))[0]).toBe('version 5');
    expect(await faultsIn(one.db)).toEqual([]);
  });

  it('let two transfers cross without waiting for each other for ever', async () => {
    const { one, of } = await build();
    const userId = uuid7();
    const [left, right] = [await one.portfolio('paper', { userId }), await one.portfolio('paper', { userId })];
    for (const paper of [left, right])
      await one.books.funding.fund({ ...paper, key: newKey(), asset: 'USDT', quantity: '1000' });
    const move = (at: number) => {
      const [from, to] = at % 4 < 2 ? [left, right] : [right, left];
      const ids = { from: from.portfolioId, to: to.portfolioId, userId, requestId: '', key: newKey() };
      return of(at).transfer({ ...ids, asset: 'USDT', quantity: at % 4 < 2 ? '3' : '2', networkFee: '0' });
    };
    const words = await Promise.all(Array.from({ length: 200 }, (_, at) => reasonOf(move(at))));
    expect(countsOf(words)).toEqual({ done: 200 });
    expect([await one.held(left), await one.held(right)]).toEqual([
      ['version 201', 'USDT  900 0'],
      ['version 201', 'USDT  1100 0'],
    ]);
    expect(await faultsIn(one.db)).toEqual([]);
  });

  it('settle the fills of one order in whatever order they come, each once', async () => {
    const { one, of, reserve, fund } = await build();
    const paper = await one.portfolio('paper');
    await fund(paper, '1000');
    const order = uuid7();
    await reserve(0, paper, '1000', order);
    const fills = Array.from({ length: 10 }, () => uuid7());
    const settle = (at: number) => {
      const about = {
        fillId: fills[at % 10] ?? '',
        reservationId: order,
        portfolioId: paper.portfolioId,
        requestId: '',
      };
      const [take, give] = [
        { asset: 'USDT', amount: '99.5' },
        { asset: 'BTC', via: 'btcusdt', amount: '0.001' },
      ];
      return of(at).settle({ ...about, take, give, fees: [{ asset: 'BTC', amount: '0.000001' }] });
    };
    const words = await Promise.all(Array.from({ length: 40 }, (_, at) => reasonOf(settle(at))));
    expect(countsOf(words)).toEqual({ done: 40 });
    expect(await one.held(paper)).toEqual(['version 32', 'BTC btcusdt 0.00999 0', 'USDT  0 5']);
    expect(await faultsIn(one.db)).toEqual([]);
  });
});
