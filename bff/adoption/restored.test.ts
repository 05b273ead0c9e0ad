import { systemClock } from '@tickfolio/lib/clock';
import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { doubtCoins } from '../coins/coin-rows.js';
import { createUser } from '../kit/bff.js';
import { startWithHoldings } from '../kit/coin-calls.js';
import { balanceVersions } from '../schema.js';
import { startAdoption } from './adoption.js';

let test: Awaited<ReturnType<typeof startWithHoldings>>;
beforeEach(async () => {
  test = await startWithHoldings();
  await test.change('1', undefined, 'bnbusdt');
  await test.comes();
  test.newcomer();
});
afterEach(() => test.close());

const inDoubt = () => test.postgres.db.transaction((tx) => doubtCoins(tx, test.user.userId));

it('what is held goes to a portfolio service once more, with the next change, where it has lost everything', async () => {
  await test.change('1.5');
  const { Coins } = await test.profile();
  test.holdings.loseAll();
  expect((await test.change('-0.5')).body).toMatchObject({ Quantity: '1' });
  expect((await test.change('1', undefined, 'ethusdt')).status).toBe(200);
  expect(await test.held()).toEqual({ btcusdt: '1', ethusdt: '1' });
  const { ID } = Coins[0] as unknown as { ID: number };
  expect(test.holdings.heldBy(test.user.userId)).toMatchObject({ btcusdt: `${ID}: 1` });
});

it.each([
  [
    'added',
    async () => (await test.change('1', undefined, 'ethusdt')).status,
    { btcusdt: '2', bnbusdt: '3', ethusdt: '1' },
  ],
  ['removed', async () => (await test.remove('btcusdt')).status, { bnbusdt: '3' }],
  [
    'taken away from',
    async () => (await test.change('-1', undefined, 'bnbusdt')).status,
    { btcusdt: '2', bnbusdt: '2' },
  ],
])(
  'nothing is lost where it is one of the minutes before they were handed over, and the first that is heard of it is a coin that is %s',
  async (_what, ask, expected) => {
    await test.change('2');
    await test.change('3', undefined, 'bnbusdt');
    test.holdings.loseAll({ isStillBegun: true });
    expect(await ask()).toBe(200);
    expect(await test.held()).toEqual(expected);
    const there = Object.entries(test.holdings.heldBy(test.user.userId)).map(([via, text]) => [
      via,
      text.split(' ')[1],
    ]);
    expect(Object.fromEntries(there)).toEqual(expected);
  },
);

it('what it has is shown, and nothing else, once it or the gateway was restored from a backup', async () => {
  await test.change('3');
  await test.change('2', undefined, 'ethusdt');
  await test.change('1', undefined, 'bnbusdt');
  await inDoubt();
  expect(await test.held()).toEqual({ btcusdt: '3', ethusdt: '2', bnbusdt: '1' });
  const asker = { userId: test.user.userId, simulated: false, requestId: undefined };
  await test.holdings.client.removeCoin(asker, { symbol: 'ethusdt', idempotencyKey: 'unheard' });
  expect((await test.change('1')).body).toMatchObject({ Quantity: '4' });
  expect(await test.held()).toEqual({ btcusdt: '4', bnbusdt: '1' });
  const { Version } = await test.profile();
  await inDoubt();
  test.holdings.loseAll();
  expect((await test.change('1')).body).toMatchObject({ Quantity: '5' });
  expect(await test.held()).toEqual({ btcusdt: '5', bnbusdt: '1' });
  expect((await test.profile()).Version).toBeGreaterThan(Version);
});

it('what is there of somebody who registered after the backup of the gateway is shown again', async () => {
  await test.change('3');
  const { db } = test.postgres;
  const { userId } = test.user;
  await db.execute(sql`insert into open_erasures (user_id, begun_at) values (${userId}, now())`);
  for (const table of ['coins', 'profiles', 'open_erasures'])
    await db.execute(
      sql`delete from ${sql.raw(table)} where ${sql.raw(table === 'profiles' ? 'id' : 'user_id')} = ${userId}`,
    );
  // What was told since the backup is told once more.
  const heard = { portfolioId: defaultPortfolioId(userId), userId, version: 1 };
  await db.insert(balanceVersions).values(heard);
  expect(await test.held()).toEqual({});
  expect((await test.change('2', undefined, 'ethusdt')).status).toBe(200);
  expect(await test.held()).toEqual({ btcusdt: '3', ethusdt: '2' });
});

it('everybody’s go there once more in the background, as soon as it says of one that it has not heard of any', async () => {
  const users = Array.from({ length: 5 }, () => createUser(systemClock));
  for (const one of users) await test.change('1.25', undefined, 'ethusdt', one);
  test.holdings.loseAll();
  const { db } = test.postgres;
  await db.execute(sql`update profiles set adopted_at = null where id = ${users[0]?.userId ?? ''}`);
  const about = { db, client: test.holdings.client, simulated: () => false, clock: systemClock, log: silentLogger() };
  const another = startAdoption(about, { periodMs: 10 });
  const theirs = () => users.map(({ userId }) => test.holdings.heldBy(userId).ethusdt?.split(' ')[1]);
  await becomes(
    theirs,
    users.map(() => '1.25'),
  );
  for (const one of users) expect(await test.held(one)).toEqual({ ethusdt: '1.25' });
  await another.close();
});
