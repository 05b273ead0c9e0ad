import { createManualClock } from '@tickfolio/lib/clock';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAccounts } from './accounts/accounts.js';
import { openEmbeddedDatabase } from './kit/database.js';
import { createTestSessions } from './kit/sessions.js';
import { defaultLimits } from './limits.js';
import { refreshTokens } from './schema.js';
import type { Rotation } from './sessions/sessions.js';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openEmbeddedDatabase();
});
afterAll(() => postgres?.close());

const tokenOf = (rotation: Rotation): string => {
  if (!('issued' in rotation)) throw new Error(`was ${rotation.kind}`);
  return rotation.issued.token;
};
let people = 0;
/** A renewal a second before the end of a token, and a time past that end. */
const setUp = async () => {
  const clock = createManualClock();
  const sessions = createTestSessions(postgres.db, { time: timeOf(clock), clock, ...defaultLimits });
  const userId = await createAccounts(postgres.db).create(`Late-${++people}`, 'hash');
  const first = await sessions.open(userId);
  clock.advance(defaultLimits.refreshTtlMs - 1_000);
  const next = tokenOf(await sessions.rotate(first.token));
  clock.advance(20_000);
  const rowsLeft = async () =>
    (await postgres.db.select().from(refreshTokens).where(eq(refreshTokens.sessionId, first.sessionId))).length;
  return { clock, sessions, first, next, rowsLeft };
};

it.each(['', ', also after a clean-up'])(
  'goes on for a browser whose last renewal in time got no answer%s',
  async (cleaned) => {
    const { sessions, first } = await setUp();
    if (cleaned) await sessions.deleteOver(1_000);
    expect((await sessions.rotate(tokenOf(await sessions.rotate(first.token)))).kind).toBe('rotated');
  },
);

it('does not take a call for theft that was held up past the end of its token, after a clean-up', async () => {
  const { sessions, first, next } = await setUp();
  tokenOf(await sessions.rotate(next));
  await sessions.deleteOver(1_000);
  expect((await sessions.rotate(first.token)).kind).toBe('late');
});

it('ends with the successor of a token whose answer was lost, and leaves nothing behind', async () => {
  const { clock, sessions, first, rowsLeft } = await setUp();
  await sessions.deleteOver(1_000);
  expect(await rowsLeft()).toBe(2);
  clock.advance(defaultLimits.refreshTtlMs);
  expect((await sessions.rotate(first.token)).kind).toBe('refused');
  await sessions.deleteOver(1_000);
  expect(await rowsLeft()).toBe(0);
});

it('still finds who uses a token past its end whose successor was used long ago', async () => {
  const { clock, sessions, first, next, rowsLeft } = await setUp();
  tokenOf(await sessions.rotate(next));
  clock.advance(defaultLimits.lateMs + 1);
  await sessions.deleteOver(1_000);
  expect(await rowsLeft()).toBe(2);
  expect((await sessions.rotate(first.token)).kind).toBe('reused');
});

it('is good until the end of its session while every answer is lost, and the browser is told to keep it until then', async () => {
  const { clock, sessions, first } = await setUp();
  const dayMs = 24 * 3_600_000;
  for (; clock.now() < first.sessionEndsAtMs; clock.advance(dayMs))
    expect((await sessions.rotate(first.token)).kind).toBe('again');
  expect((await sessions.rotate(first.token)).kind).toBe('refused');
  expect(first.sessionEndsAtMs - first.issuedAtMs).toBe(defaultLimits.sessionTtlMs);
});
