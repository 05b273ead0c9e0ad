import { request } from 'node:http';
import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import type { Postgres } from '@tickfolio/lib/postgres';
import { createLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUser, openTestPostgres, startTestBff, type TestBffOptions } from '../kit/bff.js';
import { openSocket } from '../kit/socket.js';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterAll(async () => {
  await Promise.all([...started.values()].map(async (starting) => (await starting).bff.close()));
  await postgres.close();
});

const who = { name: 'origins', password: 'a good password' };
const started = new Map<string, ReturnType<typeof launch>>();
/** One BFF for all tests with the same options. */
const start = (options: NonNullable<TestBffOptions['options']> = {}): ReturnType<typeof launch> => {
  const key = JSON.stringify(options);
  const running = started.get(key) ?? launch(options);
  started.set(key, running);
  return running;
};
/** Moves only for what is told at most once in a while. */
const clock = createManualClock();
const launch = async (options: NonNullable<TestBffOptions['options']>) => {
  const lines: string[] = [];
  const log = createLogger('bff', 'info', (line) => lines.push(line));
  const bff = await startTestBff({
    postgres,
    clock: { ...systemClock, monotonic: clock.monotonic },
    deps: { log },
    options,
  });
  await bff.call(undefined, 'POST', '/api/v1/auth/register', who);
  /** By node:http, which unlike fetch sends any Host. */
  const send = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
    new Promise<{ status: number; detail: string; cookies: readonly string[] }>((resolve, reject) => {
      const text = body === undefined ? '' : JSON.stringify(body);
      const type =
        body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };
      const asked = request(
        `${bff.url}/api/v1/auth/${path}`,
        { method, headers: { ...type, ...headers } },
        (answer) => {
          let received = '';
          answer.on('data', (chunk) => {
            received += chunk;
          });
          answer.on('end', () => {
            const { detail } = JSON.parse(received) as { detail: string };
            resolve({ status: answer.statusCode ?? 0, detail, cookies: answer.headers['set-cookie'] ?? [] });
          });
        },
      );
      asked.on('error', reject);
      asked.end(text);
    });
  const logIn = (headers: Record<string, string>) => send('POST', 'login', headers, who);
  const upgrade = (headers: Record<string, string>) =>
    openSocket(bff.wsUrl, createUser(systemClock), { headers }).then(
      async (socket) => {
        await socket.close();
        return 101;
      },
      (err: { status?: number }) => err.status ?? 0,
    );
  return { bff, lines, firstLines: lines.join(''), send, logIn, upgrade };
};

/** What a page of ours adds to everything that may come with a cookie. */
const byPage = { 'x-requested-with': 'tickfolio' };
/** How nginx passes a request on that it got for http://nas:8090, as everybody writes it. */
const rewritten = { 'the upstream’s address': 'tickfolio_backend', 'the name without its port': 'nas' };

describe('a person behind a proxy that changes the address', () => {
  it.each(Object.entries(rewritten))(
    'signs in and gets live values all the same, where Host is %s',
    async (_what, host) => {
      const { logIn, send, upgrade } = await start();
      const page = { host, origin: 'http://nas:8090' };
      for (const proof of [byPage, { 'sec-fetch-site': 'same-origin' }]) {
        const { status, cookies } = await logIn({ ...page, ...proof });
        expect(status).toBe(200);
        const [session = '', origin = ''] = cookies.map((cookie) => cookie.split(';')[0] ?? '');
        expect(await send('POST', 'refresh', { ...page, ...proof, cookie: session })).toMatchObject({ status: 200 });
        expect(cookies[1]).toMatch(/^pageOrigin=.*; Path=\/api\/v1\/ws; HttpOnly; SameSite=Strict$/);
        expect(await upgrade({ ...page, cookie: origin })).toBe(101);
        // Another page of the same host (cookies know no ports) is not that page, and without the cookie nobody is.
        expect(await upgrade({ host, origin: 'http://nas:9999', cookie: origin })).toBe(403);
        expect(await upgrade(page)).toBe(403);
      }
    },
  );

  it('needs no second cookie where nothing was changed', async () => {
    const { bff, logIn } = await start();
    for (const headers of [byPage, { 'sec-fetch-site': 'same-origin' }, {}]) {
      const { status, cookies } = await logIn({ origin: bff.url, ...headers });
      expect([status, cookies.length]).toEqual([200, 1]);
    }
    // Some proxies name the port that is the usual one.
    expect(await logIn({ host: 'portfolio.example:443', origin: 'https://portfolio.example' })).toMatchObject({
      status: 200,
    });
    expect(await logIn({ host: 'portfolio.example:443', origin: 'http://portfolio.example' })).toMatchObject({
      status: 403,
    });
  });

  it('signs in where the proxy says which address was asked, and is named in TRUST_PROXY', async () => {
    const page = { host: '127.0.0.1:8080', origin: 'http://nas:8090', 'x-forwarded-host': 'nas:8090' };
    expect((await (await start({ trustProxy: ['127.0.0.1'] })).logIn(page)).status).toBe(200);
    const stranger = await start({ trustProxy: ['10.0.0.0/8'] });
    expect((await stranger.logIn(page)).status).toBe(403);
    expect(await stranger.upgrade(page)).toBe(403);
  });
});

describe('PUBLIC_URL', () => {
  const publicUrls = ['https://portfolio.example/', 'http://nas:8090/'];
  it('makes the page work at each of its addresses, whatever the proxy says', async () => {
    const { logIn, upgrade } = await start({ publicUrls });
    for (const origin of ['https://portfolio.example', 'HTTPS://Portfolio.example', 'http://nas:8090']) {
      expect([origin, (await logIn({ host: 'tickfolio_backend', origin })).status]).toEqual([origin, 200]);
      expect([origin, await upgrade({ host: 'tickfolio_backend', origin })]).toEqual([origin, 101]);
    }
  });
  it('lets in at another address who the browser vouches for, over the upgrade too', async () => {
    const { bff, logIn, upgrade } = await start({ publicUrls });
    const { status, cookies } = await logIn({ origin: bff.url, 'sec-fetch-site': 'same-origin' });
    expect(status).toBe(200);
    expect(await upgrade({ origin: bff.url })).toBe(403);
    expect(await upgrade({ origin: bff.url, cookie: cookies[1]?.split(';')[0] ?? '' })).toBe(101);
  });
  it('keeps out a foreign name that leads here (DNS rebinding)', async () => {
    const rebound = { host: 'evil.example:8080', origin: 'http://evil.example:8080' };
    const { logIn, upgrade } = await start({ publicUrls });
    expect((await logIn(rebound)).status).toBe(403);
    expect((await logIn({ ...rebound, ...byPage })).status).toBe(403);
    expect(await upgrade(rebound)).toBe(403);
  });
});

describe('a page of another site', () => {
  it.each([
    ['that says nothing of itself', { origin: 'https://evil.example' }],
    ['of no address', { origin: 'null', ...byPage }],
    ['of which the browser says so', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', ...byPage }],
    ['of the same host', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site', ...byPage }],
    ['whose address begins like ours', { origin: 'http://127.0.0.1.evil.example' }],
    ['that names our proxy', { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' }],
    ['that remembers another', { origin: 'https://evil.example', cookie: 'pageOrigin=https://evil.example' }],
    ['without an address', { 'sec-fetch-site': 'cross-site' }],
  ])('%s ends no session and renews none', async (_what, headers) => {
    const { send } = await start();
    for (const path of ['refresh', 'logout'])
      expect([path, (await send('POST', path, headers)).status]).toEqual([path, 403]);
  });
  it('cannot send what tells a page of ours: the browser asks first, and gets no leave', async () => {
    const { bff } = await start({ allowedOrigins: ['https://app.example.com'] });
    for (const origin of ['https://evil.example', 'https://app.example.com']) {
      const answer = await fetch(`${bff.url}/api/v1/auth/logout`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'x-requested-with',
        },
      });
      await answer.text();
      expect(answer.headers.get('access-control-allow-headers') ?? '').not.toContain('x-requested-with');
    }
  });
});

describe('a refusal', () => {
  it('names both addresses, to the person and in the log, and what to set', async () => {
    const { logIn, lines } = await start();
    clock.advance(10_001);
    lines.length = 0;
    const { detail } = await logIn({ host: 'nas', origin: 'http://nas:8090' });
    expect(detail).toMatch(/not accepted here.*"http:\/\/nas:8090".*"nas" \(its Host header\).*set PUBLIC_URL/);
    const told = () => lines.filter((line) => line.includes('a page was refused'));
    expect(told()).toEqual([expect.stringContaining('"page":"http://nas:8090"')]);
    // Not once for each of thousands.
    for (let i = 0; i < 5; i++) await logIn({ host: 'nas', origin: 'http://nas:8090' });
    expect(told()).toHaveLength(1);
    clock.advance(10_001);
    await logIn({ host: 'nas', origin: 'http://nas:8090' });
    expect(
      told()
        .map((line) => (JSON.parse(line) as { times: number }).times)
        .at(-1),
    ).toBe(6);
  });
  it('names PUBLIC_URL where that was set, and the proxy where that was believed', async () => {
    const set = await start({ publicUrls: ['https://portfolio.example/'] });
    expect((await set.logIn({ origin: 'https://other.example' })).detail).toMatch(
      /https:\/\/other\.example.*https:\/\/portfolio\.example\/ \(PUBLIC_URL\)/,
    );
    const proxied = await start({ trustProxy: true });
    expect((await proxied.logIn({ origin: 'https://other.example', 'x-forwarded-host': 'nas' })).detail).toContain(
      '"nas" (the proxy\'s X-Forwarded-Host)',
    );
  });
});

describe('the log at the start', () => {
  const said = async (options: TestBffOptions['options']) => (await start(options)).firstLines;
  it('says which address was understood', async () => {
    expect(await said({})).toMatch(/what each request's Host says, under \/ .*believed of nobody/);
    expect(await said({ publicUrls: ['https://a.example/t/'], basePath: '/t/', trustProxy: ['10.0.0.0/8'] })).toMatch(
      /expected at https:\/\/a\.example\/t\/ .*believed of 10\.0\.0\.0\/8/,
    );
  });
  it('says that cookies need https, where they may not get it', async () => {
    const sentence = 'cookies need https outside ENV=local';
    expect(await said({ secureCookie: true })).toContain(sentence);
    expect(await said({ secureCookie: true, publicUrls: ['http://nas:8090/'] })).toMatch(
      /"level":40.*PUBLIC_URL names http:\/\/nas:8090/,
    );
    expect(
      await said({ secureCookie: true, publicUrls: ['https://a.example/', 'http://localhost:8080/'] }),
    ).not.toContain(sentence);
    expect(await said({ secureCookie: false })).not.toContain(sentence);
  });
});

describe('the log while people sign in', () => {
  it('says that a reload will sign out who opened the page by http, and nothing where a proxy serves https', async () => {
    const { logIn, lines } = await start({ secureCookie: true });
    clock.advance(600_001);
    lines.length = 0;
    const told = () => lines.filter((line) => line.includes('cookies need https') && line.includes('"level":40'));
    await logIn({ host: 'portfolio.example', origin: 'https://portfolio.example' });
    await logIn({ host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' });
    expect(told()).toEqual([]);
    for (let i = 0; i < 3; i++) await logIn({ host: 'nas:8090', origin: 'http://nas:8090' });
    expect(told()).toEqual([expect.stringContaining('http://nas:8090')]);
  });
  it('says that a proxy is not named in TRUST_PROXY, so that all behind it share one limit', async () => {
    const told = async (options: TestBffOptions['options']) => {
      const { logIn, lines } = await start(options);
      clock.advance(600_001);
      lines.length = 0;
      for (let i = 0; i < 3; i++) await logIn({ 'x-forwarded-for': '203.0.113.7' });
      return lines.filter((line) => line.includes('TRUST_PROXY, so')).length;
    };
    expect(await told({})).toBe(1);
    expect(await told({ trustProxy: ['127.0.0.1'] })).toBe(0);
  });
});
