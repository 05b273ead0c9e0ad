import type { RelyingParty } from '@tickfolio/gen/auth/v1';
import { signAccessToken } from '@tickfolio/lib/access-token';
import { systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AskAccount } from '../accounts/account-client.js';
import type { AuthClient } from '../accounts/auth-client.js';
import { accountAnswers, begunPasskey } from '../kit/account.js';
import { createFakeAuth, createUser, jwtSecret, openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import type { BffOptions } from '../options.js';

let postgres: Postgres;
const running: TestBff[] = [];
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterAll(() => postgres.close());
afterEach(async () => {
  for (const bff of running.splice(0)) await bff.close();
});

const at = '2026-11-29T10:00:00.000Z';
const start = async (options: Partial<BffOptions> = {}, more: Partial<AuthClient> = {}, refusal?: AppError) => {
  const asked: { readonly call: string; readonly asker: object; readonly request: Record<string, unknown> }[] = [];
  const user = createUser(systemClock);
  const account = (async (call: string, asker: object, request: Record<string, unknown> = {}) => {
    asked.push({ call, asker, request });
    if (refusal) throw refusal;
    return accountAnswers(user.sessionId)[call];
  }) as AskAccount;
  const auth = createFakeAuth(systemClock, { account, ...more });
  const bff = await startTestBff({ postgres, auth, options });
  running.push(bff);
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    bff.call(user, method, `/api/v1/${path}`, body, headers);
  return { bff, user, asked, call };
};
const password = 'a good password';
const response = { id: 'c-1', type: 'public-key', response: { clientDataJSON: 'x' } };

describe('the routes of the account', () => {
  it('pass on who asks, and answer as the description says', async () => {
    const { call, asked, user } = await start();
    const walk: readonly (readonly [string, string, unknown, number, object])[] = [
      ['GET', 'account', undefined, 200, { name: 'ada', role: null, passwordChangedAt: null, freshUntil: at }],
      ['POST', 'account/password', { old: password, new: 'another good one' }, 200, {}],
      ['POST', 'account/reauthenticate', { password }, 200, { freshUntil: at }],
      ['POST', 'account/reauthenticate', { ticket: 'a.b', response }, 200, { freshUntil: at }],
      ['POST', 'account/reauthenticate/options', undefined, 200, { ticket: 'a.b', options: { rpId: 'localhost' } }],
      ['GET', 'account/sessions', undefined, 200, { sessions: [{ current: true }, { current: false }], next: null }],
      ['DELETE', 'account/sessions/s-2', undefined, 200, { message: 'session ended successfully' }],
      ['POST', 'account/recovery-codes', undefined, 201, { recoveryCodes: ['7k3m-q9xd-2hpw-v4ta'] }],
      ['POST', 'account/totp', undefined, 201, { secret: 'JBSWY3DPEHPK3PXP' }],
      ['POST', 'account/totp/confirm', { code: '123456' }, 200, {}],
      ['DELETE', 'account/totp', undefined, 200, {}],
      ['POST', 'account/passkeys/options', undefined, 200, { options: { challenge: 'x' } }],
      ['POST', 'account/passkeys', { ticket: 'a.b', name: 'Laptop', response }, 201, { passkey: { lastUsedAt: null } }],
      ['GET', 'account/passkeys', undefined, 200, { passkeys: [{ name: 'Laptop', createdAt: at }], next: null }],
      ['DELETE', 'account/passkeys/p-1', undefined, 200, {}],
      ['GET', 'account/log?limit=10&cursor=9', undefined, 200, { entries: [{ at, detail: { count: 2 } }], next: '7' }],
      ['GET', 'audit', undefined, 200, { entries: [{ action: 'sign-in' }] }],
      ['DELETE', 'account', undefined, 202, { link: '/api/v1/deletions/3f1c9a52', token: '3f1c9a52' }],
    ];
    for (const [method, path, body, status, shape] of walk) {
      const answer = await call(method, path, body, { 'user-agent': 'curl/8' });
      expect([path, answer.status]).toEqual([path, status]);
      expect(answer.body).toMatchObject(shape);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    const { userId, sessionId } = user;
    for (const { asker } of asked)
      expect(asker).toMatchObject({ userId, sessionId, clientAddress: '127.0.0.1', userAgent: 'curl/8' });
    const requestOf = (name: string) => asked.filter((one) => one.call === name).map((one) => one.request);
    expect(requestOf('changePassword')).toEqual([{ oldPassword: password, newPassword: 'another good one' }]);
    expect(requestOf('reauthenticate')).toMatchObject([
      { password, ticket: '' },
      { password: '', ticket: 'a.b' },
    ]);
    expect(JSON.parse(String(requestOf('addPasskey')[0]?.responseJson))).toEqual(response);
    expect(requestOf('listLog')).toEqual([
      { cursor: '9', limit: 10 },
      { cursor: '', limit: 50 },
    ]);
  });

  it('are for signed-in users, take nothing that is not described, and have a limit of calls', async () => {
    const { bff, call, asked } = await start({ maxAuthCalls: 6 });
    const paths = ['account', 'account/sessions', 'account/log', 'account/passkeys', 'audit'];
    for (const path of paths) expect((await bff.call(undefined, 'GET', `/api/v1/${path}`)).status).toBe(401);
    for (const body of [
      { old: password },
      { old: password, new: 'short' },
      { old: password, new: password, more: 1 },
      { old: 1, new: password },
      { old: 'x'.repeat(600), new: password },
    ])
      expect((await call('POST', 'account/password', body)).status).toBe(400);
    expect((await call('GET', 'account/log?limit=1000')).status).toBe(400);
    expect((await call('POST', 'account/reauthenticate', { password, ticket: 'x', response })).status).toBe(400);
    expect(asked).toEqual([]);
    for (let more = 0; more < 5; more++) await call('GET', 'account/passkeys');
    expect((await call('GET', 'account/passkeys')).status).toBe(429);
  });

  it('end the sessions everywhere that a new password, a recovery or the list ended', async () => {
    const recover: AuthClient['recover'] = async () => ({ sessionIds: ['s-3'], recoveryCodesLeft: 8 });
    const { bff, call } = await start({}, { recover });
    const tokenOf = (sessionId: string) =>
      signAccessToken({ secret: jwtSecret, clock: systemClock }, { userId: 'u', userName: 'ada', sessionId }, 60_000);
    const statusOf = async (sessionId: string) =>
      (await bff.call(tokenOf(sessionId), 'GET', '/api/v1/account/sessions')).status;
    expect(await Promise.all(['s-gone', 's-2', 's-3'].map(statusOf))).toEqual([200, 200, 200]);
    await call('POST', 'account/password', { old: password, new: 'another good one' });
    await call('DELETE', 'account/sessions/s-2');
    const recovered = await call('POST', 'auth/recover', { name: 'ada', code: '7k3m', password });
    expect(recovered).toMatchObject({ status: 200, body: { recoveryCodesLeft: 8 } });
    await expect.poll(() => Promise.all(['s-gone', 's-2', 's-3'].map(statusOf))).toEqual([401, 401, 401]);
  });

  it('end the session of the list also by its id in capitals, as some programs write ids', async () => {
    const { bff, call } = await start();
    const who = { userId: 'u', userName: 'ada', sessionId: '0b6f8e52-7f0c-4b58-9d0a-5d8c2f1a3e47' };
    const token = signAccessToken({ secret: jwtSecret, clock: systemClock }, who, 60_000);
    expect((await call('DELETE', `account/sessions/${who.sessionId.toUpperCase()}`)).status).toBe(200);
    expect((await bff.call(token, 'GET', '/api/v1/profile')).status).toBe(401);
  });

  it('hand on the link that who deletes the account has made, and no other key', async () => {
    const { call, asked } = await start();
    const key = 'a1'.repeat(32);
    expect((await call('DELETE', 'account', undefined, { 'idempotency-key': 'a1' })).status).toBe(400);
    expect((await call('DELETE', 'account', undefined, { 'idempotency-key': key })).status).toBe(202);
    expect(asked.map(({ request }) => request)).toEqual([{ linkToken: key }]);
  });

  it('end with the account: its sessions too, the cookie goes, and the link tells whoever has it what became of it', async () => {
    const { bff, call } = await start({ basePath: '/portfolio/' });
    const { status, headers, body } = await call('DELETE', 'account');
    expect([status, headers.get('location')]).toEqual([202, '/portfolio/api/v1/deletions/3f1c9a52']);
    expect(body).toMatchObject({ link: headers.get('location') });
    expect(headers.getSetCookie().join()).toMatch(/^refreshToken=;.*Path=\/portfolio\/api\/v1\/auth/);
    const ended = signAccessToken(
      { secret: jwtSecret, clock: systemClock },
      { userId: 'u', userName: 'ada', sessionId: 's-deleted' },
      60_000,
    );
    await expect.poll(async () => (await bff.call(ended, 'GET', '/api/v1/account/sessions')).status).toBe(401);
    expect(await bff.call(undefined, 'GET', '/api/v1/deletions/3f1c9a52')).toMatchObject({
      status: 200,
      body: {
        state: 'running',
        progress: 0.5,
        deletedAt: at,
        until: '2026-12-29T10:00:00.000Z',
        services: [
          { service: 'auth', doneAt: at },
          { service: 'bff', doneAt: null },
        ],
      },
    });
  });

  it('say by a word and a page of its own that the password is asked for again', async () => {
    const refusal = new AppError('permission_denied', 'Give the password once more.', { problem: 'reauthenticate' });
    const { call, bff } = await start({}, {}, refusal);
    expect(await call('POST', 'account/recovery-codes')).toMatchObject({
      status: 403,
      body: {
        type: '/docs/errors/reauthenticate',
        code: 'urn:tickfolio:problem:reauthenticate',
        title: 'Prove again that it is you',
      },
    });
    expect((await bff.call(undefined, 'GET', '/docs/errors/reauthenticate')).status).toBe(200);
  });

  it('let operators alone look at the log of all', async () => {
    const { bff, call, asked, user } = await start();
    expect(await call('GET', 'account/log/check')).toMatchObject({
      status: 403,
      body: { type: '/docs/errors/operator-only' },
    });
    expect(asked).toEqual([]);
    const who = { userId: user.userId, userName: user.name, sessionId: user.sessionId, role: 'operator' as const };
    const operator = signAccessToken({ secret: jwtSecret, clock: systemClock }, who, 60_000);
    const found = { checked: 7, firstBadRow: null, lastRow: 7, headRow: 7, headHash: 'ab' };
    expect((await bff.call(operator, 'GET', '/api/v1/account/log/check?after=3')).body).toEqual(found);
    expect(asked).toMatchObject([{ call: 'checkLog', request: { afterSeq: 3 } }]);
  });
});

describe('signing in', () => {
  it('answers a ticket instead of tokens where a second factor is needed, and sets no cookie', async () => {
    const needed = { ticket: 't-1', kinds: ['totp', 'recovery-code'] };
    const { call } = await start({}, { login: async () => needed });
    const login = await call('POST', 'auth/login', { name: 'ada', password });
    expect([login.status, login.body, login.headers.getSetCookie()]).toEqual([200, { secondFactor: needed }, []]);
    expect(login.headers.get('cache-control')).toBe('no-store');
  });

  it('with the second factor or a passkey gives what a login gives', async () => {
    const given: unknown[] = [];
    const { bff, call } = await start(
      {},
      {
        secondFactor: async (...of) => {
          given.push(of.slice(0, 3));
          return tokens();
        },
        beginPasskeyLogin: async () => begunPasskey,
        loginWithPasskey: async (...of) => {
          given.push(of.slice(0, 2));
          return tokens();
        },
      },
    );
    const who = { name: `second-${Date.now()}`, password };
    const tokens = async () => {
      await bff.auth.client.register({ ...who, key: '', withRecoveryCodes: false }, meta).catch(() => undefined);
      const answer = await bff.auth.client.login(who.name, who.password, meta);
      if (!('accessToken' in answer)) throw new Error('no tokens');
      return answer;
    };
    const meta = { requestId: '', clientAddress: '', userAgent: '' };
    const second = await call('POST', 'auth/second-factor', { ticket: 't-1', kind: 'totp', code: '123456' });
    expect((await call('POST', 'auth/passkey/options')).body).toMatchObject({ ticket: 'a.b' });
    const passkeyed = await call('POST', 'auth/passkey/verify', { ticket: 'a.b', response });
    for (const answer of [second, passkeyed]) {
      expect([answer.status, Object.keys(answer.body)]).toEqual([200, ['accessToken']]);
      expect(answer.headers.getSetCookie()[0]).toMatch(/^refreshToken=.+HttpOnly.+SameSite=Strict/);
    }
    expect(given).toEqual([
      ['t-1', 'totp', '123456'],
      ['a.b', JSON.stringify(response)],
    ]);
    expect((await call('POST', 'auth/second-factor', { ticket: 't', kind: 'sms', code: '1' })).status).toBe(400);
  });

  it('up shows recovery codes to who asks for them, and answers others as ever', async () => {
    const { call } = await start();
    const plain = await call('POST', 'auth/register', { name: `plain-${Date.now()}`, password });
    expect([plain.status, plain.body]).toEqual([201, { message: 'user created successfully' }]);
    const codes = await call('POST', 'auth/register', { name: `codes-${Date.now()}`, password, recoveryCodes: true });
    expect([codes.status, codes.body]).toEqual([
      201,
      { message: 'user created successfully', recoveryCodes: ['7k3m-q9xd-2hpw-v4ta'] },
    ]);
    expect(codes.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    [
      'the address of the page, where nothing is set',
      {},
      { origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' },
      'localhost',
      'http://localhost:8080',
    ],
    [
      'the page that a proxy stands before and rewrites the host of',
      {},
      { origin: 'https://portfolio.example.com', 'sec-fetch-site': 'same-origin' },
      'portfolio.example.com',
      'https://portfolio.example.com',
    ],
    [
      'the page that the settings name, whatever the request says',
      { publicUrls: ['https://portfolio.example.com/', 'https://other.example.com/'] },
      {},
      'portfolio.example.com',
      'https://portfolio.example.com',
    ],
    [
      'the one of several pages that asks',
      { publicUrls: ['https://portfolio.example.com/', 'https://other.example.com/'] },
      { origin: 'https://other.example.com' },
      'other.example.com',
      'https://other.example.com',
    ],
    [
      'the domain above all pages that the settings name',
      { publicUrls: ['https://portfolio.example.com/'], passkeyRpId: 'example.com' },
      {},
      'example.com',
      'https://portfolio.example.com',
    ],
  ])('binds passkeys to %s', async (_what, options, headers, id, origin) => {
    const parties: RelyingParty[] = [];
    const { call } = await start(options, {
      beginPasskeyLogin: async (party) => {
        parties.push(party);
        return begunPasskey;
      },
    });
    expect((await call('POST', 'auth/passkey/options', undefined, headers)).status).toBe(200);
    expect([parties[0]?.id, parties[0]?.origins[0]]).toEqual([id, origin]);
  });

  it('with a passkey of a whole domain takes none that a page of a sibling host asked for', async () => {
    const parties: RelyingParty[] = [];
    const { call } = await start(
      { passkeyRpId: 'example.com' },
      {
        beginPasskeyLogin: async (party) => {
          parties.push(party);
          return begunPasskey;
        },
      },
    );
    // Passed on by that page's own server: only a browser would say more.
    const headers = { origin: 'https://evil.example.com', 'x-requested-with': 'tickfolio' };
    await call('POST', 'auth/passkey/options', undefined, headers);
    expect(parties.flatMap(({ origins }) => origins)).not.toContain('https://evil.example.com');
  });

  it('with a passkey is begun by no page of another site', async () => {
    const { call } = await start();
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await call('POST', 'auth/passkey/options', undefined, headers)).status).toBe(403);
  });
});
