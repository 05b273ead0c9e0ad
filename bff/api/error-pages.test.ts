import { fieldErrorWords } from '@tickfolio/api/error-words';
import { problemKinds } from '@tickfolio/lib/http';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';

let postgres: Postgres;
let bff: TestBff;
let below: TestBff;

beforeAll(async () => {
  postgres = await openTestPostgres();
  [bff, below] = await Promise.all([
    startTestBff({ postgres }),
    startTestBff({ postgres, options: { basePath: '/tickfolio/' } }),
  ]);
});
afterAll(async () => {
  await bff?.close();
  await below?.close();
  await postgres?.close();
});

const get = (of: TestBff, path: string) => of.call(undefined, 'GET', path);

describe('what a problem means', () => {
  it('can be read at the address that its type is', async () => {
    const { body } = await get(bff, '/api/v1/profile');
    expect(body).toMatchObject({ type: '/docs/errors/unauthenticated', code: 'urn:tickfolio:problem:unauthenticated' });
    const { status, headers, text } = await get(bff, body.type);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('<h1>Not signed in</h1>');
    expect(text).toContain('HTTP 401, <code>urn:tickfolio:problem:unauthenticated</code>');
    expect(text).toContain('Refresh the access token once');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
  });

  it('can be read of every reason, of a field too, from the list of all', async () => {
    const { text } = await get(bff, '/docs/errors');
    const links = [...(text.split('<ul>')[1] ?? '').matchAll(/<a href="([^"]+)">/g)].map(([, link = '']) => link);
    const reasons = [...problemKinds.keys(), ...Object.keys(fieldErrorWords)];
    expect(links).toEqual(reasons.map((reason) => `/docs/errors/${reason}`));
    for (const link of links) expect((await get(bff, link)).status).toBe(200);
  });

  it('can be read by who writes the name in capitals, or as gRPC does', async () => {
    for (const path of ['/docs/errors/Not-Found', '/docs/errors/NOT_FOUND']) {
      const { status, headers } = await get(below, path);
      expect([path, status, headers.get('location')]).toEqual([path, 308, '/tickfolio/docs/errors/not-found']);
    }
    expect((await get(bff, '/docs/errors/nowhere')).status).toBe(404);
  });

  it('can be read below a base path too', async () => {
    const { body } = await get(below, '/api/v1/nowhere');
    expect(body.type).toBe('/tickfolio/docs/errors/not-found');
    for (const path of [body.type, '/docs/errors/not-found']) {
      const { status, text } = await get(below, path);
      for (const link of ['docs/errors', 'docs', 'docs/guide'])
        expect([status, text.includes(`<a href="/tickfolio/${link}">`)]).toEqual([200, true]);
    }
  });

  it('is said in the same words where no request was read', async () => {
    expect((await get(bff, '/%zz')).body).toMatchObject({
      type: '/docs/errors/invalid-argument',
      code: 'urn:tickfolio:problem:invalid-argument',
    });
  });

  it('is a problem itself where there is no such reason', async () => {
    const { status, body } = await get(bff, '/docs/errors/nothing');
    expect([status, body.type]).toEqual([404, '/docs/errors/not-found']);
    expect((await bff.call(undefined, 'POST', '/docs/errors/not-found')).status).toBe(405);
  });
});
