import { randomUUID } from 'node:crypto';
import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import { databaseTime, timeOf } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { afterAll, expect, it } from 'vitest';
import { codeOf, startTestAuth } from '../kit/auth.js';
import { openEmbeddedDatabase } from '../kit/database.js';
import { accounts, sessions } from '../schema.js';
import { createListEndedSessions, type ListEndedSessions } from './ended-sessions.js';
import { endRestoredSessions } from './restored-sessions.js';

const postgres = await openEmbeddedDatabase();
afterAll(() => postgres.close());

const minuteMs = 60_000;

const addAccount = async (): Promise<string> => {
  const row = { name: randomUUID().slice(0, 8), passwordHash: '' };
  const [account] = await postgres.db.insert(accounts).values(row).returning();
  return account?.id ?? '';
};
/** Sessions that ended so long ago, in milliseconds. */
const addEnded = async (nowMs: number, ...agesMs: number[]) => {
  const userId = await addAccount();
  const at = (ageMs: number) => new Date(nowMs - ageMs);
  const common = { userId, expiresAt: at(-minuteMs), revokedBecause: 'logout' } as const;
  const rows = await postgres.db
    .insert(sessions)
    .values(agesMs.map((ageMs) => ({ ...common, createdAt: at(ageMs), revokedAt: at(ageMs) })))
    .returning({ id: sessions.id });
  return rows.map(({ id }) => id);
};
/** More pages than anything here has. */
const maxPages = 30;
const readAll = async (list: ListEndedSessions) => {
  const found: string[] = [];
  let pages = 0;
  for (let cursor = ''; (pages === 0 || cursor !== '') && pages < maxPages; pages++) {
    const page = await list(0, cursor);
    found.push(...page.sessionIds);
    cursor = page.next;
  }
  return { found, pages };
};

it('names every session that ended since, page by page, also many of one moment', async () => {
  const clock = createManualClock();
  const ids = await addEnded(clock.now(), ...Array.from({ length: 25 }, (_, at) => (at < 15 ? 5_000 : at * 100)));
  const list = createListEndedSessions(postgres.db, { time: timeOf(clock), accessTtlMs: 15 * minuteMs, pageSize: 4 });
  const { found, pages } = await readAll(list);
  expect([pages, new Set(found).size, found.toSorted()]).toEqual([7, 25, ids.toSorted()]);
});
it('names all that one statement ended, as a restore does, also where the database tells time finer than cursors do', async () => {
  const userId = await addAccount();
  const [now, expiresAt] = [new Date(systemClock.now()), new Date(systemClock.now() + minuteMs)];
  // The clock of the embedded database is not so fine.
  const revokedAt = sql`date_trunc('milliseconds', now()) + interval '456 microseconds'`;
  const ended = { userId, createdAt: now, expiresAt, revokedAt, revokedBecause: 'everywhere' } as const;
  const rows = await postgres.db
    .insert(sessions)
    .values(Array.from({ length: 9 }, () => ended))
    .returning({ id: sessions.id });
  const ids = rows.map(({ id }) => id);
  const list = createListEndedSessions(postgres.db, { time: databaseTime, accessTtlMs: 15 * minuteMs, pageSize: 4 });
  const { found, pages } = await readAll(list);
  expect(found).toEqual(expect.arrayContaining(ids));
  expect(pages).toBeLessThan(maxPages);
});
it('names what was committed late again, and nothing of which no access token is left', async () => {
  const clock = createManualClock(1_800_000_000_000);
  const [late, old, older] = await addEnded(clock.now(), 50_000, 10 * minuteMs, 17 * minuteMs);
  const list = createListEndedSessions(postgres.db, { time: timeOf(clock), accessTtlMs: 15 * minuteMs });
  expect((await list(clock.now(), '')).sessionIds).toEqual([late]);
  expect(await list(0, '')).toEqual({ sessionIds: [old, late], next: '', asOfMs: clock.now(), epoch: 1 });
  expect((await list(clock.now() - 30 * minuteMs, '')).sessionIds).not.toContain(older);
});
it('names who signs out after the clock of the server was set back, and does not wait until it has caught up', async () => {
  const hourMs = 60 * minuteMs;
  const clock = createManualClock(1_850_000_000_000);
  const list = createListEndedSessions(postgres.db, { time: timeOf(clock), accessTtlMs: 15 * minuteMs });
  const { asOfMs } = await list(0, '');
  const setBack = createManualClock(clock.now() - hourMs);
  const after = createListEndedSessions(postgres.db, { time: timeOf(setBack), accessTtlMs: 15 * minuteMs });
  const [first] = await addEnded(setBack.now(), 0);
  setBack.advance(20_000);
  const named = await after(asOfMs, '');
  expect(named.sessionIds).toEqual([first]);
  setBack.advance(20_000);
  const [second] = await addEnded(setBack.now(), 0);
  expect((await after(named.asOfMs, '')).sessionIds).toContain(second);
});
it('is asked over gRPC, and refuses a cursor that is none', async () => {
  const auth = await startTestAuth(postgres, {}, createManualClock(1_900_000_000_000));
  await auth.register(auth.name);
  const [one, other] = [await auth.login(auth.name), await auth.login(auth.name)];
  const { asOfMs } = await auth.endedSessions(0, '');
  await auth.logout(one.refreshToken);
  expect(await auth.endedSessions(asOfMs, '')).toMatchObject({ sessionIds: [one.sessionId], next: '' });
  await auth.logoutEverywhere(one.userId);
  expect((await auth.endedSessions(asOfMs, '')).sessionIds.toSorted()).toEqual(
    [one.sessionId, other.sessionId].toSorted(),
  );
  for (const cursor of ['1', `x.${one.sessionId}`, "1.' or 1=1"])
    expect(await codeOf(auth.endedSessions(0, cursor))).toBe('invalid_argument');
  await auth.close();
});
it('says where the database was restored from a backup, by which whoever remembers open sessions knows to ask anew', async () => {
  const auth = await startTestAuth(postgres, {}, createManualClock(2_000_000_000_000));
  const before = await auth.endedSessions(0, '');
  await endRestoredSessions(postgres.db);
  const after = await auth.endedSessions(before.asOfMs, '');
  expect([before.epoch, after.epoch > before.epoch]).toEqual([1, true]);
  await auth.close();
});
