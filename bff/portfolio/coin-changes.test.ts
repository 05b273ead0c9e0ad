import { randomUUID } from 'node:crypto';
import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { Postgres } from '@tickfolio/lib/postgres';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createUser, openTestPostgres, startTestBff, type TestBff, type TestUser } from '../kit/bff.js';
import { openSocket } from '../kit/socket.js';
import { startChangeRetention } from './change-retention.js';
import { createPortfolios } from './portfolios.js';

let postgres: Postgres;
let bff: TestBff;
let user: TestUser;
/** A fault that follows a commit, as when the connection is lost before its answer came. */
let lostAnswer: AppError | undefined;
/** How many transactions the database undoes because they and others waited for each other. */
let deadlocks = 0;
/** A fault of whatever removes rows. */
let noDeletion: AppError | undefined;
beforeAll(async () => {
  postgres = await openTestPostgres();
  const transaction: Postgres['db']['transaction'] = async (work, config) => {
    if (deadlocks-- > 0) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    const broken = () => {
      throw noDeletion;
    };
    const result = await postgres.db.transaction(
      (tx) =>
        work(
          new Proxy(tx, {
            get: (target, name) => Reflect.get(noDeletion && name === 'delete' ? { delete: broken } : target, name),
          }),
        ),
      config,
    );
    if (lostAnswer) throw lostAnswer;
    return result;
  };
  const db = new Proxy(postgres.db, {
    get: (target, name) => (name === 'transaction' ? transaction : Reflect.get(target, name)),
  });
  bff = await startTestBff({
    postgres: { ...postgres, db },
    options: { maxCoinsPerProfile: 3, writesPerUser: { burst: 40, refillMs: 1_000 } },
  });
});
afterAll(async () => {
  await bff.close();
  await postgres.close();
});
beforeEach(() => {
  user = createUser(systemClock);
  lostAnswer = undefined;
  noDeletion = undefined;
  deadlocks = 0;
});

const coins = '/api/v1/profile/coins';
const keyed = (key: string | undefined) => (key === undefined ? {} : { 'idempotency-key': key });
const change = (quantity: string, key?: string, symbol = 'btcusdt', who = user) =>
  bff.call(who, 'POST', coins, { symbol, quantity }, keyed(key));
const remove = (key?: string, symbol = 'btcusdt') => bff.call(user, 'DELETE', coins, { symbol }, keyed(key));
const undo = (id: string, who = user) => bff.call(who, 'POST', `/api/v1/profile/changes/${id}/undo`);
const profile = async () => (await bff.call(user, 'GET', '/api/v1/profile')).body;
const held = async () => Object.fromEntries((await profile()).Coins.map((coin) => [coin.Symbol, coin.Quantity]));

describe('a change that is sent again because its answer was lost', () => {
  it('counts once, and is answered the same', async () => {
    const key = randomUUID();
    const first = await change('1', key);
    await change('5');
    const again = await change('1.0', key);
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(await held()).toEqual({ btcusdt: '6' });
    expect((await profile()).Version).toBe(2);
  });
  it('is answered with what was made although nobody knew whether it was', async () => {
    await change('1');
    lostAnswer = new AppError('unavailable', 'The database cannot be reached.');
    expect((await change('1', 'again')).status).toBe(504);
    lostAnswer = undefined;
    expect((await change('1', 'again')).body).toMatchObject({ Quantity: '2', Version: 2 });
    expect(await held()).toEqual({ btcusdt: '2' });
  });
  it('counts once also when both arrive at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => change('1', 'the-same')));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await held()).toEqual({ btcusdt: '1' });
  });
  it('is answered with success where a removal was made the first time', async () => {
    await change('2');
    const first = await remove('away');
    expect(first.body).toMatchObject({ Quantity: '2', Version: 2 });
    await change('1');
    expect((await remove('away')).text).toBe(first.text);
    expect(await held()).toEqual({ btcusdt: '1' });
  });
  it('is refused under a key that stood for something else, and changes nothing', async () => {
    await change('1', 'one');
    for (const answer of [await change('2', 'one'), await change('1', 'one', 'ethusdt'), await remove('one')]) {
      expect(answer.status).toBe(409);
      expect(answer.body.errors).toMatchObject([{ field: 'idempotency-key', reason: 'different-request' }]);
    }
    expect(await held()).toEqual({ btcusdt: '1' });
  });
  it('has a key of its own for each user, and for what was refused before', async () => {
    const other = createUser(systemClock);
    expect((await change('1', 'mine')).body.Quantity).toBe('1');
    expect((await change('7', 'mine', 'btcusdt', other)).body.Quantity).toBe('7');
    expect((await change('-3', 'later')).status).toBe(409);
    await change('2');
    expect((await change('-3', 'later')).body.Quantity).toBe('0');
  });
  it.each([
    ['blanks', 'a b'],
    ['more than 255 characters', 'x'.repeat(256)],
  ])('is refused with a key of %s', async (_what, key) => {
    const answer = await change('1', key);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ field: 'idempotency-key' }]);
  });
});

describe('undoing', () => {
  it('gives back what was removed, not what the page saw', async () => {
    await change('2');
    await change('1'); // Another device, whose frame is on its way.
    const { body } = await remove();
    expect(body).toMatchObject({ Quantity: '3' });
    expect((await undo(body.ChangeID)).body).toMatchObject({ Symbol: 'btcusdt', Quantity: '3', Version: 4 });
    expect(await held()).toEqual({ btcusdt: '3' });
  });
  it('happens once however often it is asked for, and can be undone itself', async () => {
    await change('2');
    const { ChangeID } = (await change('-0.5')).body;
    const answers = await Promise.all([undo(ChangeID), undo(ChangeID), undo(ChangeID)]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await held()).toEqual({ btcusdt: '2' });
    expect((await undo(answers[0]?.body.ChangeID ?? '')).body.Quantity).toBe('1.5');
  });
  it('takes away what was added, down to nothing, and is refused where less is held by now', async () => {
    const { ChangeID: first } = (await change('2')).body;
    expect((await undo(first)).body.Quantity).toBe('0');
    const { ChangeID: second } = (await change('2')).body;
    await change('-1.5');
    const refused = await undo(second);
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('0.5 btcusdt is held')]);
    expect(await held()).toEqual({ btcusdt: '0.5' });
    await remove();
    expect((await undo(second)).status).toBe(409);
  });
  it('of another user’s change, of one that never was, or of what is no change finds nothing', async () => {
    const { ChangeID } = (await change('2')).body;
    for (const answer of [
      await undo(ChangeID, createUser(systemClock)),
      await undo(randomUUID()),
      await undo('1'),
      await undo('%00'),
    ])
      expect(answer.status).toBe(404);
    expect(await held()).toEqual({ btcusdt: '2' });
  });
  it('keeps to the limit of coins', async () => {
    for (const symbol of ['btcusdt', 'ethusdt', 'bnbusdt']) await change('1', undefined, symbol);
    const { ChangeID } = (await remove()).body;
    await change('1', undefined, 'dogeusdt');
    expect((await undo(ChangeID)).status).toBe(409);
    expect(Object.keys(await held())).toEqual(['ethusdt', 'bnbusdt', 'dogeusdt']);
  });
});

describe('the version of a portfolio', () => {
  it('rises with every change and only with it, and stands in answers, the profile and frames', async () => {
    const socket = await openSocket(bff.wsUrl, user);
    expect(await socket.next()).toMatchObject({ Version: 0, Coins: [] });
    expect((await change('1')).body.Version).toBe(1);
    expect((await change('2', undefined, 'ethusdt')).body.Version).toBe(2);
    expect((await change('-9')).status).toBe(409);
    const frame = await socket.next(({ Version }) => Version === 2);
    expect(frame.Coins.map((coin) => [coin.Symbol, coin.Version])).toEqual([
      ['btcusdt', 1],
      ['ethusdt', 2],
    ]);
    expect((await change('-1')).body).toMatchObject({ Quantity: '0', Version: 3 });
    expect(await socket.next(({ Version }) => Version === 3)).toMatchObject({
      Coins: [{ Symbol: 'ethusdt', Version: 2 }],
    });
    expect(await profile()).toMatchObject({ Version: 3, Coins: [{ Version: 2 }] });
    await socket.close();
  });
  it('rises also with what a build of before writes', async () => {
    await change('1');
    const { db } = postgres;
    const before = async () => (await createPortfolios(db).versions([user.userId])).get(user.userId);
    await db.execute(sql`update coins set quantity = quantity + 1, updated_at = now() where user_id = ${user.userId}`);
    expect(await profile()).toMatchObject({ Version: 2, Coins: [{ Quantity: '2', Version: 2 }] });
    await db.execute(sql`update coins set quantity = 0 where user_id = ${user.userId}`);
    expect(await profile()).toMatchObject({ Version: 3, Coins: [] });
    await db.execute(sql`delete from coins where user_id = ${user.userId} and quantity = 0`);
    expect(await before()).toBe(3);
  });
});

it('shows a change on the user’s open socket although its answer was lost after the commit', async () => {
  bff.publish('btcusdt', '100');
  await change('1');
  const socket = await openSocket(bff.wsUrl, user);
  await socket.next(({ TotalValue }) => TotalValue === '100');
  lostAnswer = new AppError('unavailable', 'The database cannot be reached.');
  expect((await change('1')).status).toBe(504);
  expect(await socket.next(({ TotalValue }) => TotalValue === '200')).toMatchObject({ Version: 2 });
  await socket.close();
});

it('sells nothing where a sale of everything fails in its middle, and says so', async () => {
  await change('1');
  noDeletion = new AppError('unavailable', 'The database is too busy.');
  expect((await change('-1', 'sale')).status).toBe(503);
  expect(await profile()).toMatchObject({ Version: 1, Coins: [{ Quantity: '1' }] });
  noDeletion = undefined;
  expect((await change('-1', 'sale')).body).toMatchObject({ Quantity: '0', Version: 2 });
});

it('changes a coin although the database undid the first try for a replica of before the versions', async () => {
  deadlocks = 1;
  expect((await change('1')).body).toMatchObject({ Quantity: '1', Version: 1 });
  deadlocks = 2;
  expect((await change('1')).status).toBe(503);
});

it('slows down a user who changes coins hundreds of times a second, and says for how long', async () => {
  const answers = await Promise.all(Array.from({ length: 60 }, () => change('1')));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(15);
  for (const { headers } of refused) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await held()).toEqual({ btcusdt: String(60 - refused.length) });
  expect((await change('1', undefined, 'btcusdt', createUser(systemClock))).status).toBe(200);
});

it('forgets changes after seven days, in pieces, and goes on after a fault', async () => {
  const clock = createManualClock();
  const asked: number[] = [];
  const left = [new AppError('unavailable', 'The database cannot be reached.'), 10, 10, 3, 0];
  const portfolios = {
    forgetChanges: async (keepMs: number, limit: number, nowMs: number) => {
      expect(nowMs).toBe(clock.now());
      asked.push(keepMs);
      const next = left.shift() ?? 0;
      if (typeof next !== 'number') throw next;
      expect(limit).toBe(10);
      return next;
    },
  };
  const retention = startChangeRetention({ portfolios, clock, log: silentLogger() }, { pieceRows: 10 });
  await clock.advanceAsync(600_000);
  expect(asked).toEqual([7 * 86_400_000]);
  await clock.advanceAsync(601_000);
  expect(asked).toHaveLength(4);
  await clock.advanceAsync(600_000);
  expect(asked).toHaveLength(5);
  retention.close();
  await clock.advanceAsync(3_600_000);
  expect(asked).toHaveLength(5);
});

it('forgets only what is old, and then neither repeats nor undoes it', async () => {
  const portfolios = createPortfolios(postgres.db);
  const { ChangeID } = (await change('1', 'old')).body;
  await postgres.db.execute(
    sql`update portfolio_changes set made_at = now() - interval '8 days' where id = ${ChangeID}`,
  );
  const { ChangeID: young } = (await change('2')).body;
  const days = 86_400_000;
  // Also by a clock that is ahead by more, as after a virtual machine's resume: whoever sends a request again must not
  // have it twice.
  expect(await portfolios.forgetChanges(7 * days, 1_000, Date.now() + 8 * days)).toBe(1);
  expect((await undo(ChangeID)).status).toBe(404);
  expect((await undo(young)).status).toBe(200);
});
