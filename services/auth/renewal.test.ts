import { createManualClock, type ManualClock, sleep } from '@tickfolio/lib/clock';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { renewalTimes } from '@tickfolio/lib/renewal';
import { isNotNull, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccounts } from './accounts/accounts.js';
import { openEmbeddedDatabase } from './kit/database.js';
import { createTestSessions } from './kit/sessions.js';
import { defaultLimits } from './limits.js';
import { refreshTokens } from './schema.js';
import { refreshTokenHash } from './sessions/refresh-token.js';
import type { Rotation } from './sessions/sessions.js';

const { answerMs, retryMs, callMs, aheadMs, lateMs, onTheWayMs } = renewalTimes;
const renewEveryMs = defaultLimits.accessTtlMs - aheadMs;
const minuteMs = 60_000;

/** Chance that repeats itself. */
const chanceOf = (seed: number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

/** Every `nth` answer never comes; a quarter of what goes either way is held up for up to a minute. */
const createHop = (clock: ManualClock, random: () => number, nth: number) => {
  let answers = 0;
  const heldUp = () => sleep(clock, random() < 1 / 4 ? random() * onTheWayMs : 5);
  return async <T>(work: () => Promise<T>): Promise<T> => {
    await heldUp();
    const answer = await work();
    if (++answers % nth === 0) return new Promise<never>(() => undefined);
    await heldUp();
    return answer;
  };
};

/** The same call for who does not wait for ever; what was called goes on. */
const within = <T>(clock: ManualClock, ms: number, work: Promise<T>): Promise<T | undefined> =>
  Promise.race([work, sleep(clock, ms).then(() => undefined)]);

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openEmbeddedDatabase();
});
afterAll(() => postgres?.close());

let people = 0;
const createRig = () => {
  const clock = createManualClock();
  const sessions = createTestSessions(postgres.db, { time: timeOf(clock), clock, ...defaultLimits });
  let asking = 0;
  /** Counts what the database is at, so that time stands still meanwhile. */
  const rotate = async (token: string): Promise<Rotation> => {
    asking++;
    try {
      return await sessions.rotate(token);
    } finally {
      asking--;
    }
  };
  const pass = async (ms: number) => {
    for (const untilMs = clock.now() + ms; clock.now() < untilMs; ) {
      await clock.advanceAsync(2_500);
      while (asking > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const signIn = async () => sessions.open(await createAccounts(postgres.db).create(`Renewing-${++people}`, 'hash'));
  return { clock, sessions, rotate, pass, signIn };
};
type Rig = ReturnType<typeof createRig>;

/** A page with its cookie, a BFF and the auth service, with hops between them on which answers are lost. */
const openPage = async ({ clock, rotate, signIn }: Rig, seed: number, nth: number) => {
  const random = chanceOf(seed);
  const { sessionId, token } = await signIn();
  const [toBff, toAuth, toDatabase] = [nth, nth + 1, nth + 2].map((each) => createHop(clock, random, each));
  if (!toBff || !toAuth || !toDatabase) throw new Error('no way');
  const page = { sessionId, cookie: token, renewals: 0, signedOut: false, closed: false };
  const renew = async () => {
    const cookie = page.cookie;
    const asked = toBff(() =>
      within(
        clock,
        callMs,
        toAuth(() => toDatabase(() => rotate(cookie))),
      ),
    );
    const answer = await within(clock, answerMs, asked);
    if (answer?.kind === 'refused' || answer?.kind === 'reused') page.signedOut = true;
    if (!answer || !('issued' in answer)) return false;
    page.cookie = answer.issued.token;
    page.renewals++;
    return true;
  };
  const live = async () => {
    while (!page.closed) {
      if (!(await renew())) await sleep(clock, retryMs);
      // Somebody reloads it now and then, most impatiently where it is slow.
      else await sleep(clock, random() < 1 / 2 ? random() * 30_000 : renewEveryMs);
    }
  };
  void live();
  return page;
};

describe('renewing a session', () => {
  it.each([2, 5])(
    'signs nobody out where every %i. answer is lost and calls are held up for a minute, at every hop',
    async (nth) => {
      const rig = createRig();
      const page = await openPage(rig, nth, nth);
      await rig.pass(20 * minuteMs);
      page.closed = true;
      expect(page).toMatchObject({ signedOut: false });
      expect(page.renewals).toBeGreaterThan(1);
      expect(await rig.sessions.userOf(page.sessionId)).toBeDefined();
    },
  );

  it('signs nobody out of six tabs that start at once in a browser without locks', async () => {
    const { rotate, signIn } = createRig();
    const { token } = await signIn();
    const tabs = await Promise.all(Array.from({ length: 6 }, () => rotate(token)));
    expect(tabs.map(({ kind }) => kind).sort()).toEqual([...Array<string>(5).fill('again'), 'rotated']);
  });

  it.each(['first', 'second'])('finds a thief who uses a copied cookie %s', async (turn) => {
    const rig = createRig();
    const { sessionId, token } = await rig.signIn();
    const [thief, owner] = [{ token }, { token }];
    const kinds: string[] = [];
    for (let round = 0; round < 4; round++) {
      for (const person of turn === 'first' ? [thief, owner] : [owner, thief]) {
        const rotation = await rig.rotate(person.token);
        kinds.push(rotation.kind);
        if ('issued' in rotation) person.token = rotation.issued.token;
        rig.clock.advance(renewEveryMs / 2);
      }
    }
    expect(kinds).toContain('reused');
    expect(await rig.sessions.userOf(sessionId)).toBeUndefined();
  });
});

/** What a build before this does with a token that it sees for the first time. */
const useAsBefore = async ({ clock }: Rig, sessionId: string, token: string): Promise<string> => {
  const now = new Date(clock.now()).toISOString();
  const next = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
  const expires = new Date(clock.now() + defaultLimits.refreshTtlMs).toISOString();
  await postgres.db.execute(
    sql`update refresh_tokens set used_at = ${now} where token_hash = ${refreshTokenHash(token)} and used_at is null`,
  );
  await postgres.db.execute(
    sql`update refresh_tokens set used_at = ${now} where session_id = ${sessionId} and used_at is null`,
  );
  await postgres.db.execute(
    sql`insert into refresh_tokens (token_hash, session_id, created_at, expires_at) values (${refreshTokenHash(next)}, ${sessionId}, ${now}, ${expires})`,
  );
  return next;
};
const issuedBy = (rotation: Rotation): string => {
  if (!('issued' in rotation)) throw new Error(`was ${rotation.kind}`);
  return rotation.issued.token;
};

describe('a session while an update is rolled out', () => {
  /** @param isNew whether the newer auth service serves the turn */
  const walk = async (rig: Rig, isNew: (turn: number) => boolean) => {
    const { sessionId, token } = await rig.signIn();
    const all = [token];
    for (let turn = 0; turn < 8; turn++) {
      const last = all.at(-1) ?? '';
      all.push(isNew(turn) ? issuedBy(await rig.sessions.rotate(last)) : await useAsBefore(rig, sessionId, last));
      if (turn < 7) rig.clock.advance(renewEveryMs);
    }
    return { sessionId, all };
  };
  it('goes on from the older auth service to the newer one and back, and what was lost there is given again here', async () => {
    const rig = createRig();
    const { all } = await walk(rig, (turn) => turn % 3 === 1);
    expect((await rig.sessions.rotate(all.at(-3) ?? '')).kind).toBe('late');
    expect((await rig.sessions.rotate(all.at(-2) ?? '')).kind).toBe('again');
    expect((await rig.sessions.rotate(issuedBy(await rig.sessions.rotate(all.at(-2) ?? '')))).kind).toBe('rotated');
  });
  it.each([1, 2, 3, 6])('knows the token of step %i as stolen, whichever service gave it', async (step) => {
    const rig = createRig();
    const { sessionId, all } = await walk(rig, (turn) => turn % 3 === 1);
    rig.clock.advance(lateMs + 1);
    expect(await rig.sessions.rotate(all[step] ?? '')).toMatchObject({ kind: 'reused', sessionId });
  });
  it('of before the update goes on from its last token or the one before, and an older one is theft', async () => {
    const rig = createRig();
    const { sessionId, all } = await walk(rig, () => false);
    await postgres.db.execute(
      sql`update refresh_tokens set superseded_at = null, family_hash = null where session_id = ${sessionId}`,
    );
    await postgres.db.execute(sql`update sessions set family_hash = null where id = ${sessionId}`);
    const next = issuedBy(await rig.sessions.rotate(all.at(-2) ?? ''));
    expect((await rig.sessions.rotate(next)).kind).toBe('rotated');
    const marked = await postgres.db.select().from(refreshTokens).where(isNotNull(refreshTokens.supersededAt));
    expect(marked.filter((row) => row.sessionId === sessionId)).toHaveLength(2); // Of a week there are hundreds.
    expect((await rig.sessions.rotate(all[1] ?? '')).kind).toBe('reused');
  });
});
