import { createManualClock } from '@tickfolio/lib/clock';
import type { Postgres } from '@tickfolio/lib/postgres';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAccounts } from './accounts.js';
import { defaultLimits } from './limits.js';
import { accounts } from './schema.js';
import { createSessions, type Rotation } from './sessions.js';
import { openEmbeddedDatabase } from './test-database.js';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openEmbeddedDatabase();
});
afterAll(() => postgres?.close());

let people = 0;
/** Two replicas on one database: the clock of one is right, that of the other ahead. */
const setUp = async (aheadMs: number) => {
  const userId = await createAccounts(postgres.db).create(`Sleeper-${++people}`, 'hash');
  const [account] = await postgres.db.select({ createdAt: accounts.createdAt }).from(accounts).where(eq(accounts.id, userId));
  const clock = createManualClock(account?.createdAt.getTime()); // The database's own time.
  const right = createSessions(postgres.db, { clock, ...defaultLimits });
  const ahead = createSessions(postgres.db, { clock: createManualClock(clock.now() + aheadMs), ...defaultLimits });
  return { clock, right, ahead, userId, first: await right.open(userId) };
};
const tokenOf = (rotation: Rotation): string => {
  if (!('issued' in rotation)) throw new Error(`was ${rotation.kind}`);
  return rotation.issued.token;
};

it.each([8, 31])('signs nobody out because the clock of one server is %i days ahead for a while', async (days) => {
  const { clock, right, ahead, userId, first } = await setUp(days * 24 * 3_600_000);
  while ((await ahead.deleteOver(defaultLimits.cleanupBatchRows)) > 0);
  clock.advance(60_000);
  expect(await right.userOf(first.sessionId)).toBe(userId);
  expect((await right.rotate(first.token)).kind).toBe('rotated');
});

it('takes nobody for a thief whose answer was on its way while a server whose clock is an hour ahead gave another', async () => {
  const { clock, right, ahead, first } = await setUp(3_600_000);
  const onItsWay = tokenOf(await right.rotate(first.token));
  expect((await ahead.rotate(first.token)).kind).toBe('again');
  clock.advance(1_000);
  expect((await right.rotate(onItsWay)).kind).toBe('rotated');
});

it('takes no call that was held up for theft because a server whose clock is an hour ahead renewed meanwhile', async () => {
  const { clock, right, ahead, first } = await setUp(3_600_000);
  const heard = tokenOf(await right.rotate(first.token));
  const next = tokenOf(await right.rotate(heard));
  tokenOf(await ahead.rotate(next));
  clock.advance(1_000);
  expect((await right.rotate(first.token)).kind).toBe('late');
});
