import { type Clock, systemClock } from '@tickfolio/lib/clock';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createFakeAuth,
  openTestPostgres,
  readAnswer,
  startTestBff,
  type TestBff,
  type TestBffOptions,
} from '../kit/bff.js';
import type { AuthClient } from './auth-client.js';

let postgres: Postgres;
const running: TestBff[] = [];
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterAll(() => postgres.close());
afterEach(async () => {
  vi.restoreAllMocks();
  for (const bff of running.splice(0)) await bff.close();
});
const start = async (options: Partial<TestBffOptions['options']> = {}, clock: Clock = systemClock) => {
  const bff = await startTestBff({ postgres, clock, options });
  running.push(bff);
  const post = async (path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${bff.url}/api/v1/auth/${path}`, {
      method: 'POST',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { ...(await readAnswer(response)), cookie: response.headers.getSetCookie()[0] ?? '' };
  };
  return { bff, post };
};
let names = 0;
const credentials = () => ({ name: `person-${++names}`, password: 'a good password' });
const pair = (cookie: string) => cookie.split(';')[0] ?? '';

describe('the account routes', () => {
  it('take no token any more of a session that made room for the one that is opened', async () => {
    const auth = createFakeAuth(systemClock);
    const bff = await startTestBff({ postgres, auth });
    running.push(bff);
    const user = { name: `roomless-${++names}`, password: 'a good password' };
    const post = async (path: string) =>
      readAnswer(
        await fetch(`${bff.url}/api/v1/auth/${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(user),
        }),
      );
    await post('register');
    const read = (token: string) => bff.call({ token }, 'GET', '/api/v1/profile');
    const { accessToken: first } = (await post('login')).body as { accessToken: string };
    expect((await read(first)).status).toBe(200);
    const { sid } = JSON.parse(Buffer.from(first.split('.')[1] ?? '', 'base64url').toString()) as { sid: string };
    const { login } = auth.client;
    vi.spyOn(auth.client, 'login').mockImplementation(async (...of) => ({
      ...(await login(...of)),
      endedSessionIds: [sid],
    }));
    const { accessToken: second } = (await post('login')).body as { accessToken: string };
    expect([(await read(first)).status, (await read(second)).status]).toEqual([401, 200]);
  });

  it('say by the words of the catalogue what is wrong with a name or a password that is new', async () => {
    const { bff, post } = await start();
    const reasons = ({ body }: { readonly body: { readonly errors?: readonly object[] } }) =>
      body.errors?.map((fault) => `${(fault as { field: string }).field} ${(fault as { reason?: string }).reason}`);
    const good = credentials();
    expect(reasons(await post('register', { ...good, name: 'ab' }))).toEqual(['name name-shape']);
    expect(reasons(await post('register', { ...good, password: 'short' }))).toEqual(['password password-short']);
    expect(reasons(await post('register', { ...good, password: 'x'.repeat(600) }))).toEqual(['password password-long']);
    const recovery = { name: good.name, code: '7k3m-q9xd-2hpw-v4ta' };
    expect(reasons(await post('recover', { ...recovery, password: 'short' }))).toEqual(['password password-short']);
    const half = await fetch(`${bff.url}/api/v1/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"name":"${good.name}","password":"half \\ud800 of one"}`,
    });
    expect(reasons(await readAnswer(half))).toEqual(['password password-unicode']);
    await post('register', good);
    const { body } = await post('login', good);
    const change = { old: good.password, new: 'short' };
    const changed = await bff.call({ token: body.accessToken }, 'POST', '/api/v1/account/password', change);
    expect(reasons(changed)).toEqual(['new password-short']);
  });

  it('register, log in, refresh and log out as the contract says', async () => {
    const { bff, post } = await start();
    const who = credentials();
    expect(await post('register', who)).toMatchObject({ status: 201, body: { message: 'user created successfully' } });
    expect(await post('register', { ...who, name: who.name.toUpperCase() })).toMatchObject({
      status: 409,
      body: { title: 'Already exists' },
    });
    const login = await post('login', who);
    expect(login).toMatchObject({ status: 200, body: { accessToken: expect.any(String) } });
    expect(Object.keys(login.body)).toEqual(['accessToken']);
    expect(login.headers.get('cache-control')).toBe('no-store');
    const attributes = login.cookie.split('; ').slice(1);
    expect(login.cookie).toMatch(/^refreshToken=/);
    expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=2592000', 'Path=/api/v1/auth', 'SameSite=Strict']);
    const refresh = await post('refresh', undefined, { cookie: pair(login.cookie) });
    expect(refresh).toMatchObject({ status: 200, body: { accessToken: expect.any(String) } });
    expect(pair(refresh.cookie)).not.toBe(pair(login.cookie));
    expect(await bff.call({ token: refresh.body.accessToken }, 'GET', '/api/v1/profile')).toMatchObject({
      status: 200,
      body: { Name: who.name },
    });
    expect((await post('refresh', undefined, { cookie: pair(login.cookie) })).status).toBe(200); // The answer before may have been lost.
    const next = await post('refresh', undefined, { cookie: pair(refresh.cookie) });
    expect(next.status).toBe(200);
    const reuse = await post('refresh', undefined, { cookie: pair(login.cookie) });
    expect(reuse.status).toBe(401);
    expect(reuse.cookie).toMatch(/^refreshToken=;.*Expires=Thu, 01 Jan 1970/);
    const logout = await post('logout', undefined, { cookie: pair(next.cookie) });
    expect(logout).toMatchObject({ status: 200, body: { message: 'logged out successfully' } });
    expect(logout.cookie).toMatch(/^refreshToken=;.*Path=\/api\/v1\/auth/);
    expect((await post('refresh', undefined, { cookie: pair(next.cookie) })).status).toBe(401);
    expect((await bff.call({ token: refresh.body.accessToken }, 'GET', '/api/v1/profile')).status).toBe(401);
  });

  it('sign nobody in with another password than his own, be it half a character or bytes that are none', async () => {
    const { bff, post } = await start();
    const { name } = credentials();
    const refused = (field: string) => ({ status: 400, body: { errors: [expect.objectContaining({ field })] } });
    for (const path of ['register', 'login']) {
      expect(await post(path, { name, password: '\ud800aaaaaaaaaaaaa' })).toMatchObject(refused('password'));
      expect(await post(path, { name: 'bob\udfff', password: 'a good password' })).toMatchObject(refused('name'));
      const body = Buffer.from(JSON.stringify({ name, password: '\u00ffaaaaaaaaaaaaa' }), 'latin1');
      const headers = { 'content-type': 'application/json' };
      expect(
        await readAnswer(await fetch(`${bff.url}/api/v1/auth/${path}`, { method: 'POST', headers, body })),
      ).toMatchObject(refused('body'));
    }
    expect((await post('register', { name, password: '\ud83d\udd11 a good password' })).status).toBe(201);
  });

  it('answer a registration once more to its owner whom the answer did not reach, and nobody else', async () => {
    const { post } = await start();
    const who = credentials();
    const again = (body: object, key = 'one-wish') =>
      post('register', body, { 'idempotency-key': `${key}-${who.name}` });
    const done = { status: 201, body: { message: 'user created successfully' } };
    for (let time = 0; time < 2; time++) expect(await again(who)).toMatchObject(done);
    expect((await post('login', who)).status).toBe(200);
    const other = {
      status: 409,
      body: { title: 'Conflict', errors: [{ field: 'idempotency-key', reason: 'different-request' }] },
    };
    expect(await again({ ...who, password: 'another good one' })).toMatchObject(other);
    expect(await again(credentials())).toMatchObject(other);
    expect(await again(who, 'another-wish')).toMatchObject({ status: 409, body: { title: 'Already exists' } });
    expect(await post('register', who)).toMatchObject({ status: 409, body: { title: 'Already exists' } });
    expect((await post('register', credentials(), { 'idempotency-key': 'x'.repeat(256) })).status).toBe(400);
  });

  it.each([
    ['for as long as a renewal may succeed', 2_592_000_000, 0, /^Max-Age=2592000$/],
    ['as long also with a clock here that is a month ahead', 2_592_000_000, 31 * 86_400_000, /^Max-Age=2592000$/],
    ['for the life of the token where an older auth service gave it', 0, 0, /^Max-Age=604(800|799)$/],
  ])('have the browser keep its session %s', async (_what, renewableForMs, aheadMs, maxAge) => {
    const auth = createFakeAuth(systemClock);
    const login: AuthClient['login'] = async (...of) => ({ ...(await auth.client.login(...of)), renewableForMs });
    const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const bff = await startTestBff({ postgres, clock, auth: { ...auth, client: { ...auth.client, login } } });
    running.push(bff);
    const who = credentials();
    await bff.call(undefined, 'POST', '/api/v1/auth/register', who);
    const { headers } = await bff.call(undefined, 'POST', '/api/v1/auth/login', who);
    expect(headers.getSetCookie()[0]?.split('; ')).toContainEqual(expect.stringMatching(maxAge));
  });

  it('make the cookie Secure everywhere but on the developer’s machine', async () => {
    const { post } = await start({ secureCookie: true });
    const who = credentials();
    await post('register', who);
    expect((await post('login', who)).cookie).toContain('; Secure');
  });

  it('tell a page whether the browser kept its session, so that it can say that a reload will sign out', async () => {
    const { bff, post } = await start({ secureCookie: true });
    const who = credentials();
    await post('register', who);
    const { cookie } = await post('login', who);
    const ask = async (headers: Record<string, string>) => {
      const answer = await fetch(`${bff.url}/api/v1/auth/cookie`, { headers });
      return { cache: answer.headers.get('cache-control'), ...((await answer.json()) as object) };
    };
    expect(await ask({})).toEqual({ cache: 'no-store', kept: false, needsHttps: true });
    expect(await ask({ cookie: pair(cookie) })).toEqual({ cache: 'no-store', kept: true, needsHttps: true });
  });

  it('answer a wrong password and an unknown name alike', async () => {
    const { post } = await start();
    const who = credentials();
    await post('register', who);
    const answers = [
      await post('login', { ...who, password: 'another one' }),
      await post('login', credentials()),
      await post('login', { name: 'a b', password: '' }),
    ];
    for (const { status, body, cookie } of answers) {
      const { requestId, ...rest } = body;
      expect(requestId).toEqual(expect.any(String));
      expect({ status, rest, cookie }).toEqual({
        status: 401,
        cookie: '',
        rest: {
          type: '/docs/errors/unauthenticated',
          code: 'urn:tickfolio:problem:unauthenticated',
          title: 'Not signed in',
          status: 401,
          detail: 'The name or the password is wrong.',
        },
      });
    }
  });

  it.each([
    ['a short name', { name: 'ab' }, 'name', /3 to 64 characters of the letters A to Z/, 'name-shape'],
    ['a name with a letter of another alphabet', { name: 'İstanbul' }, 'name', /letters A to Z/, 'name-shape'],
    ['a name of another script', { name: '币安人生' }, 'name', /letters A to Z/, 'name-shape'],
    ['a name with a space', { name: 'a b c' }, 'name', /3 to 64 characters/, 'name-shape'],
    ['a name of 65 characters', { name: 'a'.repeat(65) }, 'name', /3 to 64/, 'name-shape'],
    ['a short password', { password: '1234567' }, 'password', /at least 8 characters/, 'password-short'],
    // What fewer of them are as characters only the auth service counts.
    ['a password of 513 signs', { password: 'x'.repeat(513) }, 'password', /at most 512 characters/, 'password-long'],
    ['a password that is a number', { password: 12_345_678 }, 'password', /must be a text.*not a number/, undefined],
    ['a name that is null', { name: null }, 'name', /must be a text such as "myuser", not null/, undefined],
    ['an unknown field', { role: 'admin' }, 'role', /not a known field/, undefined],
  ])('refuse %s at registration', async (_what, fault, field, why, reason) => {
    const { post } = await start();
    const { status, body } = await post('register', { ...credentials(), ...fault });
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: [{ field, message: expect.stringMatching(why), ...(reason === undefined ? {} : { reason }) }],
    });
  });

  it('take a long password, and sign in with it, from a keyboard that writes its accents by themselves', async () => {
    const { post } = await start();
    const long = { ...credentials(), password: 'ệ'.repeat(100).normalize('NFD') };
    expect((await post('register', long)).status).toBe(201);
    expect((await post('login', long)).status).toBe(200);
  });

  it('answer a refresh or a logout without a cookie', async () => {
    const { post } = await start();
    expect((await post('refresh')).status).toBe(401);
    expect((await post('logout')).status).toBe(200);
    expect((await post('refresh', undefined, { cookie: 'refreshToken=nonsense' })).status).toBe(401);
  });

  it('refuse what a page of another site sends', async () => {
    const { bff, post } = await start({ allowedOrigins: ['https://app.example.com'] });
    const port = new URL(bff.url).port;
    const status = async (headers: Record<string, string>) => (await post('logout', undefined, headers)).status;
    expect(await status({ origin: 'https://evil.example' })).toBe(403);
    expect(await status({ origin: 'null' })).toBe(403);
    expect(await status({ origin: 'https://app.example.com.evil.example' })).toBe(403);
    expect(await status({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await status({ 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await status({ 'sec-fetch-site': 'same-origin', origin: `http://127.0.0.1:${port}` })).toBe(200);
    expect(await status({ origin: 'https://app.example.com', 'sec-fetch-site': 'same-site' })).toBe(200);
    expect(await status({})).toBe(200);
  });

  it('answer 503 with a time to wait while accounts are away, and valid tokens keep working', async () => {
    const { bff, post } = await start();
    const who = credentials();
    await post('register', who);
    const { body } = await post('login', who);
    bff.auth.state.down = true;
    for (const answer of [await post('login', who), await post('register', credentials())]) {
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.headers.get('content-type')).toMatch(/problem\+json/);
    }
    expect((await bff.call({ token: body.accessToken }, 'GET', '/api/v1/profile')).status).toBe(200);
  });

  it('limit the attempts of one address, with a time to wait', async () => {
    const { post } = await start({ maxAuthCalls: 3, authWindowMs: 60_000 });
    for (let i = 0; i < 3; i++) expect((await post('login', credentials())).status).toBe(401);
    const refused = await post('login', credentials());
    expect(refused).toMatchObject({ status: 429, body: { status: 429, title: 'Too many requests' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(refused.headers.get('content-type')).toMatch(/problem\+json/);
    expect((await post('register', credentials())).status).toBe(201);
  });

  it('let an address try again after its wait where the clock of the computer was set back by an hour meanwhile', async () => {
    let aheadMs = 0;
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + aheadMs };
    const { post } = await start({ maxAuthCalls: 1, authWindowMs: 60_000 }, clock);
    expect((await post('login', credentials())).status).toBe(401);
    const real = Date.now;
    vi.spyOn(Date, 'now').mockImplementation(() => real() - 3_600_000);
    const refused = await post('login', credentials());
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    aheadMs = 60_000;
    expect((await post('login', credentials())).status).toBe(401);
    expect((await post('login', credentials())).status).toBe(429);
  });

  it('believe a proxy about the address only where they are told to', async () => {
    const addressSeen = async (trustProxy: boolean | string[]) => {
      const { bff, post } = await start({ trustProxy });
      await post('login', credentials(), { 'x-forwarded-for': '203.0.113.7' });
      return bff.auth.calls.at(-1)?.meta.clientAddress;
    };
    expect(await addressSeen(false)).toBe('127.0.0.1');
    expect(await addressSeen(['127.0.0.1'])).toBe('203.0.113.7');
    expect(await addressSeen(['10.0.0.0/8'])).toBe('127.0.0.1');
  });

  it('pass the request id on', async () => {
    const { bff, post } = await start();
    await post('login', credentials(), { 'x-request-id': 'trace-me' });
    expect(bff.auth.calls.at(-1)?.meta.requestId).toBe('trace-me');
  });
});
