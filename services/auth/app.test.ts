import { createAccessTokenVerifier } from '@tickfolio/lib/access-token';
import { createManualClock, type ManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import type { Postgres } from '@tickfolio/lib/postgres';
import { renewalTimes } from '@tickfolio/lib/renewal';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAccounts } from './accounts/accounts.js';
import { createPasswordHasher } from './accounts/password-hasher.js';
import { type AuthLimits, startAuth } from './app.js';
import { codeOf, jwtSecret, password, startTestAuth } from './kit/auth.js';
import { openEmbeddedDatabase } from './kit/database.js';

const caught = async (work: Promise<unknown>): Promise<AppError> => {
  const err: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (err instanceof AppError) return err;
  throw new Error('should have failed with an AppError', { cause: err });
};

describe('the auth service', () => {
  let postgres: Postgres;
  const open: { close(): unknown }[] = [];
  beforeAll(async () => {
    postgres = await openEmbeddedDatabase();
  });
  afterEach(async () => {
    for (let thing = open.pop(); thing; thing = open.pop()) await thing.close();
  });
  afterAll(() => postgres?.close());

  const build = async (limits: Partial<AuthLimits> = {}, database: Postgres = postgres, clock?: ManualClock) => {
    // As it is run, with hashes that take their time.
    const auth = await startTestAuth(database, limits, clock, undefined, { passwordCost: undefined });
    open.push(auth);
    return auth;
  };

  it('registers, logs in, refreshes and logs out', async () => {
    const { name, clock, register, login, refresh, logout, session, metrics } = await build();
    const { userId } = await register(name);
    const [{ passwordHash } = { passwordHash: '' }] = await createAccounts(postgres.db).find(name);
    expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const first = await login(name.toUpperCase());
    expect(first).toMatchObject({ userId, userName: name, refreshExpiresAtMs: clock.now() + 168 * 3_600_000 });
    const verify = createAccessTokenVerifier({ secret: jwtSecret, clock });
    expect(verify(first.accessToken)).toEqual({
      userId,
      userName: name,
      sessionId: first.sessionId,
      expiresAtMs: first.accessExpiresAtMs,
    });
    expect(first.accessExpiresAtMs - clock.now()).toBe(15 * 60_000);
    expect(await session(first.sessionId)).toEqual({ open: true, userId });
    const second = await refresh(first.refreshToken);
    expect(second).toMatchObject({ userId, userName: name, sessionId: first.sessionId });
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(await logout(second.refreshToken)).toEqual({ sessionId: first.sessionId, userId });
    expect(await codeOf(refresh(second.refreshToken))).toBe('unauthenticated');
    expect(await session(first.sessionId)).toEqual({ open: false, userId: '' });
    expect(await logout('unknown')).toEqual({ sessionId: '', userId: '' });
    expect(await session('unknown')).toEqual({ open: false, userId: '' });
    expect(await metrics()).toMatch(
      /tickfolio_auth_logins_total\{outcome="ok"\} 1[\s\S]*tickfolio_auth_refreshes_total\{outcome="rotated"\} 1/,
    );
  });

  it('refuses a taken name in whatever case, and what is no name or password', async () => {
    const { name, register } = await build();
    await register(name);
    expect(await codeOf(register(name.toLowerCase()))).toBe('already_exists');
    const wrong = await caught(register('a b', 'short'));
    expect(wrong.code).toBe('invalid_argument');
    expect(wrong.fields.map(({ field }) => field)).toEqual(['name', 'password']);
  });

  it('still signs in whose password was taken before it became too weak for a new account', async () => {
    const { name, register, login } = await build();
    const hasher = await createPasswordHasher({ maxConcurrent: 1, maxWaiting: 1 });
    const passwordHash = await hasher.hash('password', new AbortController().signal);
    const userId = await createAccounts(postgres.db).create(name, passwordHash);
    expect(await login(name, 'password')).toMatchObject({ userId });
    expect((await caught(register(`${name}-2`, 'password'))).fields).toMatchObject([
      { field: 'password', reason: 'password-common' },
    ]);
  });

  it('answers an unknown name, a wrong password and what can be neither in the same words', async () => {
    const { name, register, login } = await build();
    await register(name);
    const answers = await Promise.all(
      [
        login(name, 'wrong password'),
        login('nobody-at-all'),
        login('no name!', 'x'),
        login(name, 'x'.repeat(1_000)),
        login('', ''),
      ].map(caught),
    );
    expect(
      new Set(
        answers.map(({ code, message, fields, retryAfterMs }) =>
          JSON.stringify({ code, message, fields, retryAfterMs }),
        ),
      ).size,
    ).toBe(1);
    expect(answers[0]?.code).toBe('unauthenticated');
  });

  it('hashes one password for an unknown name, a wrong password and an impossible one alike', async () => {
    const { name, register, login, metrics } = await build();
    await register(name);
    const hashed = async () =>
      Number(/^tickfolio_auth_password_hash_duration_seconds_count (\d+)/m.exec(await metrics())?.[1]);
    const attempts = [
      () => login(name, 'wrong password'),
      () => login('nobody-at-all'),
      () => login(name, 'x'.repeat(1_000)),
    ];
    for (const [before, attempt] of attempts.entries()) {
      expect(await hashed()).toBe(1 + before);
      expect(await codeOf(attempt())).toBe('unauthenticated');
    }
    expect(await hashed()).toBe(1 + attempts.length);
  });

  it('limits attempts per name, known or not, and a right password forgets the wrong ones before it', async () => {
    const { name, clock, register, login } = await build({ loginsPerName: { burst: 3, refillMs: 30_000 } });
    await register(name);
    for (let round = 0; round < 2; round++) {
      expect([await codeOf(login(name, 'wrong one')), await codeOf(login(name, 'wrong two'))]).toEqual([
        'unauthenticated',
        'unauthenticated',
      ]);
      await login(name);
    }
    for (const tried of [name, 'nobody-at-all']) {
      for (let count = 0; count < 3; count++)
        expect(await codeOf(login(tried, 'wrong password'))).toBe('unauthenticated');
      const refused = await caught(login(tried.toUpperCase()));
      expect(refused).toMatchObject({ code: 'resource_exhausted', retryAfterMs: 30_000 });
    }
    clock.advance(30_000);
    await login(name);
  });

  it('limits failed logins and registrations per address', async () => {
    const limit = { burst: 2, refillMs: 10_000 };
    const { name, register, login } = await build({ loginsPerAddress: limit, registrationsPerAddress: limit });
    await register(name, password, '203.0.113.1');
    for (let count = 0; count < 5; count++) await login(name, password, '203.0.113.1');
    expect(await codeOf(login('nobody-1', password, '203.0.113.1'))).toBe('unauthenticated');
    expect(await codeOf(login('nobody-2', password, '203.0.113.1'))).toBe('unauthenticated');
    expect(await caught(login(name, password, '203.0.113.1'))).toMatchObject({
      code: 'resource_exhausted',
      retryAfterMs: 10_000,
    });
    await login(name, password, '203.0.113.2');
    await register(`${name}-2`, password, '203.0.113.1');
    expect(await codeOf(register(`${name}-3`, password, '203.0.113.1'))).toBe('resource_exhausted');
  });

  it('refuses logins beyond the hashing queue instead of letting them pile up', async () => {
    // So many that some arrive while others are hashed, also where the database lets them through one by one.
    const { login } = await build({ maxConcurrentHashes: 1, maxWaitingHashes: 1 });
    const codes = await Promise.all(Array.from({ length: 40 }, (_, index) => codeOf(login(`nobody-${index}`))));
    expect(codes.filter((code) => code === 'unauthenticated').length).toBeGreaterThanOrEqual(2);
    expect(codes.filter((code) => code === 'resource_exhausted').length).toBeGreaterThan(0);
    expect(new Set(codes)).toEqual(new Set(['unauthenticated', 'resource_exhausted']));
  });

  it('lets two tabs refresh at once, and revokes the session when a token comes back after one that followed it was used', async () => {
    const { name, clock, register, login, refresh, session, lines } = await build();
    await register(name);
    const first = await login(name);
    const tabs = await Promise.all([refresh(first.refreshToken), refresh(first.refreshToken)]);
    expect(new Set(tabs.map((tokens) => tokens.refreshToken)).size).toBe(2);
    expect(new Set(tabs.map((tokens) => tokens.sessionId))).toEqual(new Set([first.sessionId]));
    const [, newest] = tabs;
    const next = await refresh(newest.refreshToken);
    const late = await caught(refresh(first.refreshToken));
    expect(late).toMatchObject({ code: 'failed_precondition', retryAfterMs: renewalTimes.retryMs });
    clock.advance(renewalTimes.lateMs + 1);
    const reuse = await caught(refresh(first.refreshToken));
    expect(reuse).toMatchObject({ code: 'unauthenticated', facts: { endedSession: first.sessionId } });
    const unknown = await caught(refresh('A'.repeat(43)));
    expect([unknown.message, unknown.facts]).toEqual([reuse.message, {}]);
    for (const tokens of [...tabs, next]) expect(await codeOf(refresh(tokens.refreshToken))).toBe('unauthenticated');
    expect(await session(first.sessionId)).toEqual({ open: false, userId: '' });
    expect(lines.filter((line) => line.includes('used twice'))).toHaveLength(1);
  });

  it('signs out everywhere: every refresh token is dead, also one whose successor was not used, until the next login', async () => {
    const { name, register, login, refresh, logoutEverywhere, session, lines } = await build();
    const { userId } = await register(name);
    const [phone, desk] = [await login(name), await login(name)];
    const next = await refresh(desk.refreshToken);
    const { sessionIds } = await logoutEverywhere(userId);
    expect(sessionIds.sort()).toEqual([phone.sessionId, desk.sessionId].sort());
    for (const { refreshToken } of [phone, desk, next])
      expect(await codeOf(refresh(refreshToken))).toBe('unauthenticated');
    expect(await session(phone.sessionId)).toEqual({ open: false, userId: '' });
    expect(await session((await login(name)).sessionId)).toEqual({ open: true, userId });
    expect(await logoutEverywhere('nobody')).toEqual({ sessionIds: [] });
    expect(lines.filter((line) => line.includes('used twice'))).toEqual([]);
  });

  it('logs no password and no token', async () => {
    const { name, register, login, refresh, logout, lines } = await build();
    await register(name);
    await codeOf(login(name, 'a wrong secret'));
    const first = await login(name);
    const second = await refresh(first.refreshToken);
    await logout(second.refreshToken);
    const text = lines.join('\n');
    expect(lines.length).toBeGreaterThan(3);
    for (const secret of [
      password,
      'a wrong secret',
      first.refreshToken,
      first.accessToken,
      second.refreshToken,
      jwtSecret,
      '$argon2id',
    ]) {
      expect(text).not.toContain(secret);
    }
  });

  it('deletes expired rows now and then', async () => {
    const { name, clock, register, login, lines } = await build({ cleanupPeriodMs: 1_000, refreshTtlMs: 1_000 });
    await register(name);
    await login(name);
    const deleted = () => {
      clock.advance(1_000);
      return lines.some((line) => line.includes('deleted expired sessions and tokens'));
    };
    await expect.poll(deleted).toBe(true);
  });

  it('says so in health and readiness when the database is away, and answers unavailable', async () => {
    let away = false;
    const cut = () => new AppError('unavailable', 'The database cannot be reached.');
    const database: Postgres = {
      ...postgres,
      db: new Proxy(postgres.db, {
        get: (target, name, receiver) => {
          if (away && (name === 'select' || name === 'transaction')) throw cut();
          return Reflect.get(target, name, receiver) as unknown;
        },
      }),
      ping: () => (away ? Promise.reject(cut()) : postgres.ping()),
    };
    const { app, clock, login, ready } = await build({}, database);
    const health = await openHealth(app.port);
    open.push(health);
    expect([await health.status(''), await health.status('auth.v1.AuthService'), await ready()]).toEqual([
      'SERVING',
      'SERVING',
      200,
    ]);
    away = true;
    await clock.advanceAsync(1_000);
    expect([await health.status(''), await health.status('auth.v1.AuthService'), await ready()]).toEqual([
      'NOT_SERVING',
      'NOT_SERVING',
      503,
    ]);
    expect(await codeOf(login('nobody-at-all'))).toBe('unavailable');
    away = false;
    clock.advance(1_000);
    await expect.poll(() => health.status('auth.v1.AuthService')).toBe('SERVING');
    expect(await ready()).toBe(200);
  });

  it('stays well in the eyes of a watcher while the database is busy with a turn of somebody else, and no longer', async () => {
    let turn: Promise<void> | undefined;
    const { app, clock, lines, ready } = await build({}, { ...postgres, ping: async () => turn });
    const health = await openHealth(app.port);
    open.push(health);
    const seen = async () => [await health.status('auth.v1.AuthService'), await ready()];
    let end: () => void = () => undefined;
    const begin = () => {
      turn = new Promise((resolve) => {
        end = resolve;
      });
    };
    // As long as migrations of a service take.
    begin();
    await clock.advanceAsync(1_000);
    await clock.advanceAsync(1_500);
    expect(await seen()).toEqual(['SERVING', 200]);
    end();
    await clock.advanceAsync(1_000);
    expect(lines.join()).not.toContain('the database is not well');
    begin();
    await clock.advanceAsync(1_000);
    await clock.advanceAsync(3_000);
    expect(await seen()).toEqual(['NOT_SERVING', 503]);
    end();
    turn = undefined;
    await clock.advanceAsync(1_000);
    expect(await seen()).toEqual(['SERVING', 200]);
  });

  it('is not ready while its database is read-only, and says so', async () => {
    let readOnly = true;
    const readOnlyPing = () => Promise.reject(new AppError('unavailable', 'The database is read-only.'));
    const { app, clock, lines } = await build(
      {},
      { ...postgres, ping: () => (readOnly ? readOnlyPing() : postgres.ping()) },
    );
    const ready = async () => (await fetch(`http://127.0.0.1:${app.operationsPort}/ready`)).json();
    expect(await ready()).toMatchObject({
      status: 'not ready',
      dependencies: { 'auth-database': { reason: 'The database is read-only.' } },
    });
    readOnly = false;
    await clock.advanceAsync(1_000);
    await expect.poll(ready).toMatchObject({ status: 'ready' });
    expect(lines.join()).toMatch(/"reason":"The database is read-only\.","msg":"the database is not well"/);
  });

  it('answers what is no address on its metrics port as a problem', async () => {
    const { app } = await build();
    const answer = await fetch(`http://127.0.0.1:${app.operationsPort}/%zz`);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await answer.json()).toMatchObject({ status: 400, detail: 'The address is not a valid URL.' });
  });

  it('can be closed more than once', async () => {
    const { app } = await build();
    await Promise.all([app.close(), app.close()]);
    await app.close();
  });

  it('ends open calls before it is closed, and refuses a port in use by name', async () => {
    const { app, name, register, session } = await build({ drainMs: 60_000 });
    await session('unknown'); // Connected, so that the next call is on its way at once.
    const call = register(name);
    await expect(startAuthOn(app.port)).rejects.toThrow(/GRPC_PORT/);
    await Promise.all([call, app.close()]);
    expect((await call).userId).toMatch(/^[0-9a-f-]{36}$/);
  });
  const startAuthOn = (port: number) =>
    startAuth(
      {
        postgres,
        eventLog: createMemoryEventLog({
          clock: createManualClock(),
          log: silentLogger(),
          metrics: createMetrics('log'),
        }),
        clock: createManualClock(),
        log: silentLogger(),
        metrics: createMetrics('auth'),
      },
      { address: { host: '127.0.0.1', port }, jwtSecret, holders: ['auth'] },
    );
});

/** A client of grpc.health.v1 made from the published descriptors of the package that serves it. */
const openHealth = async (port: number) => {
  const { service } = await import('grpc-health-check');
  const { credentials, makeGenericClientConstructor } = await import('@grpc/grpc-js');
  const Client = makeGenericClientConstructor(service, 'Health');
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  return {
    status: (name: string) =>
      new Promise<string>((resolve, reject) => {
        const check = client.check as (
          request: object,
          done: (err: Error | null, answer: { status: string | number }) => void,
        ) => void;
        check.call(client, { service: name }, (err, { status } = { status: '' }) =>
          err ? reject(err) : resolve(String(status)),
        );
      }),
    close: () => client.close(),
  };
};
