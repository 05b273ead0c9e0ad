import { createAccessTokenVerifier, issuedAtMs } from '@tickfolio/lib/access-token';
import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import { databaseTime, type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAccounts } from './accounts/accounts.js';
import { codeOf, jwtSecret, startTestAuth } from './kit/auth.js';
import { openEmbeddedDatabase } from './kit/database.js';
import { createTestSessions } from './kit/sessions.js';
import { defaultLimits } from './limits.js';
import type { Rotation } from './sessions/sessions.js';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openEmbeddedDatabase();
});
afterAll(() => postgres?.close());

let people = 0;
/** Two replicas on one database, whose time is right: so is the clock of one, and that of the other is off. */
const setUp = async (offMs: number) => {
  const userId = await createAccounts(postgres.db).create(`Sleeper-${++people}`, 'hash');
  const clock = createManualClock();
  const time = timeOf(clock);
  const right = createTestSessions(postgres.db, { time, clock, ...defaultLimits });
  const off = createTestSessions(postgres.db, { time, clock: { now: () => clock.now() + offMs }, ...defaultLimits });
  return { clock, right, off, userId, first: await right.open(userId) };
};
const tokenOf = (rotation: Rotation): string => {
  if (!('issued' in rotation)) throw new Error(`was ${rotation.kind}`);
  return rotation.issued.token;
};

const hourMs = 3_600_000;
const away = [
  ['an hour ahead', hourMs],
  ['an hour behind', -hourMs],
] as const;

it.each([8, 31])('signs nobody out because the clock of one server is %i days ahead for a while', async (days) => {
  const { clock, right, off, userId, first } = await setUp(days * 24 * hourMs);
  while ((await off.deleteOver(defaultLimits.cleanupBatchRows)) > 0);
  clock.advance(60_000);
  expect(await right.userOf(first.sessionId)).toBe(userId);
  expect(await off.userOf(first.sessionId)).toBe(userId);
  expect((await off.rotate(first.token)).kind).toBe('rotated');
});

it('deletes nothing because the clock of the database is eight days ahead for a while', async () => {
  const { clock, right, first } = await setUp(0);
  const ahead = timeOf({ now: () => clock.now() + 8 * 24 * hourMs });
  await createTestSessions(postgres.db, { time: ahead, clock, ...defaultLimits }).deleteOver(
    defaultLimits.cleanupBatchRows,
  );
  expect((await right.rotate(first.token)).kind).toBe('rotated');
});

it.each(away)(
  'takes nobody for a thief whose answer was on its way while a server whose clock is %s gave another',
  async (_how, offMs) => {
    const { clock, right, off, first } = await setUp(offMs);
    const onItsWay = tokenOf(await right.rotate(first.token));
    expect((await off.rotate(first.token)).kind).toBe('again');
    clock.advance(1_000);
    expect((await right.rotate(onItsWay)).kind).toBe('rotated');
  },
);

it.each(away)(
  'takes no call that was held up for theft where servers whose clocks are right and %s renew in turn',
  async (_how, offMs) => {
    const { clock, right, off, first } = await setUp(offMs);
    const heard = tokenOf(await right.rotate(first.token));
    const next = tokenOf(await right.rotate(heard));
    tokenOf(await off.rotate(next));
    clock.advance(1_000);
    for (const replica of [right, off])
      for (const token of [first.token, heard]) expect((await replica.rotate(token)).kind).toBe('late');
    clock.advance(defaultLimits.lateMs);
    expect((await off.rotate(first.token)).kind).toBe('reused');
  },
);

it('signs nobody out between two services whose clocks are an hour ahead and an hour behind', async () => {
  const start = (offMs: number) =>
    startTestAuth(postgres, {}, createManualClock(systemClock.now() + offMs), databaseTime);
  const [ahead, behind] = await Promise.all([start(hourMs), start(-hourMs)]);
  const { userId } = await ahead.register(ahead.name);
  const verify = createAccessTokenVerifier({ secret: jwtSecret, clock: systemClock });
  const phone = await behind.login(ahead.name);
  let mine = await ahead.login(ahead.name);
  for (const replica of [behind, ahead, ahead, behind, ahead]) {
    await replica.refresh(mine.refreshToken); // Its answer is lost.
    const before = mine;
    mine = await replica.refresh(before.refreshToken);
    const leftMs = verify(mine.accessToken).expiresAtMs - systemClock.now();
    expect(Math.abs(leftMs - defaultLimits.accessTtlMs)).toBeLessThan(10_000);
    const next = await replica.refresh(mine.refreshToken);
    for (const other of [ahead, behind])
      expect(await codeOf(other.refresh(before.refreshToken))).toBe('failed_precondition');
    mine = next;
  }
  expect(await ahead.session(mine.sessionId)).toEqual({ open: true, userId });
  const { asOfMs } = await ahead.endedSessions(0, '');
  await behind.logout(phone.refreshToken);
  expect((await ahead.endedSessions(asOfMs, '')).sessionIds).toContain(phone.sessionId);
  expect((await behind.logoutEverywhere(userId)).sessionIds).toContain(mine.sessionId);
  expect([...ahead.lines, ...behind.lines].join()).not.toContain('used twice');
  await Promise.all([ahead.close(), behind.close()]);
});

it('says in its answers what time it is by the clock that its tokens run out by, however far off that is', async () => {
  const clock = createManualClock(systemClock.now());
  const offMs = -20 * 60_000;
  const auth = await startTestAuth(postgres, {}, clock, timeOf({ now: () => clock.now() + offMs }));
  await auth.register(auth.name);
  const { accessToken, accessExpiresAtMs } = await auth.login(auth.name);
  const { asOfMs } = await auth.endedSessions(0, '');
  await auth.close();
  expect(asOfMs).toBe(clock.now() + offMs);
  expect(issuedAtMs(accessToken)).toBe(Math.floor(asOfMs / 1_000) * 1_000);
  expect(accessExpiresAtMs).toBe(Math.ceil((asOfMs + defaultLimits.accessTtlMs) / 1_000) * 1_000);
  const verify = createAccessTokenVerifier({ secret: jwtSecret, clock: { now: () => asOfMs } });
  expect(verify(accessToken).expiresAtMs).toBe(accessExpiresAtMs);
});
