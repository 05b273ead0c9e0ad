import { randomUUID } from 'node:crypto';
import { systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { parseDecimal } from '@tickfolio/lib/money';
import { databaseTime } from '@tickfolio/lib/postgres';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUser, testSymbols } from '../kit/bff.js';
import { startWithHoldings } from '../kit/coin-calls.js';
import { createFakeHoldings } from '../kit/holdings.js';
import { openSocket } from '../kit/socket.js';
import { createPortfolios } from '../portfolio/portfolios.js';
import { startAdoption } from './adoption.js';
import { createHandOver } from './hand-over.js';

let test: Awaited<ReturnType<typeof startWithHoldings>>;
beforeEach(async () => {
  test = await startWithHoldings();
});
afterEach(() => test.close());

describe('what was held before there was a portfolio service', () => {
  it('is handed over with its numbers and to the last digit, and its version goes on from where it was', async () => {
    await test.change('1.000000000000000001');
    await test.change('2', undefined, 'ethusdt');
    const before = await test.profile();
    await test.comes();
    const ids = before.Coins.map((coin) => [coin.Symbol, (coin as { readonly ID?: number }).ID, coin.Quantity]);
    expect(test.holdings.heldBy(test.user.userId)).toEqual(
      Object.fromEntries(ids.map(([symbol, id, quantity]) => [symbol, `${id}: ${quantity}`])),
    );
    expect(await test.profile()).toMatchObject({ Coins: before.Coins, Version: before.Version + 2 });
    expect((await test.change('1')).body).toMatchObject({
      Quantity: '2.000000000000000001',
      Version: before.Version + 3,
    });
  });

  it('is handed over first where its user changes it in that moment', async () => {
    await test.change('1');
    test.holdings.state.is = 'there';
    expect((await test.change('-0.25')).body).toMatchObject({ Quantity: '0.75' });
    await becomes(() => test.isAdopted(), true);
    expect(test.holdings.heldBy(test.user.userId)).toMatchObject({ btcusdt: expect.stringMatching(/: 0.75$/) });
  });

  it('counts a change once that is sent again after it moved, and undoes one that was made before', async () => {
    const first = await test.change('1', 'before');
    const { ChangeID } = (await test.change('2')).body;
    await test.comes();
    expect((await test.change('1', 'before')).text).toBe(first.text);
    expect((await test.change('5', 'before')).status).toBe(409);
    const undone = await test.undo(ChangeID);
    expect(undone.body).toMatchObject({ Quantity: '1' });
    expect((await test.undo(ChangeID)).text).toBe(undone.text);
    expect((await test.undo(undone.body.ChangeID)).body.Quantity).toBe('3');
    expect(await test.held()).toEqual({ btcusdt: '3' });
  });

  it('is not taken away by an undo where it is gone, in the words of before', async () => {
    const { ChangeID } = (await test.change('2')).body;
    await test.remove();
    const before = await test.undo(ChangeID);
    await test.comes();
    const after = await test.undo(ChangeID);
    expect([after.status, after.body.detail]).toEqual([409, before.body.detail]);
  });

  it('is changed by a gateway of before no more, loudly, and by nobody but what the portfolio service says', async () => {
    await test.change('1');
    await test.comes();
    const { db } = test.postgres;
    for (const statement of [
      sql`update coins set quantity = quantity + 1 where user_id = ${test.user.userId}`,
      sql`insert into coins (user_id, symbol, quote_asset, quantity) values (${test.user.userId}, 'ethusdt', 'usdt', 1)`,
      sql`delete from coins where user_id = ${test.user.userId}`,
    ])
      await expect(db.execute(statement)).rejects.toMatchObject({ cause: { constraint: 'coins_moved' } });
    const ofBefore = createPortfolios(db);
    await expect(
      ofBefore.change({ userId: test.user.userId, userName: test.user.name }, 'btcusdt', parseDecimal('1')),
    ).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 });
    expect(await test.held()).toEqual({ btcusdt: '1' });
  });

  it('is written here no coin after the other where all that became of it is that it is there, and the answer was late', async () => {
    const { db } = test.postgres;
    await db.execute(sql`insert into profiles (id, name) values (${test.user.userId}, 'somebody')`);
    await db.execute(sql`insert into coins (user_id, symbol, quote_asset, quantity)
      select ${test.user.userId}, 'c' || n || 'usdt', 'usdt', n from generate_series(1, 40) n`);
    const { client, state } = createFakeHoldings();
    state.is = 'there';
    await client.beginAdoption(1_000);
    const late: typeof client.adoptHoldings = async (...of) => {
      await client.adoptHoldings(...of);
      throw new AppError('deadline_exceeded', 'Too late.');
    };
    let written = 0;
    const counted: typeof db = Object.create(db, {
      transaction: {
        value: (...of: Parameters<typeof db.transaction>) => {
          written += 1;
          return db.transaction(...of);
        },
      },
    });
    const about = { db: counted, time: databaseTime, log: silentLogger() };
    const asker = { userId: test.user.userId, simulated: false, requestId: undefined };
    await expect(createHandOver({ ...about, client: { ...client, adoptHoldings: late } })(asker)).rejects.toMatchObject(
      { code: 'deadline_exceeded' },
    );
    const before = await test.held();
    written = 0;
    expect(await createHandOver({ ...about, client })(asker)).toBe(true);
    expect([written, await test.isAdopted()]).toEqual([1, true]);
    expect(await test.held()).toEqual(before);
    expect(Object.keys(before)).toHaveLength(40);
    // As many as were counted here, and there.
    expect(await test.profile()).toMatchObject({ Version: 80 });
  });

  it('goes there although somebody else’s takes too long every time', async () => {
    const users = Array.from({ length: 9 }, () => createUser(systemClock));
    for (const one of users) await test.change('1', undefined, 'btcusdt', one);
    const ids = users.map(({ userId }) => userId).sort();
    const slow = ids.slice(0, 4); // As many as are handed over at a time.
    const { client, state } = createFakeHoldings(); // The gateway itself finds none, so its own adopter is out of the way.
    state.is = 'there';
    for (const userId of slow) state.slowFor.add(userId);
    const about = { db: test.postgres.db, client, simulated: () => false, clock: systemClock, log: silentLogger() };
    const other = startAdoption(about, { periodMs: 10 });
    for (const userId of ids.slice(4)) await becomes(() => test.isAdopted(userId), true, 30_000);
    for (const userId of slow) expect(await test.isAdopted(userId)).toBe(false);
    await other.close();
  });

  it('stays here where it is refused, and a refusal that comes late lets nothing of a later hand-over be changed', async () => {
    const { db } = test.postgres;
    await test.change('1');
    await db.execute(sql`insert into coins (user_id, symbol, quote_asset, quantity)
      values (${test.user.userId}, 'refusedusdt', 'usdt', 1)`);
    const waits: (() => void)[] = [];
    const wait = () => new Promise<void>((resolve) => waits.push(resolve));
    const { client, state } = createFakeHoldings();
    state.is = 'there';
    await client.beginAdoption(1_000);
    const adoptHoldings: typeof client.adoptHoldings = async (asker, coins) => {
      const end = client.adoptHoldings(asker, coins);
      await Promise.allSettled([end, wait()]);
      return end;
    };
    const about = { db, time: databaseTime, log: silentLogger() };
    const handOver = createHandOver({ ...about, client: { ...client, adoptHoldings } });
    const asker = { userId: test.user.userId, simulated: false, requestId: undefined };
    const [first, second] = [handOver(asker), handOver(asker)];
    await becomes(() => waits.length, 2);
    waits[0]?.();
    expect(await Promise.race([first, second])).toBe(false);
    await createPortfolios(db).remove({ userId: test.user.userId, userName: '' }, 'refusedusdt');
    const third = handOver(asker);
    await becomes(() => waits.length, 3);
    waits[1]?.();
    await Promise.all([first, second]);
    const change = createPortfolios(db).change(
      { userId: test.user.userId, userName: '' },
      'btcusdt',
      parseDecimal('1'),
    );
    await expect(change).rejects.toMatchObject({ code: 'unavailable' });
    waits[2]?.();
    expect(await third).toBe(true);
    expect(await test.isAdopted()).toBe(true);
  });

  it('goes with its account all the same', async () => {
    await test.change('1');
    await test.comes();
    await test.postgres.db.execute(
      sql`insert into open_erasures (user_id, begun_at) values (${test.user.userId}, now())`,
    );
    await test.postgres.db.execute(sql`delete from coins where user_id = ${test.user.userId}`);
    expect(await test.held()).toEqual({});
  });

  it('is handed over by however many replicas, each user once, and then nothing is told of it at /ready', async () => {
    const users = Array.from({ length: 6 }, () => createUser(systemClock));
    for (const one of users) await test.change('1', undefined, 'btcusdt', one);
    const about = { db: test.postgres.db, client: test.holdings.client, simulated: () => false, clock: systemClock };
    const others = [1, 2].map(() => startAdoption({ ...about, log: silentLogger() }, { periodMs: 10, pieceUsers: 2 }));
    test.holdings.state.is = 'there';
    for (const one of users) await becomes(() => test.isAdopted(one.userId), true);
    await becomes(async () => (await test.bff.call(undefined, 'GET', '/ready')).text.includes('adopting'), false);
    for (const other of others) await other.close();
    for (const one of users) expect(Object.keys(test.holdings.heldBy(one.userId))).toEqual(['btcusdt']);
  });
});

describe('where the portfolio service keeps what is held', () => {
  beforeEach(async () => {
    await test.change('1', undefined, 'bnbusdt');
    await test.comes();
    test.newcomer();
  });

  it('a newcomer has it there from the first change on', async () => {
    expect((await test.change('1.5')).body).toMatchObject({ Quantity: '1.5', Version: 1 });
    expect(await test.isAdopted()).toBe(true);
    expect(test.holdings.state.calls.get('adoptHoldings')).toBe(1);
    expect(await test.profile()).toMatchObject({
      Version: 1,
      Coins: [{ Symbol: 'btcusdt', Quantity: '1.5', Version: 1 }],
      AsOf: expect.any(String),
    });
  });

  it('a change is in the profile and in frames before its answer, and gone is gone', async () => {
    const socket = await openSocket(test.bff.wsUrl, test.user);
    await socket.next();
    await test.change('2');
    expect(await test.held()).toEqual({ btcusdt: '2' });
    expect(await socket.next(({ Version }) => Version === 1)).toMatchObject({ Coins: [{ Quantity: '2' }] });
    expect((await test.change('-2')).body).toMatchObject({ Quantity: '0', Version: 2 });
    expect(await socket.next(({ Version }) => Version === 2)).toMatchObject({ Coins: [] });
    expect(await test.held()).toEqual({});
    const { ID: first } = (await test.change('1')).body as unknown as { ID: number };
    await test.remove();
    const { ID: second } = (await test.change('1')).body as unknown as { ID: number };
    expect(second).toBeGreaterThan(first);
    await socket.close();
  });

  it('what was opened elsewhere, of which nothing is heard here yet, is added to, by one call as what is new', async () => {
    await test.change('1');
    await test.comes();
    const asker = { userId: test.user.userId, requestId: undefined, simulated: false };
    const opened = { symbol: 'ethusdt', asset: 'ETH', by: '2', idempotencyKey: 'elsewhere' };
    await test.holdings.client.changeCoin(asker, opened);
    const { calls } = test.holdings.state;
    const before = calls.get('changeCoin') ?? 0;
    expect((await test.change('1', undefined, 'ethusdt')).body).toMatchObject({ Quantity: '3' });
    expect((await test.change('1', undefined, 'bnbusdt')).body).toMatchObject({ Quantity: '1' });
    expect(calls.get('changeCoin')).toBe(before + 2);
    expect((await test.change('-3', undefined, 'ethusdt')).body).toMatchObject({ Quantity: '0' });
  });

  it('refusals are those of before, word for word', async () => {
    const reason = async (answer: ReturnType<typeof test.change>) => {
      const { status, body } = await answer;
      return [status, (body.errors as readonly { readonly reason?: string }[] | undefined)?.[0]?.reason];
    };
    expect(await reason(test.change('-1'))).toEqual([409, 'not-held']);
    expect(await reason(test.remove())).toEqual([404, 'not-held']);
    expect((await test.change('1', undefined, 'btcusd')).status).toBe(422);
    for (const quantity of ['1', '-1']) expect((await test.change(quantity, undefined, '../etc')).status).toBe(422);
    await test.change('1');
    expect(await reason(test.change('-2'))).toEqual([409, 'more-than-held']);
    expect(await reason(test.undo(randomUUID()))).toEqual([404, 'unknown-change']);
    expect(await test.held()).toEqual({ btcusdt: '1' });
  });

  it('what is gone for days is not back because a change of before is sent again', async () => {
    const first = await test.change('1', 'kept');
    await test.remove();
    await test.postgres.db.transaction(async (tx) => {
      await tx.execute(sql`select set_config('tickfolio.projection', 'on', true)`);
      await tx.execute(sql`delete from coins where user_id = ${test.user.userId} and quantity = 0`);
    });
    expect((await test.change('1', 'kept')).text).toBe(first.text);
    expect(await test.held()).toEqual({});
  });

  it('a change that was made before its symbol was delisted is answered again, and another is not made', async () => {
    const first = await test.change('1', 'kept');
    const second = await test.change('1', 'kept-too');
    test.bff.aggregator.symbols = testSymbols.filter(({ symbol }) => symbol !== 'btcusdt');
    test.bff.aggregator.revision = 'without';
    await becomes(async () => (await test.change('1')).status, 422);
    const before = await test.held();
    expect([(await test.change('1', 'kept')).text, (await test.change('1', 'kept-too')).text]).toEqual([
      first.text,
      second.text,
    ]);
    expect(await test.held()).toEqual(before);
  });

  it('a change that was made before there was no room any more is answered again, and another is not made', async () => {
    await test.close();
    test = await startWithHoldings({ options: { maxCoinsPerProfile: 1 } });
    await test.change('1', undefined, 'bnbusdt');
    await test.comes();
    test.newcomer();
    const first = await test.change('1', 'kept');
    await test.remove();
    await test.change('1', undefined, 'ethusdt');
    expect((await test.change('1')).status).toBe(409);
    expect((await test.change('1', 'kept')).text).toBe(first.text);
    expect(await test.held()).toEqual({ ethusdt: '1' });
  });

  it('of two who take away everything at once one gets it', async () => {
    await test.change('1');
    const answers = await Promise.all([test.change('-1'), test.change('-1')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('changes are refused with 503 while it is away, and what is held is shown on', async () => {
    await test.change('1');
    test.holdings.state.is = 'away';
    for (const refused of [await test.change('1'), await test.remove(), await test.change('1', undefined, 'ethusdt')])
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await test.held()).toEqual({ btcusdt: '1' });
    const socket = await openSocket(test.bff.wsUrl, test.user);
    expect(await socket.next()).toMatchObject({ Coins: [{ Quantity: '1' }] });
    await socket.close();
    const newcomer = createUser(systemClock);
    expect(await test.held(newcomer)).toEqual({});
    expect((await test.change('1', undefined, 'btcusdt', newcomer)).status).toBe(503);
  });

  it('a change whose answer comes too late is answered 504 with its key, and once more with what happened', async () => {
    await test.change('1');
    test.holdings.state.isSlow = true;
    const late = await test.change('2', 'late');
    expect([late.status, late.body.detail]).toEqual([504, expect.stringContaining('late')]);
    test.holdings.state.isSlow = false;
    expect((await test.change('2', 'late')).body).toMatchObject({ Quantity: '3' });
    expect(await test.held()).toEqual({ btcusdt: '3' });
  });
});
