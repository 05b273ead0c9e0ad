import { EventServiceClient } from '@tickfolio/gen/auth/v1';
import { createManualClock } from '@tickfolio/lib/clock';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import { becomes, passing } from '@tickfolio/lib/kit/becomes';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAccounts } from '../accounts/accounts.js';
import type { AuthLimits } from '../app.js';
import { codeOf, password, startTestAuth } from '../kit/auth.js';
import { readTold } from '../kit/told.js';
import { accountOf, codeAt, openSession, waysInto } from '../kit/user.js';

/** What others are told of accounts, on every adapter of the database. */
export const describeUserEvents = (name: string, open: () => Promise<Postgres>): void => {
  describe(`what is told of accounts on ${name}`, () => {
    let postgres: Postgres;
    const opened: { close(): unknown }[] = [];
    // One for all, which only goes on, as that of a database does.
    const clock = createManualClock(Date.UTC(2026, 10, 29));
    beforeAll(async () => {
      postgres = await open();
    });
    afterEach(async () => {
      for (let thing = opened.pop(); thing; thing = opened.pop()) await thing.close();
    });
    afterAll(() => postgres?.close());
    const build = async (limits: Partial<AuthLimits> = {}) => {
      const roomy = { loginsPerName: { burst: 1_000, refillMs: 1 }, ...limits };
      const auth = await startTestAuth(postgres, roomy, clock);
      opened.push(auth);
      return { ...auth, told: await readTold(auth) };
    };

    it('is all that happens to one, numbered, with nothing of the person but id and name', async () => {
      const { name, register, login, logout, logoutEverywhere, told } = await build();
      const { userId } = await register(name, password, '203.0.113.7');
      const first = await login(name, password, '203.0.113.7');
      expect(await codeOf(login(name, 'a wrong password'))).toBe('unauthenticated');
      await logout(first.refreshToken);
      await logout(first.refreshToken);
      const second = await login(name);
      await logoutEverywhere(userId);
      const types = ['user.created', 'user.logged_in', 'user.logged_out', 'user.logged_in', 'user.sessions_ended'];
      await becomes(
        () => told.types(userId),
        types.map((type, at) => `${at + 1} ${type}`),
      );
      expect(told.data(userId)).toEqual([
        { id: userId, name },
        { sessionId: first.sessionId, by: 'password' },
        { sessionId: first.sessionId, because: 'logout' },
        { sessionId: second.sessionId, by: 'password' },
        { count: 1, because: 'everywhere' },
      ]);
      expect(told.events(userId)[1]).toMatchObject({
        source: 'auth',
        epoch: 1,
        schema: 1,
        stream: `user:${userId}`,
        requestId: expect.any(String),
      });
      expect(told.texts.join()).not.toMatch(new RegExp(`203\\.0\\.113|Firefox|${first.refreshToken}|${password}`));
    });

    it('is that a password, codes and an app are others now, and which sessions that ended', async () => {
      const auth = await build();
      const { name, register, login, told } = auth;
      const { userId } = await register(name);
      await login(name);
      const { changePassword, renewCodes, beginTotp, confirmTotp, end } = accountOf(auth, await login(name));
      const [code = ''] = await renewCodes();
      await changePassword(password, 'another good password');
      const { secret } = await beginTotp();
      await confirmTotp(codeAt(secret, clock.now()));
      const { sessionId } = await openSession(auth, userId);
      await end(sessionId);
      await waysInto(auth).recover(name, code, 'a third good password');
      await becomes(
        () => told.events(userId).map(({ type, data }) => [type.slice('user.'.length), data]),
        [
          ['created', { id: userId, name }],
          ['logged_in', { sessionId: expect.any(String), by: 'password' }],
          ['logged_in', { sessionId: expect.any(String), by: 'password' }],
          ['updated', { changed: 'recovery-codes' }],
          ['updated', { changed: 'password' }],
          ['sessions_ended', { count: 1, because: 'password' }],
          ['updated', { changed: 'totp' }],
          ['logged_out', { sessionId, because: 'ended' }],
          ['updated', { changed: 'password' }],
          ['sessions_ended', { count: 1, because: 'recovery' }],
        ],
      );
    });

    it('is that a session was ended because its token was used twice, or to make room for another', async () => {
      const { name, register, login, refresh, told } = await build({ maxSessions: 2 });
      const { userId } = await register(name);
      const { refreshToken, sessionId } = await login(name);
      const next = await refresh(refreshToken);
      await refresh(next.refreshToken);
      clock.advance(10 * 60_000);
      expect(await codeOf(refresh(refreshToken))).toBe('unauthenticated');
      for (let more = 0; more < 3; more++) {
        clock.advance(1_000);
        await login(name);
      }
      await becomes(
        () => told.types(userId).slice(2),
        ['3 user.logged_out', '4 user.logged_in', '5 user.logged_in', '6 user.logged_in', '7 user.sessions_ended'],
      );
      expect([told.data(userId)[2], told.data(userId)[6]]).toEqual([
        { sessionId, because: 'reuse' },
        { count: 1, because: 'too-many' },
      ]);
    });

    it('is nothing of an account that was not made, and once of one that was asked for twice', async () => {
      const { name, register, told } = await build();
      const made = await Promise.all([1, 2].map(() => register(name, password, '', 'one-request')));
      expect(await codeOf(register(name, 'another password'))).toBe('already_exists');
      const userId = made[0]?.userId ?? '';
      await becomes(() => told.types(userId), ['1 user.created']);
      expect(told.texts.filter((text) => text.includes(name))).toHaveLength(1);
    });

    it('waits for an event log that is away, while people sign up and in', async () => {
      const { name, register, login, eventLog, ready, metrics } = await build();
      await eventLog.close();
      const { userId } = await register(name);
      expect((await login(name)).userId).toBe(userId);
      expect(await ready()).toBe(200);
      const waits = () =>
        postgres.db
          .execute(sql`select count(*)::int as waiting from user_events where sent_at is null and key = ${userId}`)
          .then((result) => (result as unknown as { rows: unknown[] }).rows);
      expect(await waits()).toEqual([{ waiting: 2 }]);
      clock.advance(60_000);
      const ageS = async () => Number(/^tickfolio_auth_events_unsent_age_seconds (\S+)/m.exec(await metrics())?.[1]);
      await becomes(
        passing(clock, 1_000, async () => (await ageS()) >= 60),
        true,
      );
      const { told } = await build();
      // Another replica sends it, once the one that tried is gone.
      await opened.shift()?.close();
      await becomes(
        passing(clock, 1_000, () => told.types(userId)),
        ['1 user.created', '2 user.logged_in'],
      );
      await becomes(waits, [{ waiting: 0 }]);
    });

    it('is also of accounts of a build before, before anything else of them', async () => {
      const { told, login, register, name } = await build();
      const { userId: known } = await register(name);
      const accounts = createAccounts(postgres.db);
      const hash = (await accounts.findById(known))?.passwordHash ?? '';
      const [silent, active] = [
        await accounts.create(`${name}-silent`, hash),
        await accounts.create(`${name}-active`, hash),
      ];
      await login(`${name}-active`);
      await becomes(() => told.types(active), ['1 user.created', '2 user.logged_in']);
      expect(told.types(silent)).toEqual([]);
      await becomes(
        passing(clock, 60_000, () => told.types(silent)),
        ['1 user.created'],
      );
      expect(told.data(silent)).toEqual([{ id: silent, name: `${name}-silent` }]);
      clock.advance(60_000);
      await login(`${name}-silent`);
      await becomes(() => told.types(silent), ['1 user.created', '2 user.logged_in']);
      expect(told.types(active)).toHaveLength(2);
    });

    it('begins for who has an account that was given no stream, and can sign in', async () => {
      const { told, login, register, name } = await build();
      const { userId } = await register(`${name}-known`);
      const accounts = createAccounts(postgres.db);
      const streamless = await accounts.create(name, (await accounts.findById(userId))?.passwordHash ?? '');
      await postgres.db.execute(sql`delete from user_streams where user_id = ${streamless}`);
      await login(name);
      await login(name);
      await becomes(() => told.types(streamless), ['1 user.created', '2 user.logged_in', '3 user.logged_in']);
    });

    it('can be asked for by who missed it, a stream from a version on, and all of a minute ago', async () => {
      const { app, name, register, login, options } = await build();
      const { userId } = await register(name);
      await login(name);
      const client = createGrpcClient(EventServiceClient, `127.0.0.1:${app.port}`);
      opened.push(client);
      const ask = (
        asked: { stream?: { name: string; fromVersion: number }; all?: { afterSeq: number } },
        limit = 500,
      ) => callUnary(client, client.listEvents, { stream: undefined, all: undefined, ...asked, limit }, options);
      const stream = { name: `user:${userId}`, fromVersion: 2 };
      const page = await ask({ stream });
      expect(page.events.map((text) => (JSON.parse(text) as { type: string }).type)).toEqual(['user.logged_in']);
      expect([page.next, page.stream]).toEqual([3, { lastVersion: 2, epoch: 1 }]);
      const before = await ask({ all: { afterSeq: 0 } });
      expect(before.events.join()).not.toContain(userId);
      clock.advance(60_001);
      const after = await ask({ all: { afterSeq: before.next } });
      expect(after.events.filter((text) => text.includes(userId))).toHaveLength(2);
      expect(await codeOf(ask({}))).toBe('invalid_argument');
      expect(await codeOf(ask({ stream }, 501))).toBe('invalid_argument');
      expect(await codeOf(ask({ stream: { ...stream, fromVersion: 0 } }))).toBe('invalid_argument');
    });

    it('has no hole and no one waits for another, whatever is done to one account at once', async () => {
      const auth = await build();
      const { name, register, login, logout, refresh, logoutEverywhere, told } = auth;
      const { userId } = await register(name);
      const devices = await Promise.all(Array.from({ length: 8 }, () => login(name)));
      const [own] = devices;
      if (!own) throw new Error('no session');
      const { sessions, renewCodes } = accountOf(auth, own);
      await Promise.all([
        ...devices.slice(1).map(({ refreshToken }) => logout(refreshToken)),
        ...devices.slice(1).map(({ refreshToken }) => codeOf(refresh(refreshToken))),
        ...Array.from({ length: 4 }, () => login(name)),
        ...Array.from({ length: 3 }, () => renewCodes()),
        sessions(),
      ]);
      await logoutEverywhere(userId);
      await becomes(() => told.types(userId).at(-1)?.endsWith('user.sessions_ended'), true);
      const versions = told.events(userId).map(({ version }) => version);
      expect(versions).toEqual(versions.map((_, at) => at + 1));
      expect(versions).toHaveLength(1 + 8 + 7 + 4 + 3 + 1);
    });
  });
};
