import { createManualClock } from '@tickfolio/lib/clock';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccounts } from '../accounts/accounts.js';
import { createTestSessions } from '../kit/sessions.js';
import { accounts, refreshTokens, sessions as sessionRows } from '../schema.js';
import { refreshTokenHash } from './refresh-token.js';
import type { Rotation } from './sessions.js';

const minuteMs = 60_000;
const times = {
  accessTtlMs: 15 * minuteMs,
  refreshTtlMs: 60 * minuteMs,
  sessionTtlMs: 300 * minuteMs,
  lateMs: 2 * minuteMs,
  maxTokensPerMinute: 10,
};

const issuedBy = (rotation: Rotation) => {
  if (rotation.kind !== 'rotated' && rotation.kind !== 'again') throw new Error(`was ${rotation.kind}`);
  return rotation.issued;
};
const kinds = (rotations: readonly Rotation[]) => rotations.map(({ kind }) => kind).sort();

/** How sessions behave on every adapter of the database. */
export const describeSessions = (name: string, open: () => Promise<Postgres>): void => {
  describe(`sessions on ${name}`, () => {
    let postgres: Postgres;
    beforeAll(async () => {
      postgres = await open();
    });
    afterAll(() => postgres?.close());

    let people = 0;
    const build = async () => {
      const clock = createManualClock();
      const userId = await createAccounts(postgres.db).create(`Person-${++people}`, 'hash');
      const sessions = createTestSessions(postgres.db, { time: timeOf(clock), clock, ...times });
      return { clock, sessions, userId, userName: `Person-${people}`, first: await sessions.open(userId) };
    };

    it('hand out a token of 256 bits and keep only its hash', async () => {
      const { first, clock, userId, sessions } = await build();
      expect(first.token).toMatch(/^[\w-]{43}$/);
      expect(first.expiresAtMs).toBe(clock.now() + times.refreshTtlMs);
      const rows = await postgres.db.select().from(refreshTokens);
      expect(rows.map((row) => row.tokenHash)).toContain(refreshTokenHash(first.token));
      expect(JSON.stringify(rows)).not.toContain(first.token);
      expect(await sessions.userOf(first.sessionId)).toBe(userId);
    });

    it('follow a token with the next one, in the same session', async () => {
      const { first, sessions, clock, userId, userName } = await build();
      let { token } = first;
      for (let turn = 0; turn < 4; turn++) {
        clock.advance(30 * minuteMs);
        const rotation = await sessions.rotate(token);
        expect(rotation).toMatchObject({ kind: 'rotated', userId, userName, issued: { sessionId: first.sessionId } });
        token = issuedBy(rotation).token;
      }
    });

    it('give an answer that was lost once more, also a long time later', async () => {
      const { first, sessions, clock, userId } = await build();
      expect((await sessions.rotate(first.token)).kind).toBe('rotated');
      for (let lost = 0; lost < 5; lost++) {
        clock.advance(9 * minuteMs);
        expect((await sessions.rotate(first.token)).kind).toBe('again');
      }
      const heard = issuedBy(await sessions.rotate(first.token));
      expect(await sessions.userOf(first.sessionId)).toBe(userId);
      expect((await sessions.rotate(heard.token)).kind).toBe('rotated');
    });

    it('do not end for a call that was held up until its successor was used, and give it nothing', async () => {
      const { first, sessions, clock } = await build();
      const heard = issuedBy(await sessions.rotate(first.token));
      const next = issuedBy(await sessions.rotate(heard.token));
      clock.advance(times.lateMs);
      expect(await sessions.rotate(first.token)).toEqual({ kind: 'late' });
      expect((await sessions.rotate(next.token)).kind).toBe('rotated');
    });

    it('are revoked as a whole when a token is used whose successor was used long ago', async () => {
      const { first, sessions, clock, userId } = await build();
      const heard = issuedBy(await sessions.rotate(first.token));
      const next = issuedBy(await sessions.rotate(heard.token));
      clock.advance(times.lateMs + 1);
      expect(await sessions.rotate(first.token)).toEqual({ kind: 'reused', sessionId: first.sessionId, userId });
      for (const { token } of [next, first]) expect((await sessions.rotate(token)).kind).toBe('refused');
      expect(await sessions.userOf(first.sessionId)).toBeUndefined();
    });

    it('go on in one line only: of two tokens born of the same one the one used later revokes', async () => {
      const { first, sessions, clock } = await build();
      const mine = issuedBy(await sessions.rotate(first.token));
      const theirs = issuedBy(await sessions.rotate(first.token));
      clock.advance(minuteMs);
      const line = issuedBy(await sessions.rotate(mine.token));
      clock.advance(minuteMs);
      expect((await sessions.rotate(theirs.token)).kind).toBe('late');
      clock.advance(2 * minuteMs);
      expect((await sessions.rotate(theirs.token)).kind).toBe('reused');
      expect((await sessions.rotate(line.token)).kind).toBe('refused');
    });

    it('keep a handful of rows however long they last, and know each of their tokens when it comes back from a thief', async () => {
      const { first, sessions, clock, userId } = await build();
      const all = [first.token];
      for (let turn = 0; turn < 30; turn++) {
        clock.advance(9 * minuteMs);
        if (turn % 3 === 0) await sessions.rotate(all.at(-1) ?? ''); // Its answer is lost.
        all.push(issuedBy(await sessions.rotate(all.at(-1) ?? '')).token);
      }
      const rows = await postgres.db.select().from(refreshTokens).where(eq(refreshTokens.sessionId, first.sessionId));
      expect(rows.length).toBeLessThan(6);
      expect(await sessions.rotate(all[4] ?? '')).toEqual({ kind: 'reused', sessionId: first.sessionId, userId });
      expect((await sessions.rotate(all.at(-1) ?? '')).kind).toBe('refused');
    });

    it('change nothing for a caller who left while it waited', async () => {
      const { first, sessions, clock } = await build();
      const left = AbortSignal.abort(new Error('left'));
      await expect(sessions.rotate(first.token, left)).rejects.toThrow('left');
      const next = issuedBy(await sessions.rotate(issuedBy(await sessions.rotate(first.token)).token));
      clock.advance(times.lateMs + 1);
      await expect(sessions.rotate(first.token, left)).rejects.toThrow('left');
      expect((await sessions.rotate(next.token)).kind).toBe('rotated');
    });

    it('end when idle too long, and in the end however busy', async () => {
      const { first, sessions, clock } = await build();
      clock.advance(times.refreshTtlMs);
      expect((await sessions.rotate(first.token)).kind).toBe('refused');
      expect(await sessions.userOf(first.sessionId)).toBeUndefined();

      const busy = await build();
      const endMs = busy.clock.now() + times.sessionTtlMs;
      let issued = busy.first;
      while (busy.clock.now() + 50 * minuteMs < endMs) {
        busy.clock.advance(50 * minuteMs);
        issued = issuedBy(await busy.sessions.rotate(issued.token));
        expect(issued.expiresAtMs).toBeLessThanOrEqual(endMs);
      }
      busy.clock.advance(50 * minuteMs);
      expect((await busy.sessions.rotate(issued.token)).kind).toBe('refused');
    });

    it('end by logout with whichever token of theirs', async () => {
      const { first, sessions, userId } = await build();
      const next = issuedBy(await sessions.rotate(first.token));
      expect(await sessions.end(first.token)).toEqual({ sessionId: first.sessionId, userId });
      expect((await sessions.rotate(next.token)).kind).toBe('refused');
      expect(await sessions.end(next.token)).toEqual({ sessionId: first.sessionId, userId });
      expect(await sessions.end('unknown')).toBeUndefined();
      expect(await sessions.userOf('no-uuid')).toBeUndefined();
    });

    it('answer 25 concurrent uses of one token: nobody is refused, and the many wait a moment', async () => {
      for (let round = 0; round < 3; round++) {
        const { first, sessions, userId, clock } = await build();
        const rotations = await Promise.all(Array.from({ length: 25 }, () => sessions.rotate(first.token)));
        const busy = 25 - (times.maxTokensPerMinute - 1);
        expect(kinds(rotations)).toEqual([
          ...Array<string>(24 - busy).fill('again'),
          ...Array<string>(busy).fill('busy'),
          'rotated',
        ]);
        expect(await sessions.userOf(first.sessionId)).toBe(userId);
        clock.advance(minuteMs);
        expect((await sessions.rotate(issuedBy(await sessions.rotate(first.token)).token)).kind).toBe('rotated');
      }
    });

    it('revoke once under concurrent reuse, and let nothing of the family through', async () => {
      const { first, sessions, clock } = await build();
      const next = issuedBy(await sessions.rotate(issuedBy(await sessions.rotate(first.token)).token));
      clock.advance(times.lateMs + 1);
      const reuse = await Promise.all(Array.from({ length: 10 }, () => sessions.rotate(first.token)));
      expect(kinds(reuse)).toEqual([...Array<string>(9).fill('refused'), 'reused']);
      expect((await sessions.rotate(next.token)).kind).toBe('refused');
    });

    it('let no token out of a logout that runs beside a refresh', async () => {
      for (let round = 0; round < 10; round++) {
        const { first, sessions } = await build();
        const [rotation] = await Promise.all([sessions.rotate(first.token), sessions.end(first.token)]);
        if (rotation.kind === 'rotated') expect((await sessions.rotate(rotation.issued.token)).kind).toBe('refused');
        expect(await sessions.userOf(first.sessionId)).toBeUndefined();
      }
    });

    it('end all together, those of no other user, and none that is opened later', async () => {
      const { first, sessions, clock, userId } = await build();
      const other = await build();
      const second = await sessions.open(userId);
      const next = issuedBy(await sessions.rotate(first.token));
      clock.advance(1_000);
      expect([...(await sessions.endAll(userId))].sort()).toEqual([first.sessionId, second.sessionId].sort());
      const later = await sessions.open(userId);
      // Also what a second tab could still have used.
      for (const { token } of [first, next, second]) expect((await sessions.rotate(token)).kind).toBe('refused');
      for (const { sessionId } of [first, second]) expect(await sessions.userOf(sessionId)).toBeUndefined();
      expect((await sessions.rotate(later.token)).kind).toBe('rotated');
      expect((await other.sessions.rotate(other.first.token)).kind).toBe('rotated');
      expect(await sessions.endAll('no-uuid')).toEqual([]);
      const [row] = await postgres.db.select().from(sessionRows).where(eq(sessionRows.id, second.sessionId));
      expect(row?.revokedBecause).toBe('everywhere');
    });

    it('are named again by a repeated end of all, while their access tokens may be about', async () => {
      const { first, sessions, clock, userId } = await build();
      expect(await sessions.endAll(userId)).toEqual([first.sessionId]);
      clock.advance(times.accessTtlMs - 1);
      expect(await sessions.endAll(userId)).toEqual([first.sessionId]);
      clock.advance(1);
      expect(await sessions.endAll(userId)).toEqual([]);
    });

    it('all end while they are refreshed and opened: each is named and dead, or began later and lives', async () => {
      for (let round = 0; round < 10; round++) {
        const { first, sessions, userId } = await build();
        const [ended, again, refreshed, ...opened] = await Promise.all([
          sessions.endAll(userId),
          sessions.endAll(userId),
          sessions.rotate(first.token),
          ...Array.from({ length: 6 }, () => sessions.open(userId)),
        ]);
        const dead = new Set([...ended, ...again]);
        expect(dead).toContain(first.sessionId);
        if (refreshed.kind === 'rotated') expect((await sessions.rotate(refreshed.issued.token)).kind).toBe('refused');
        for (const { sessionId, token } of opened)
          expect([sessionId, (await sessions.rotate(token)).kind]).toEqual([
            sessionId,
            dead.has(sessionId) ? 'refused' : 'rotated',
          ]);
      }
    });

    it('delete what is over, in batches, and nothing else', async () => {
      await postgres.db.delete(accounts);
      const { sessions, clock, first, userId } = await build();
      await sessions.open(userId);
      await sessions.rotate(first.token);
      clock.advance(times.refreshTtlMs + 1);
      const live = await sessions.open(userId);
      expect([await sessions.deleteOver(2), await sessions.deleteOver(2), await sessions.deleteOver(2)]).toEqual([
        2, 1, 0,
      ]);
      expect((await sessions.rotate(live.token)).kind).toBe('rotated');
      clock.advance(times.sessionTtlMs + 1);
      while ((await sessions.deleteOver(100)) > 0);
      expect(await postgres.db.select().from(sessionRows)).toEqual([]);
      expect(await postgres.db.select().from(refreshTokens)).toEqual([]);
      expect(await postgres.db.select().from(accounts)).toHaveLength(1);
    });

    it('stand on names that are unique regardless of case and keep their case, also in a race', async () => {
      const store = createAccounts(postgres.db);
      const names = ['Grace.Hopper', 'grace.hopper', 'GRACE.HOPPER', 'Grace.hopper'];
      const results = await Promise.allSettled(names.map((given) => store.create(given, 'hash')));
      const made = results.filter((result) => result.status === 'fulfilled');
      expect(made).toHaveLength(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'already_exists' });
      const found = await store.find('gRACE.hOPPER');
      expect(found).toHaveLength(1);
      expect(names).toContain(found[0]?.name);
      expect(await store.find('grace_hopper')).toEqual([]);
      const [row] = await postgres.db
        .select({ count: sql<number>`count(*)::int` })
        .from(accounts)
        .where(sql`lower(name) = 'grace.hopper'`);
      expect(row?.count).toBe(1);
    });
  });
};
