import { randomUUID } from 'node:crypto';
import { parseDecimal } from '@tickfolio/lib/money';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openTestPostgres } from '../kit/bff.js';
import { createPortfolios, type Owner, type Portfolios } from '../portfolio/portfolios.js';
import { doubtCoins, type SaidCoin, writeCoin, writeGone } from './coin-rows.js';

let postgres: Postgres;
let portfolios: Portfolios;
let user: Owner;
const newUser = (): Owner => ({ userId: randomUUID(), userName: 'ada' });
beforeAll(async () => {
  postgres = await openTestPostgres();
  portfolios = createPortfolios(postgres.db);
  user = newUser();
  await portfolios.open(user, { symbol: 'btcusdt', quoteAsset: 'usdt' }, parseDecimal('7'));
  await postgres.db.execute(sql`insert into adoption (begun_at, highest_id) values (now(), 0)`);
});
afterAll(() => postgres.close());
beforeEach(async () => {
  user = newUser();
  await portfolios.createProfile(user);
});

const at = new Date('2026-11-20T10:00:00Z');
const said = (version: number, quantity: string, more: Partial<SaidCoin> = {}): SaidCoin => ({
  ...{ id: 1_000_000 + Number.parseInt(user.userId.slice(0, 6), 16), symbol: 'ethusdt', quoteAsset: 'usdt' },
  ...{ quantity, createdAt: at, at, version },
  ...more,
});
const say = (coin: SaidCoin, of = user) => postgres.db.transaction((tx) => writeCoin(tx, of.userId, coin));
const shown = async () => {
  const { version, coins } = await portfolios.read(user);
  return `${version}: ${coins.map(({ symbol, quantity }) => `${symbol} ${quantity}`).join()}`;
};

it('shows what was said last, however late and often the rest comes', async () => {
  expect(await say(said(2, '5'))).toBe(2);
  expect(await say(said(1, '1'))).toBeUndefined();
  expect(await say(said(2, '5'))).toBeUndefined();
  expect(await shown()).toBe('2: ethusdt 5');
  expect(await say(said(3, '0'))).toBe(3);
  expect(await say(said(2, '5'))).toBeUndefined();
  expect(await shown()).toBe('3: ');
  expect(await say(said(4, '0.5', { id: 900_001 }))).toBe(4);
  expect((await portfolios.read(user)).coins).toMatchObject([{ id: 900_001, quantity: '0.5', version: 4 }]);
});

it('keeps what is gone for a day, and forgets it then', async () => {
  await say(said(1, '0'));
  await say(said(2, '0', { symbol: 'bnbusdt', id: 900_002, at: new Date() }));
  expect(await portfolios.forgetGone(100)).toBe(1);
  expect(await portfolios.forgetGone(100)).toBe(0);
  expect(await say(said(2, '3', { symbol: 'bnbusdt', id: 900_002 }))).toBeUndefined();
});

it('writes nothing of who keeps coins here still', async () => {
  const [before] = await postgres.db.select({ id: sql<string>`id` }).from(sql`profiles where adopted_at is null`);
  const ofBefore = { userId: before?.id ?? '', userName: 'ada' };
  expect(await say(said(1, '100', { symbol: 'btcusdt' }), ofBefore)).toBeUndefined();
  await postgres.db.transaction((tx) => doubtCoins(tx, ofBefore.userId));
  expect(await portfolios.read(ofBefore)).toMatchObject({ version: 1, coins: [{ quantity: '7' }] });
});

it('shows what a restored portfolio service says anew, and its version never falls', async () => {
  await say(said(5, '5'));
  await say(said(6, '6', { symbol: 'bnbusdt', id: 900_003 }));
  await postgres.db.transaction((tx) => doubtCoins(tx, user.userId));
  expect(await shown()).toBe('6: bnbusdt 6,ethusdt 5');
  expect(await say(said(1, '4'))).toBe(7);
  expect(await shown()).toBe('7: bnbusdt 6,ethusdt 4');
});

it('shows no more what the portfolio service does not have, unless it has got it since', async () => {
  await say(said(1, '5'));
  await say(said(3, '6', { symbol: 'bnbusdt', id: 900_003 }));
  const symbols = ['ethusdt', 'bnbusdt'];
  const gone = { version: 2, at: sql`now()` };
  await postgres.db.transaction((tx) => writeGone(tx, user.userId, symbols, gone));
  expect(await shown()).toBe('3: bnbusdt 6');
  expect(await say(said(2, '7'))).toBeUndefined();
  await postgres.db.transaction((tx) => writeGone(tx, user.userId, symbols, { ...gone, version: 3 }));
  expect(await shown()).toBe('3: ');
});

it('shows what has the number of a coin of somebody else, which a restored portfolio service gave again', async () => {
  await say(said(1, '1', { id: 900_010 }));
  const other = newUser();
  await portfolios.createProfile(other);
  expect(await say(said(1, '2', { id: 900_010, symbol: 'btcusdt' }), other)).toBe(1);
  expect((await portfolios.read(other)).coins).toMatchObject([{ id: 900_010, quantity: '2' }]);
  expect(await shown()).toBe('1: ethusdt 1');
});

it('is changed by a gateway of before no more, which says so, and goes with its account all the same', async () => {
  await say(said(1, '5'));
  await expect(portfolios.change(user, 'ethusdt', parseDecimal('1'))).rejects.toMatchObject({
    code: 'unavailable',
    retryAfterMs: 1_000,
  });
  await expect(
    portfolios.open(user, { symbol: 'bnbusdt', quoteAsset: 'usdt' }, parseDecimal('1')),
  ).rejects.toMatchObject({ code: 'unavailable' });
  expect(await shown()).toBe('1: ethusdt 5');
  const { db } = postgres;
  await expect(db.execute(sql`delete from coins where user_id = ${user.userId}`)).rejects.toMatchObject({
    cause: { constraint: 'coins_moved' },
  });
  await db.execute(sql`insert into open_erasures (user_id, begun_at) values (${user.userId}, now())`);
  await db.execute(sql`delete from coins where user_id = ${user.userId}`);
  expect(await shown()).toBe('2: ');
});

it('says when it heard of the newest change, also where a clock was years ahead at one before', async () => {
  await say(said(1, '1', { at: new Date('2100-11-20T10:00:00Z') }));
  await say(said(2, '2'));
  expect((await portfolios.read(user)).asOf).toEqual(at);
});
