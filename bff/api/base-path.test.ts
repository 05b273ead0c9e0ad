import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { StartError } from '@tickfolio/lib/errors';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUser, openTestPostgres, readAnswer, startTestBff, type TestBff } from '../kit/bff.js';
import { openSocket } from '../kit/socket.js';
import { withoutBasePath } from './base-path.js';
import { ownAddresses, pageRoutes } from './public-url.js';

const basePath = '/tickfolio/';
const folder = mkdtempSync(join(tmpdir(), 'tickfolio-base-'));
let postgres: Postgres;
let bff: TestBff;
beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><link href="./assets/a-1.css"><script src="./assets/a-1.js"></script>',
  );
  writeFileSync(join(folder, 'assets/a-1.js'), 'import("./b-2.js");');
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres, options: { basePath, webFolder: folder } });
});
afterAll(async () => {
  await bff.close();
  await postgres.close();
  rmSync(folder, { recursive: true });
});

/** As a proxy asks that leaves the path on, and as one that takes it off. */
const proxies = { 'leaves the path on': basePath, 'takes it off': '/' };
const ask = async (path: string, init: RequestInit = {}) =>
  readAnswer(await fetch(bff.url + path, { redirect: 'manual', ...init }));

describe.each(Object.entries(proxies))('the page under a path, behind a proxy that %s,', (_what, at) => {
  it('is whole: it asks for its files where they are', async () => {
    for (const route of ['', 'sign-in', 'coins/btcusdt', 'nowhere/at/all']) {
      const { text, headers } = await ask(at + route, { headers: { accept: 'text/html' } });
      expect(text).toContain('<link href="/tickfolio/assets/a-1.css"><script src="/tickfolio/assets/a-1.js">');
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
    }
    expect((await ask(`${at}assets/a-1.js`)).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });
  it('signs in, stays signed in, and has live values', async () => {
    const json = { 'content-type': 'application/json' };
    const who = { name: `base-${at.length}`, password: 'a good password' };
    const post = (path: string, headers: Record<string, string>, body?: unknown) =>
      ask(`${at}api/v1/${path}`, { method: 'POST', headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    expect((await post('auth/register', json, who)).status).toBe(201);
    const { headers, body } = await post('auth/login', json, who);
    const [cookie = ''] = headers.getSetCookie();
    expect(cookie).toContain('; Path=/tickfolio/api/v1/auth;');
    expect((await post('auth/refresh', { cookie: cookie.split(';')[0] ?? '' })).status).toBe(200);
    const socket = await openSocket(`ws://127.0.0.1:${bff.port}${at}api/v1/ws`, { token: body.accessToken });
    expect((await socket.next()).UserName).toBe(who.name);
    await socket.close();
  });
  it('describes its interfaces where they are', async () => {
    const document = JSON.parse((await ask(`${at}openapi.json`)).text) as { servers: unknown };
    expect(document.servers).toEqual([{ url: '/tickfolio' }]);
    expect((await ask(`${at}docs`)).text).toContain('<a href="/tickfolio/openapi.json">');
    expect((await ask(`${at}health`)).status).toBe(200);
  });
});

describe('the path itself', () => {
  it('leads to the slash at its end, which a proxy may forget', async () => {
    const { status, headers } = await ask('/tickfolio?next=%2Faccount');
    expect([status, headers.get('location')]).toEqual([308, '/tickfolio/?next=%2Faccount']);
    expect((await ask('/tickfolio', { method: 'POST' })).status).toBe(405);
    expect((await ask('/tickfolios/', { headers: { accept: '*/*' } })).status).toBe(404);
  });
  it('is nothing to who comes without it', async () => {
    const user = createUser(systemClock);
    const headers = { authorization: `Bearer ${user.token}` };
    expect((await ask('/api/v1/profile', { headers })).status).toBe(200);
    expect(withoutBasePath('/tickfolio/tickfolio/', basePath)).toBe('/tickfolio/');
    expect(withoutBasePath('/anything?x=/tickfolio/', '/')).toBe('/anything?x=/tickfolio/');
  });
  it('has all addresses of the server on the list by which it is refused before anything is opened', async () => {
    const { paths } = JSON.parse((await ask('/openapi.json')).text) as { paths: Readonly<Record<string, unknown>> };
    const firsts = [...Object.keys(paths), ...pageRoutes].flatMap((path) => path.split('/')[1] || []);
    expect([...new Set(firsts)].filter((first) => !ownAddresses.has(first))).toEqual([]);
  });
  it('is refused where it would hide an address of the server', async () => {
    const starting = startTestBff({ postgres, options: { basePath: '/api/' } });
    await expect(starting).rejects.toThrow(
      new StartError('BASE_PATH must not begin with /api, which is an address of the server itself.'),
    );
  });
  it('is where the page leads to that was not built', async () => {
    for (const [webFolder, expected] of [
      [undefined, /^HTTP\/1.1 302[\s\S]*\r\nlocation: \/tickfolio\/docs\r\n/],
      [join(folder, 'assets'), /^HTTP\/1.1 503[\s\S]*<a href="\/tickfolio\/docs">/],
    ] as const) {
      const bare = await startTestBff({ postgres, options: { basePath, ...(webFolder ? { webFolder } : {}) } });
      const socket = connect(bare.port, '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.write('GET /tickfolio/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      await once(socket, 'close');
      expect(answer).toMatch(expected);
      await bare.close();
    }
  });
});
