import { EventServiceClient } from '@tickfolio/gen/auth/v1';
import type { ManualClock } from '@tickfolio/lib/clock';
import { userEvents } from '@tickfolio/lib/events/user-events';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import { becomes, passing } from '@tickfolio/lib/kit/becomes';
import { tablesWith } from '@tickfolio/lib/kit/rows-with';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthenticator } from '../kit/authenticator.js';
import { readTold } from '../kit/told.js';
import { accountOf, codeAt, createOwner, openSession, shareTestAuth, waysInto, wordOf } from '../kit/user.js';
import { erasures } from '../schema.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
type TestAuth = Awaited<ReturnType<ReturnType<typeof shareTestAuth>['get']>>;

/** What becomes of an account that its user deletes, on every adapter of the database. */
export const describeDeletion = (name: string, open: () => Promise<Postgres>): void => {
  describe(`the deletion of an account on ${name}`, () => {
    let postgres: Postgres;
    const shared = shareTestAuth(() => postgres);
    beforeAll(async () => {
      postgres = await open();
    });
    afterAll(async () => {
      await shared.close();
      await postgres?.close();
    });
    const build = async () => {
      const auth = await shared.get({ cleanupPeriodMs: minuteMs });
      return { auth, clock: auth.clock, owner: await createOwner(auth), ways: waysInto(auth) };
    };
    const progressOf = ({ client, options }: TestAuth, linkToken: string) =>
      callUnary(client, client.getDeletion, { linkToken }, options);
    const doneOf = async (auth: TestAuth, link: string) =>
      (await progressOf(auth, link)).erasures.filter(({ doneAtMs }) => doneAtMs > 0).map(({ service }) => service);
    /** What a service says that has erased a user. */
    const say = async (
      { eventLog, clock }: { eventLog: TestAuth['eventLog']; clock: ManualClock },
      userId: string,
      service = 'bff',
    ) => {
      const event = {
        id: '0199a3c2-7d10-7000-8000-000000000000',
        type: 'user.erased' as const,
        source: service,
        epoch: 1,
        userId,
        stream: `erasure:${userId}:${service}`,
        version: 1,
        time: new Date(clock.now()).toISOString(),
        data: { service },
      };
      await eventLog.append(userEvents.name, [userEvents.messageOf(event)]);
    };
    /** As if the account had been deleted so long before. */
    const age = (userId: string, days: number) =>
      postgres.db.execute(
        sql`update deletions set deleted_at = deleted_at - make_interval(days => ${days}) where user_id = ${userId}`,
      );
    const unsent = async () => {
      const rows = await postgres.db.execute(sql`select 1 from user_events where sent_at is null limit 1`);
      return (rows as unknown as { rows: unknown[] }).rows.length;
    };

    it('is refused to an operator, whose free name would make one of whoever registers it', async () => {
      const { owner } = await build();
      const strict = await shared.get({ cleanupPeriodMs: minuteMs }, { operators: [owner.name] });
      expect(await wordOf(accountOf(strict, owner.tokens).deleteAccount())).toBe('failed_precondition wrong-state');
      expect((await owner.deleteAccount()).linkToken).toMatch(/^[0-9a-f]{64}$/);
    });

    it('leaves nothing of the user but ids that others are told by, and those for 30 days', async () => {
      const { auth, clock, ways } = await build();
      const told = await readTold(auth);
      const { name: person, userId, tokens, codes, ...own } = await createOwner(auth);
      const { secret } = await own.beginTotp();
      await own.confirmTotp(codeAt(secret, clock.now()));
      const authenticator = createAuthenticator();
      const { ticket, optionsJson } = await own.beginPasskey();
      await own.addPasskey(ticket, authenticator.make({ optionsJson }), 'The laptop of Maria');
      await openSession(auth, userId);
      await wordOf(ways.login(person, 'a wrong password'));
      clock.advance(minuteMs);
      const texts = [userId, person, 'Maria'];
      await becomes(async () => (await own.log()).entries.length, 6);
      const rowsOf = async (statement: string) =>
        ((await postgres.db.execute(sql.raw(statement))) as unknown as { rows: Record<string, unknown>[] }).rows;
      const [known] = await rowsOf(`select pseudonym from audit_pseudonyms where user_id = '${userId}'`);
      const entries = () => rowsOf(`select detail from audit_log where subject_id = '${known?.pseudonym}'`);
      expect((await entries()).filter(({ detail }) => detail !== null)).toHaveLength(6);
      expect(await tablesWith(postgres.db, texts)).toEqual(
        expect.arrayContaining(['accounts', 'audit_log', 'passkeys', 'sessions', 'user_events']),
      );
      const { linkToken } = await own.deleteAccount();
      await becomes(() => doneOf(auth, linkToken), ['auth']);
      expect(await tablesWith(postgres.db, texts)).toEqual(['deletions', 'erasures', 'user_events', 'user_streams']);
      expect(await tablesWith(postgres.db, texts.slice(1))).toEqual([]);
      // That something was done stays, and nothing of it: 6 entries, and that the account was deleted.
      expect(await entries()).toEqual(Array.from({ length: 7 }, () => ({ detail: null })));
      await becomes(() => told.types(userId).at(-1)?.replace(/^\d+ /, ''), 'user.deleted');

      await say(auth, userId);
      await becomes(() => doneOf(auth, linkToken), ['auth', 'bff']);
      await age(userId, 30);
      await becomes(async () => {
        clock.advance(minuteMs);
        return tablesWith(postgres.db, texts);
      }, []);
      expect(await wordOf(progressOf(auth, linkToken))).toBe('not_found');
      expect(codes).toHaveLength(10);
      expect(tokens.sessionId).not.toBe('');
    });

    it('asks for a password or a passkey of the last five minutes, and changes nothing without', async () => {
      const { clock, owner, ways } = await build();
      clock.advance(6 * minuteMs);
      expect(await wordOf(owner.deleteAccount())).toBe('permission_denied reauthenticate');
      expect((await ways.login(owner.name)).tokens?.userId).toBe(owner.userId);
      await owner.prove();
      expect((await owner.deleteAccount()).linkToken).toMatch(/^[0-9a-f]{64}$/);
    });

    it('ends every session at once, of which others hear, and no way leads in any more', async () => {
      const { auth, clock, owner, ways } = await build();
      const phone = await openSession(auth, owner.userId);
      const asOfMs = clock.now();
      const { sessionIds } = await owner.deleteAccount();
      expect([...sessionIds].sort()).toEqual([owner.tokens.sessionId, phone.sessionId].sort());
      expect((await auth.endedSessions(asOfMs - minuteMs, '')).sessionIds).toEqual(expect.arrayContaining(sessionIds));
      for (const { sessionId, refreshToken } of [owner.tokens, phone]) {
        expect(await auth.session(sessionId)).toEqual({ open: false, userId: '' });
        expect(await wordOf(auth.refresh(refreshToken))).toBe('unauthenticated');
      }
      expect(await wordOf(ways.login(owner.name))).toBe('unauthenticated');
      expect(await wordOf(ways.recover(owner.name, owner.codes[0] ?? '', 'a third good password'))).toBe(
        'unauthenticated',
      );
      expect(await wordOf(owner.deleteAccount())).toBe('unauthenticated');
      expect(await wordOf(accountOf(auth, phone).log())).toBe('unauthenticated');
      expect((await auth.logoutEverywhere(owner.userId)).sessionIds).toEqual([]);
    });

    it('has the link that the caller made, also of who asks again because the answer was lost', async () => {
      const { auth, owner } = await build();
      const other = await createOwner(auth);
      const link = 'a1'.repeat(32);
      expect(await wordOf(owner.deleteAccount('A1'.repeat(32)))).toBe('invalid_argument');
      expect((await owner.deleteAccount(link)).linkToken).toBe(link);
      expect((await owner.deleteAccount(link)).linkToken).toBe(link);
      expect((await progressOf(auth, link)).erasures.map(({ service }) => service)).toContain('auth');
      for (const unknown of ['', 'b2'.repeat(32)])
        expect(await wordOf(owner.deleteAccount(unknown))).toBe('unauthenticated');
      // Nobody takes the link of another for one's own.
      expect(await wordOf(other.deleteAccount(link))).toMatch(/^failed_precondition/);
      expect((await other.overview()).userId).toBe(other.userId);
    });

    it('frees the name, whose next owner is somebody else', async () => {
      const { auth, owner, ways } = await build();
      await owner.deleteAccount();
      const { userId } = await ways.register(owner.name.toUpperCase());
      expect(userId).not.toBe(owner.userId);
      expect((await auth.login(owner.name)).userId).toBe(userId);
    });

    it('is told as it is: a service that is away is waited for, and heard once it says that it is done', async () => {
      const { auth, clock, owner } = await build();
      await postgres.db.update(erasures).set({ doneAt: new Date(clock.now()) }); // Of the other tests.
      const { linkToken } = await owner.deleteAccount();
      const deletedAtMs = clock.now();
      await becomes(() => doneOf(auth, linkToken), ['auth']);
      await age(owner.userId, 1);
      const openFor = async () =>
        Number(/^tickfolio_auth_erasures_open_age_seconds\{service="bff"\} (\S+)/m.exec(await auth.metrics())?.[1]);
      await becomes(
        passing(clock, minuteMs, async () => (await openFor()) > 86_400),
        true,
      );
      // Nobody says it for another.
      await say(auth, owner.userId, 'portfolio');
      await say(auth, owner.userId);
      await say(auth, owner.userId);
      await becomes(() => progressOf(auth, linkToken), {
        deletedAtMs: deletedAtMs - dayMs,
        untilMs: deletedAtMs + 29 * dayMs,
        erasures: [
          { service: 'auth', doneAtMs: deletedAtMs },
          { service: 'bff', doneAtMs: clock.now() },
        ],
      });
      await becomes(
        passing(clock, minuteMs, async () => (await openFor()) < 86_400),
        true,
      );
      expect(await wordOf(progressOf(auth, 'a'.repeat(64)))).toBe('not_found');
      expect(await wordOf(progressOf(auth, '%'))).toBe('not_found');
    });

    it('keeps what it is not done with, however old: the alert goes on', async () => {
      const { auth, clock, owner } = await build();
      const { linkToken } = await owner.deleteAccount();
      await becomes(() => doneOf(auth, linkToken), ['auth']);
      await age(owner.userId, 31);
      expect(await wordOf(progressOf(auth, linkToken))).toBe('not_found');
      await becomes(
        () => tablesWith(postgres.db, [owner.userId]),
        ['deletions', 'erasures', 'user_events', 'user_streams'],
      );
      await say(auth, owner.userId);
      await becomes(async () => {
        clock.advance(minuteMs);
        return tablesWith(postgres.db, [owner.userId]);
      }, []);
    });

    it('is of nothing more that was on its way: a refused sign-in of before is not written down after it', async () => {
      const { auth, clock, owner, ways } = await build();
      await wordOf(ways.login(owner.name, 'a wrong password'));
      const { linkToken } = await owner.deleteAccount();
      await becomes(() => doneOf(auth, linkToken), ['auth']);
      clock.advance(2 * minuteMs);
      await becomes(passing(clock, 1_000, unsent), 0);
      expect(await tablesWith(postgres.db, [owner.userId])).not.toContain('audit_pseudonyms');
    });

    it('goes after what a build of before has written of the user since', async () => {
      const { auth, clock, owner } = await build();
      const { linkToken } = await owner.deleteAccount();
      await becomes(() => doneOf(auth, linkToken), ['auth']);
      await postgres.db.execute(
        sql`insert into audit_pseudonyms (user_id, pseudonym) values (${owner.userId}, gen_random_uuid())`,
      );
      const keepsSomething = async () => (await tablesWith(postgres.db, [owner.userId])).includes('audit_pseudonyms');
      expect(await keepsSomething()).toBe(true);
      await becomes(async () => {
        clock.advance(30 * minuteMs);
        return keepsSomething();
      }, false);
    });

    // Last but one, because a larger installation asks more of all who were deleted here.
    const buildLarger = () => shared.get({ cleanupPeriodMs: minuteMs }, { holders: ['auth', 'bff', 'portfolio'] });
    it('waits for every service of the installation, for months where one is away, and names it meanwhile', async () => {
      const auth = await buildLarger();
      const owner = await createOwner(auth);
      const { linkToken } = await owner.deleteAccount();
      await becomes(async () => {
        auth.clock.advance(1_000); // It listens a moment after its start.
        await say(auth, owner.userId);
        return doneOf(auth, linkToken);
      }, ['auth', 'bff']);
      expect((await progressOf(auth, linkToken)).erasures.at(-1)).toEqual({ service: 'portfolio', doneAtMs: 0 });
      await age(owner.userId, 100);
      for (let minutes = 0; minutes < 3; minutes++) {
        auth.clock.advance(minuteMs);
        await auth.metrics();
      }
      // It still can hear of it, also where the event log has forgotten it long ago.
      const events = createGrpcClient(EventServiceClient, `127.0.0.1:${auth.app.port}`);
      const request = { stream: { name: `user:${owner.userId}`, fromVersion: 1 }, all: undefined, limit: 100 };
      const told = await callUnary(events, events.listEvents, request, auth.options);
      events.close();
      expect(told.events.map((text) => (JSON.parse(text) as { type: string }).type).at(-1)).toBe('user.deleted');
      await say(auth, owner.userId, 'portfolio');
      await becomes(async () => {
        auth.clock.advance(minuteMs);
        return tablesWith(postgres.db, [owner.userId]);
      }, []);
      expect(await wordOf(progressOf(auth, linkToken))).toBe('not_found');
    });

    it('waits for a service too that came to the installation after the deletion', async () => {
      const { auth, owner } = await build();
      const { linkToken } = await owner.deleteAccount();
      await say(auth, owner.userId);
      await becomes(() => doneOf(auth, linkToken), ['auth', 'bff']);
      expect((await progressOf(auth, linkToken)).erasures).toHaveLength(2);
      const larger = await buildLarger();
      await becomes(async () => {
        larger.clock.advance(minuteMs);
        return (await progressOf(larger, linkToken)).erasures.map(({ service }) => service);
      }, ['auth', 'bff', 'portfolio']);
      expect(await doneOf(larger, linkToken)).toEqual(['auth', 'bff']);
      await say(larger, owner.userId, 'portfolio');
      await becomes(() => doneOf(larger, linkToken), ['auth', 'bff', 'portfolio']);
    });

    it('leaves the log of all as it was written', async () => {
      const { auth, owner } = await build();
      const { linkToken } = await owner.deleteAccount();
      await becomes(() => doneOf(auth, linkToken), ['auth']);
      const other = await createOwner(auth);
      expect(await wordOf(other.checkLog())).toBe('permission_denied operator-only');
      const auditor = await shared.get({}, { operators: [other.name] });
      const { checked, firstBad } = await accountOf(auditor, await openSession(auditor, other.userId)).checkLog();
      expect([checked > 0, firstBad]).toEqual([true, 0]);
    });
  });
};
