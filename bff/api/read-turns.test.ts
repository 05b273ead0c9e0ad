import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { type Clock, createManualClock, systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import type { FastifyRequest } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createUser, openTestPostgres, startTestBff, type TestBff, type TestUser } from '../kit/bff.js';
import { createReadTurns } from './read-turns.js';

const turnMs = 5_000;
/** Nobody waits too long for a turn or an answer because this machine is busy. */
const clock: Clock = { ...systemClock, after: (ms, run) => systemClock.after(ms >= turnMs ? 12 * ms : ms, run) };
let postgres: Postgres;
let bff: TestBff;
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres, clock });
});
afterAll(async () => {
  await bff?.close();
  await postgres?.close();
});

const paths = ['profile', 'profile/value', 'profile/day', 'profile/trails', 'profile/frame', 'coins/btcusdt/candles'];
/** One of each a page asks for, so many times at once. */
const askAll = (user: TestUser, times: number) =>
  Array.from({ length: times }, () => paths.map((path) => bff.call(user, 'GET', `/api/v1/${path}`))).flat();
it('refuses what a script asks for beyond its turn, with a time to wait, and nobody else', async () => {
  const [script, person] = [createUser(systemClock), createUser(systemClock)];
  for (const user of [script, person]) await bff.call(user, 'GET', '/api/v1/profile');
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  // The database is busy meanwhile.
  const busy = postgres.db.transaction(async (tx) => {
    await tx.execute(sql`select 1`);
    await held;
  });
  const refused: string[] = [];
  const asked = Array.from({ length: 150 }, async () => {
    const { status, headers } = await bff.call(script, 'GET', '/api/v1/profile');
    if (status === 429) refused.push(headers.get('retry-after') ?? '');
    return status;
  });
  let isBusy = true;
  const fiveTabs = askAll(person, 5).map(async (answer) => {
    const { status } = await answer;
    return isBusy && status === 429;
  });
  await until(() => refused.length === 46);
  expect(refused).toEqual(Array(46).fill('1'));
  isBusy = false;
  release();
  await busy;
  expect(await Promise.all(asked)).toContain(200);
  expect(await Promise.all(fiveTabs)).not.toContain(true);
  // Afterwards all is well.
  for (const path of paths) expect((await bff.call(script, 'GET', `/api/v1/${path}`)).status).not.toBe(429);
});

it('shows a portfolio, and what the database knows of the day, while the archive hangs and a user has five tabs open', async () => {
  const giveUp: (() => void)[] = [];
  const query = () =>
    new Promise((_resolve, reject) =>
      giveUp.push(() => reject(new AppError('deadline_exceeded', 'ClickHouse was too slow.'))),
    );
  const hung = await startTestBff({
    postgres,
    clock,
    deps: { clickhouse: () => ({ query }) as unknown as ClickHouse },
  });
  const user = createUser(systemClock);
  const statusOf = async (path: string) => (await hung.call(user, 'GET', `/api/v1/${path}`)).status;
  expect((await hung.call(user, 'POST', '/api/v1/profile/coins', { symbol: 'btcusdt', quantity: '1' })).status).toBe(
    200,
  );
  const tabs = Array.from({ length: 5 }, () =>
    ['profile/day', 'profile/trails', 'coins/btcusdt/candles', 'coins/nobodyusdt/candles'].map(statusOf),
  ).flat();
  await until(() => giveUp.length > 0);
  for (const path of ['profile', 'profile/value', 'profile/frame']) expect(await statusOf(path)).toBe(200);
  let over = false;
  const all = Promise.all(tabs).finally(() => {
    over = true;
  });
  await until(() => {
    for (const fail of giveUp.splice(0)) fail();
    return over;
  });
  const answers = await all;
  expect(answers.filter((_, i) => i % 4 === 0)).toEqual(Array(5).fill(200));
  expect(answers).not.toContain(429);
  await hung.close();
});

it('answers within 14 s, also where the database gives no turn for longer', async () => {
  const still = createManualClock();
  const { inTurn } = createReadTurns(still);
  const asked = { signedIn: { userId: 'u' } } as unknown as FastifyRequest;
  const hung = expect(inTurn(asked, () => new Promise(() => undefined))).rejects.toMatchObject({ code: 'unavailable' });
  still.advance(14_000);
  await hung;
  expect(await inTurn(asked, async () => 'well')).toBe('well');
  expect(still.pending).toBe(0);
});
