import { systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { patience, shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { add, formatDecimal, negate, parseDecimal, subtract, zero } from '@tickfolio/lib/money';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, describe, expect, it } from 'vitest';
import { migrationsFolder } from '../app.js';
import { createPortfolios } from './portfolios.js';

const server = await shareTestPostgres();
const connections = 24;

describe.skipIf(!server)('concurrent changes on a real PostgreSQL server', () => {
  const opening = (async () => {
    if (!server) return undefined;
    const { host, port, user, password } = server;
    await server.createDatabase('profile_db');
    const options = {
      host,
      port,
      user,
      password,
      database: 'profile_db',
      migrationsFolder,
      ...patience,
      log: silentLogger(),
      clock: systemClock,
    };
    // Two replicas that start together, each with its own connections.
    return Promise.all([1, 2].map(() => openServerPostgres({ ...options, maxConnections: connections / 2 })));
  })();
  afterAll(async () => {
    for (const postgres of (await opening) ?? []) await postgres.close();
  });
  const replicas = async () =>
    ((await opening) ?? []).map((postgres) => createPortfolios(postgres.db, { maxCoins: 5 }));
  const owner = (userId: string) => ({ userId, userName: userId });
  const btc = { symbol: 'btcusdt', quoteAsset: 'usdt' };

  it('never take more than there is, and the sum is right', async () => {
    const [one, two] = await replicas();
    if (!one || !two) return;
    const user = owner('decreases');
    await one.open(user, btc, parseDecimal('10'));
    const by = parseDecimal('-0.3');
    const results = await Promise.allSettled(
      Array.from({ length: 100 }, (_, i) => (i % 2 ? one : two).change(user, btc.symbol, by)),
    );
    const taken = results.filter((result) => result.status === 'fulfilled').length;
    expect(taken).toBe(33); // 33 × 0.3 = 9.9
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'failed_precondition' });
    expect((await one.read(user)).coins.map((coin) => coin.quantity)).toEqual(['0.1']);
  });

  it('of both kinds end at exactly what was added less what was taken, whatever their order', async () => {
    const [one, two] = await replicas();
    if (!one || !two) return;
    const user = owner('both-kinds');
    let expected = zero;
    const amounts = Array.from({ length: 200 }, (_, i) =>
      parseDecimal(`${(i * 7919) % 13}.${String((i * 104_729) % 1_000).padStart(3, '0')}1`),
    );
    await Promise.all(
      amounts.map(async (amount, i) => {
        const portfolios = i % 2 ? one : two;
        try {
          if (i % 3) {
            (await portfolios.change(user, btc.symbol, amount)) ?? (await portfolios.open(user, btc, amount));
            expected = add(expected, amount);
          } else if (await portfolios.change(user, btc.symbol, negate(amount))) expected = subtract(expected, amount);
        } catch (err) {
          expect(err).toBeInstanceOf(AppError);
          expect(err).toMatchObject({ code: 'failed_precondition' });
        }
      }),
    );
    expect((await two.read(user)).coins.map((coin) => coin.quantity)).toEqual([formatDecimal(expected)]);
    expect(await one.change(user, btc.symbol, negate(expected))).toMatchObject({ coin: { quantity: '0' } });
    expect((await two.read(user)).coins).toEqual([]);
  });

  it('to exactly zero remove the coin once, and adding starts again from nothing', async () => {
    const [one, two] = await replicas();
    if (!one || !two) return;
    const user = owner('to-zero');
    for (let round = 0; round < 20; round++) {
      await one.open(user, btc, parseDecimal('1'));
      const results = await Promise.allSettled([
        one.change(user, btc.symbol, parseDecimal('-1')),
        two.change(user, btc.symbol, parseDecimal('-1')),
        two.open(user, btc, parseDecimal('2')),
      ]);
      const taken = results
        .slice(0, 2)
        .filter((result) => result.status === 'fulfilled' && result.value !== undefined).length;
      expect(taken).toBeGreaterThan(0);
      expect((await one.read(user)).coins.map((coin) => coin.quantity)).toEqual([String(3 - taken)]);
      await one.remove(user, btc.symbol);
    }
  });

  it('count once under one key at however many replicas they arrive, and raise the version by one each', async () => {
    const [one, two] = await replicas();
    if (!one || !two) return;
    const user = owner('repeated');
    const eth = { symbol: 'ethusdt', quoteAsset: 'usdt' };
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        (i % 2 ? one : two).open(user, i % 4 < 2 ? btc : eth, parseDecimal('1'), `wish-${(i % 8) >> 1}`),
      ),
    );
    const made = new Map(results.map(({ id, coin }) => [id, coin.version]));
    expect([...made.values()].sort()).toEqual([1, 2, 3, 4]);
    expect(await two.read(user)).toMatchObject({ version: 4, coins: [{ quantity: '2' }, { quantity: '2' }] });
    const undone = await Promise.all(
      Array.from({ length: 10 }, (_, i) => (i % 2 ? one : two).undo(user, results[0]?.id ?? '')),
    );
    expect(new Set(undone.map(({ id }) => id)).size).toBe(1);
    expect((await one.versions([user.userId, 'nobody'])).get(user.userId)).toBe(5);
  });

  it('that start new coins stop at the limit', async () => {
    const [one, two] = await replicas();
    if (!one || !two) return;
    const user = owner('new-coins');
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? one : two).open(user, { symbol: `c${i}usdt`, quoteAsset: 'usdt' }, parseDecimal('1')),
      ),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(5);
    expect((await one.read(user)).coins).toHaveLength(5);
  });

  it('leave the set of held symbols right', async () => {
    const [one] = await replicas();
    if (!one) return;
    const user = owner('symbols');
    await one.open(user, { symbol: 'ethbtc', quoteAsset: 'btc' }, parseDecimal('1'));
    await one.open(owner('symbols-2'), { symbol: 'ethbtc', quoteAsset: 'btc' }, parseDecimal('1'));
    const held = await one.symbols();
    expect(held.filter(({ symbol }) => symbol === 'ethbtc')).toEqual([{ symbol: 'ethbtc', quoteAsset: 'btc' }]);
    expect(held.map(({ symbol }) => symbol)).toEqual([...new Set(held.map(({ symbol }) => symbol))].sort());
    await one.remove(owner('symbols'), 'ethbtc');
    await one.change(owner('symbols-2'), 'ethbtc', parseDecimal('-1'));
    expect((await one.symbols()).some(({ symbol }) => symbol === 'ethbtc')).toBe(false);
  });
});
