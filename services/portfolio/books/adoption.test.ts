import { AppError } from '@tickfolio/lib/errors';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { v7 as uuid7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newKey, openTestBooks, type TestBooks } from '../kit/books.js';
import { openEmbeddedDatabase, openServerDatabase } from '../kit/database.js';
import { coinElsewhere } from '../kit/holdings.js';
import { faultsIn } from '../kit/invariants.js';
import { reasonOf } from '../kit/portfolio.js';

const most = `${'9'.repeat(20)}.${'9'.repeat(18)}`;
const least = '0.000000000000000001';

type Owner = Awaited<ReturnType<TestBooks['portfolio']>>;

const adopt = ({ books }: TestBooks, owner: Owner, coins: readonly ReturnType<typeof coinElsewhere>[]) =>
  books.adoption.adopt({ ...owner, coins });
const add = ({ books }: TestBooks, owner: Owner, by: string, symbol = 'btcusdt', asset = 'BTC') =>
  books.coins.change({ ...owner, key: newKey(), symbol, asset, by });
const manyCoins = (count: number) =>
  Array.from({ length: count }, (_, at) => coinElsewhere(at + 1, `c${at}usdt`, `${at + 1}.5`));
const fundedPaper = async (real: TestBooks) => {
  const paper = await real.portfolio('paper');
  await real.books.funding.fund({ ...paper, key: newKey(), asset: 'USDT', quantity: '10000' });
  return paper;
};
const balancesOf = async ({ books }: TestBooks, { portfolioId, userId }: Owner) =>
  (await books.readings.balances(portfolioId, userId)).balances;

describe('coins that were counted elsewhere', () => {
  const opened: Postgres[] = [];
  afterEach(async () => {
    for (const postgres of opened.splice(0)) await postgres.close();
  });
  const build = async (highestId: number | 'unsaid' = 300) => {
    const postgres = await openEmbeddedDatabase();
    opened.push(postgres);
    let made = 0;
    let left = Number.POSITIVE_INFINITY;
    const db: typeof postgres.db = Object.create(postgres.db);
    db.transaction = (...asked) => {
      if (left-- <= 0) throw new AppError('unavailable', 'The database is away.');
      made++;
      return postgres.db.transaction(...asked);
    };
    const real = await openTestBooks({ ...postgres, db }, undefined, highestId);
    const owner = await real.portfolio('tracking');
    made = 0;
    return {
      ...{ real, owner },
      /** How many transactions there were. */
      made: () => made,
      /** The database goes away after so many more. */
      cutOffAfter: (transactions: number) => {
        left = transactions;
      },
    };
  };

  it('are held here with their numbers, times and every digit, and it is told', async () => {
    const { real, owner } = await build();
    const coins = [
      coinElsewhere(7, 'btcusdt', '1.500'),
      coinElsewhere(9, 'btceur', most, 'EUR'),
      coinElsewhere(300, 'ethusdt', least),
    ];
    const adopted = await adopt(real, owner, coins);
    expect(adopted).toMatchObject({ portfolioId: owner.portfolioId, version: 3 });
    const held = await balancesOf(real, owner);
    expect(adopted.coins).toEqual(held);
    expect(held.map(({ id, asset, via, available, createdAtMs }) => [id, asset, via, available, createdAtMs])).toEqual([
      [7, 'BTC', 'btcusdt', '1.5', coins[0]?.createdAtMs],
      [9, 'BTC', 'btceur', most, coins[1]?.createdAtMs],
      [300, 'ETH', 'ethusdt', least, coins[2]?.createdAtMs],
    ]);
    expect(await real.told(owner.portfolioId)).toMatchObject([
      {
        version: 1,
        type: 'balance.updated',
        balanceId: 7,
        available: '1.5',
        change: { available: '1.5', reserved: '0' },
        reason: 'adopt',
        createdAt: '2026-01-27T10:00:00.007Z',
      },
      { version: 2, balanceId: 9, available: most, reason: 'adopt' },
      { version: 3, balanceId: 300, available: least, reason: 'adopt' },
    ]);
    const { rows } = (await real.db.execute(
      sql`select account, sum(amount)::text as sum from entries where asset = 'ETH' group by account order by account`,
    )) as unknown as { rows: unknown[] };
    expect(rows).toEqual([
      { account: 'available', sum: least },
      { account: 'outside', sum: `-${least}` },
    ]);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('are taken over once: a repeat is answered the same whatever it says, also when they changed meanwhile', async () => {
    const { real, owner } = await build();
    const first = await adopt(real, owner, [coinElsewhere(7, 'btcusdt', '1')]);
    await add(real, owner, '2');
    expect(await adopt(real, owner, [coinElsewhere(7, 'btcusdt', '1')])).toEqual(first);
    expect(await adopt(real, owner, [coinElsewhere(8, 'ethusdt', '5')])).toEqual(first);
    expect(await real.held(owner)).toEqual(['version 2', 'BTC btcusdt 3 0']);
    // Of somebody who had nothing, too.
    const nobody = await real.portfolio('tracking');
    expect(await adopt(real, nobody, [])).toMatchObject({ version: 0, coins: [] });
    expect(await adopt(real, nobody, [coinElsewhere(9, 'btcusdt', '1')])).toMatchObject({ version: 0, coins: [] });
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('of which nothing is left are not taken over, and their numbers are not given again', async () => {
    const { real, owner } = await build();
    const coins = [coinElsewhere(7, 'btcusdt', '0'), coinElsewhere(8, 'ethusdt', '0.00')];
    expect(await adopt(real, owner, coins)).toMatchObject({ version: 0, coins: [] });
    expect((await add(real, owner, '1')).coin.id).toBe(1_000_000);
  });

  it('are named by what the symbol is of, also where it is not listed any more or is long', async () => {
    const { real, owner } = await build();
    const long = `${'x'.repeat(28)}usdt`;
    await adopt(real, owner, [
      coinElsewhere(1, 'lunabusd', '1', 'BUSD'),
      coinElsewhere(2, long, '2'),
      coinElsewhere(3, 'goneforever', '3'),
      coinElsewhere(4, '币安人生usdt', '4'),
      coinElsewhere(5, 'USDTUSDT', '5'),
    ]);
    expect((await balancesOf(real, owner)).map(({ asset, via }) => `${asset} ${via}`)).toEqual([
      'LUNA lunabusd',
      `${'X'.repeat(28)} ${long}`,
      'GONEFOREVER goneforever',
      '币安人生 币安人生usdt',
      'USDT usdtusdt',
    ]);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('may be more than anybody gets here, and nobody waits for more than 50 of them', {
    timeout: 300_000,
  }, async () => {
    const { real, owner, made } = await build(600);
    const many = manyCoins(501);
    const adopted = await adopt(real, owner, many);
    expect(adopted.version).toBe(501);
    expect(adopted.coins.map(({ id }) => id)).toEqual(many.map(({ id }) => id));
    expect((await real.told(owner.portfolioId)).map(({ version }) => version)).toEqual(many.map((_, at) => at + 1));
    expect(made()).toBe(Math.ceil(501 / 50));
    expect(await adopt(real, owner, [])).toEqual(adopted);
    // They are changed as others are, and none comes to them.
    await add(real, owner, '1', 'c0usdt', 'C0');
    expect(await reasonOf(add(real, owner, '1'))).toBe('too-many-coins');
    expect(await faultsIn(real.db)).toEqual([]);
    const tooMany = manyCoins(10_001);
    expect(await reasonOf(adopt(real, await real.portfolio('tracking'), tooMany))).toBe('invalid-argument');
  });

  it('are taken over to the end by whoever asks again, where that was cut off', { timeout: 300_000 }, async () => {
    const { real, owner, cutOffAfter } = await build(300);
    const many = manyCoins(120);
    cutOffAfter(2);
    await expect(adopt(real, owner, many)).rejects.toMatchObject({ code: 'unavailable' });
    const { readings } = real.books;
    expect(await readings.balances(owner.portfolioId, owner.userId)).toMatchObject({ adopting: true, version: 100 });
    expect(await faultsIn(real.db)).toEqual([]);
    cutOffAfter(Number.POSITIVE_INFINITY);
    const [adopted, other] = await Promise.all([adopt(real, owner, many), adopt(real, owner, many)]);
    expect(other).toEqual(adopted);
    const { version, adopting, balances } = await readings.balances(owner.portfolioId, owner.userId);
    expect(adopted).toEqual({ portfolioId: owner.portfolioId, version: 120, coins: balances });
    expect([version, adopting]).toEqual([120, false]);
    expect(balances.map(({ id, via, available }) => [id, via, available])).toEqual(
      many.map(({ id, symbol, quantity }) => [id, symbol, quantity]),
    );
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('are what was said of them last, where that is something else than before it was cut off', async () => {
    const { real, owner, cutOffAfter } = await build(300);
    const many = manyCoins(60);
    cutOffAfter(1);
    await expect(adopt(real, owner, many)).rejects.toMatchObject({ code: 'unavailable' });
    cutOffAfter(Number.POSITIVE_INFINITY);
    const [first, second, third] = many;
    if (!first || !second || !third) return expect.unreachable();
    const said = [
      { ...first, quantity: '7' },
      { ...third, quantity: '0.25' },
      ...many.slice(3, 55),
      coinElsewhere(200, 'newusdt', '9'),
    ];
    const adopted = await adopt(real, owner, said);
    const held = (await balancesOf(real, owner)).map(({ id, via, available }) => [id, via, available]);
    expect(held).toEqual(said.map(({ id, symbol, quantity }) => [id, symbol, quantity]));
    expect(adopted.coins.map(({ id, via, available }) => [id, via, available]).sort()).toEqual(held.sort());
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('come on top of what is held here already', async () => {
    const { real, owner } = await build();
    const { coin } = await add(real, owner, '1');
    await adopt(real, owner, [coinElsewhere(7, 'btcusdt', '2'), coinElsewhere(8, 'ethusdt', '4')]);
    expect((await balancesOf(real, owner)).map(({ id, via, available }) => [id, via, available])).toEqual([
      [8, 'ethusdt', '4'],
      [coin.id, 'btcusdt', '3'],
    ]);
  });

  it('are refused with the field where they cannot be, and nothing is taken over', async () => {
    const { real, owner } = await build();
    const one = coinElsewhere(7, 'btcusdt', '1');
    for (const wrong of [
      [{ ...one, quantity: '-1' }],
      [{ ...one, quantity: '1e3' }],
      [{ ...one, symbol: '' }],
      [{ ...one, symbol: 'a b' }],
      [{ ...one, id: 0 }],
      [{ ...one, createdAtMs: 0 }],
      [one, { ...one, symbol: 'ethusdt' }],
      [one, { ...one, id: 8, symbol: 'BTCUSDT' }],
    ])
      await expect(adopt(real, owner, wrong)).rejects.toMatchObject({
        code: 'invalid_argument',
        fields: [{ field: 'coins' }],
      });
    const stranger = { ...owner, userId: 'somebody else' };
    expect(await reasonOf(adopt(real, stranger, [one]))).toBe('not-found');
    expect(await reasonOf(adopt(real, { ...owner, portfolioId: uuid7() }, [one]))).toBe('gone');
    expect(await reasonOf(adopt(real, await real.portfolio('paper'), [one]))).toBe('wrong-kind');
    expect(await real.held(owner)).toEqual(['version 0']);
    await adopt(real, owner, [one]);
  });

  it('wait until their numbers are kept free, from the next full million on, which is said once', async () => {
    const { real, owner } = await build('unsaid');
    const one = coinElsewhere(7, 'btcusdt', '1');
    expect(await reasonOf(adopt(real, owner, [one]))).toBe('adoption-not-begun');
    expect(await reasonOf(add(real, owner, '1'))).toBe('adoption-not-begun');
    for (const wrong of [-1, 1.5, Number.NaN])
      expect(await reasonOf(real.books.adoption.begin(wrong))).toBe('invalid-argument');
    expect(await real.books.adoption.begin(1_000_000)).toBe(2_000_000);
    expect(await real.books.adoption.begin(7_500_000)).toBe(2_000_000);
    expect((await add(real, owner, '1', 'ethusdt', 'ETH')).coin.id).toBe(2_000_000);
    await adopt(real, owner, [coinElsewhere(1_000_001, 'btcusdt', '1')]); // Made by a gateway of before meanwhile.
    expect((await balancesOf(real, owner)).map(({ id }) => id)).toEqual([1_000_001, 2_000_000]);
  });

  it('that had their numbers from here, before a restore, get others', async () => {
    const { real, owner } = await build();
    const other = await real.portfolio('tracking');
    const { coin } = await add(real, other, '5');
    const adopted = await adopt(real, owner, [
      coinElsewhere(7, 'btcusdt', '1'),
      coinElsewhere(coin.id, 'ethusdt', '2'),
      coinElsewhere(1_000_700, 'bnbusdt', '3'),
    ]);
    const expected = [
      [7, 'btcusdt', '1'],
      [1_000_001, 'ethusdt', '2'],
      [1_000_002, 'bnbusdt', '3'],
    ];
    expect(adopted.coins.map(({ id, via, available }) => [id, via, available])).toEqual(expected);
    expect(adopted.coins.map(({ createdAtMs }) => createdAtMs)).toContain(coinElsewhere(coin.id, '', '').createdAtMs);
    expect((await balancesOf(real, other)).map(({ id, available }) => [id, available])).toEqual([[coin.id, '5']]);
    expect((await add(real, other, '1', 'solusdt', 'SOL')).coin.id).toBe(1_000_003);
    expect(await faultsIn(real.db)).toEqual([]);
  });

  it('keep the numbers that paper money was given before, which gets others', async () => {
    const { real, owner } = await build('unsaid');
    const papers = [await fundedPaper(real), await fundedPaper(real), await fundedPaper(real)];
    const numbersOf = async () =>
      (await Promise.all(papers.map((paper) => balancesOf(real, paper)))).flat().map(({ id }) => id);
    expect(await numbersOf()).toEqual([1, 2, 3]);
    await real.books.adoption.begin(2);
    await adopt(real, owner, [coinElsewhere(1, 'btcusdt', '1'), coinElsewhere(2, 'ethusdt', '2')]);
    expect((await balancesOf(real, owner)).map(({ id }) => id)).toEqual([1, 2]);
    const after = await numbersOf();
    expect(after[2]).toBe(3);
    expect(after.slice(0, 2).sort()).toEqual([1_000_000, 1_000_001]);
    for (const paper of papers) expect(await real.held(paper)).toEqual(['version 1', 'USDT  10000 0']);
    const [first] = papers;
    if (first) await real.books.funding.fund({ ...first, key: newKey(), asset: 'USDT', quantity: '5' });
    expect(await faultsIn(real.db)).toEqual([]);
  });
});

const server = await shareTestPostgres();

describe.skipIf(!server)(`coins taken over by many at once (${server?.origin ?? 'no server: NOT COVERED'})`, () => {
  let postgres: Postgres | undefined;
  beforeAll(async () => {
    postgres = server && (await openServerDatabase(server, 24));
  });
  afterAll(() => postgres?.close());

  it('are each taken over once and no number is given twice, whoever comes, starts and changes meanwhile', async () => {
    if (!postgres) throw new Error('no server');
    const replicas: TestBooks[] = [];
    for (let replica = 0; replica < 6; replica++) replicas.push(await openTestBooks(postgres, undefined, 'unsaid'));
    const [one] = replicas;
    if (!one) throw new Error('no server');
    const of = (at: number) => replicas[at % replicas.length] ?? one;
    const users = 40;
    // As many as have paper money already, with the numbers that coins have elsewhere.
    for (let at = 0; at < users; at++) await fundedPaper(one);
    const owners = await Promise.all(Array.from({ length: users }, () => one.portfolio('tracking')));
    const coinsOf = (at: number) => [
      coinElsewhere(3 * at + 1, 'btcusdt', `${at + 1}.5`),
      coinElsewhere(3 * at + 2, 'ethusdt', '2'),
      coinElsewhere(3 * at + 3, 'bnbusdt', '0'),
    ];
    const work: Promise<unknown>[] = [];
    const begun = Promise.all(replicas.map(({ books }) => books.adoption.begin(3 * users)));
    const strangers: Promise<Owner>[] = [];
    for (let at = 0; at < users; at++) {
      strangers.push(fundedPaper(of(at)));
      const owner = owners[at];
      if (!owner) continue;
      work.push(
        begun.then(async () => {
          const answers = await Promise.all([0, 1, 2].map((more) => adopt(of(at + more), owner, coinsOf(at))));
          expect(new Set(answers.map((answer) => JSON.stringify(answer.coins.map(({ id }) => id)))).size).toBe(1);
          await add(of(at + 3), owner, '1', 'solusdt', 'SOL');
        }),
        begun.then(async () => add(of(at), await one.portfolio('tracking'), '1')),
      );
    }
    expect(new Set(await begun)).toEqual(new Set([1_000_000]));
    await Promise.all([...work, ...strangers]);

    for (const [at, owner] of owners.entries()) {
      const held = await balancesOf(one, owner);
      expect(held.slice(0, 2).map(({ id, via, available }) => [id, via, available])).toEqual([
        [3 * at + 1, 'btcusdt', `${at + 1}.5`],
        [3 * at + 2, 'ethusdt', '2'],
      ]);
      expect(held[2]).toMatchObject({ via: 'solusdt', available: '1' });
      expect(held[2]?.id).toBeGreaterThanOrEqual(1_000_000);
    }
    expect(await faultsIn(one.db)).toEqual([]);
  });
});
