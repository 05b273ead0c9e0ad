import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';

const folder = mkdtempSync(join(tmpdir(), 'tickfolio-documents-'));
const rest = '<!doctype html><title>REST</title>';
const html = { accept: 'text/html,*/*;q=0.8' };
let postgres: Postgres;
let bff: TestBff;
let below: TestBff;
let bare: TestBff;

beforeAll(async () => {
  mkdirSync(join(folder, 'guide/api'), { recursive: true });
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), rest);
  writeFileSync(join(folder, 'index.html.br'), brotliCompressSync(rest));
  writeFileSync(join(folder, 'guide.html'), '<title>Guide</title>');
  writeFileSync(join(folder, 'guide/api/rest.html'), '<title>REST in the guide</title>');
  writeFileSync(join(folder, 'not-found.html'), '<title>Not found</title><a href="./docs/guide">The guide</a>');
  writeFileSync(join(folder, 'assets/main-1a2b.js'), '1;');
  postgres = await openTestPostgres();
  [bff, below, bare] = await Promise.all([
    startTestBff({ postgres, options: { documentsFolder: folder } }),
    startTestBff({ postgres, options: { documentsFolder: folder, basePath: '/tickfolio/' } }),
    startTestBff({ postgres }),
  ]);
});
afterAll(async () => {
  for (const one of [bff, below, bare]) await one?.close();
  await postgres?.close();
  rmSync(folder, { recursive: true });
});

const get = (of: TestBff, path: string, headers: Record<string, string> = html) =>
  fetch(of.url + path, { headers, redirect: 'manual' });

describe('the documents', () => {
  it('are served under /docs by their addresses, under the policy of the page', async () => {
    for (const [path, title] of [
      ['/docs', 'REST'],
      ['/docs/guide', 'Guide'],
      ['/docs/guide/api/rest?from=mail', 'REST in the guide'],
    ] as const) {
      const answer = await get(bff, path);
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        200,
        'text/html; charset=utf-8',
      ]);
      expect(await answer.text()).toContain(`<title>${title}</title>`);
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("script-src 'self'; style-src 'self'");
      expect(policy).not.toContain('unsafe');
    }
    expect((await get(bff, '/docs', { 'accept-encoding': 'br' })).headers.get('content-encoding')).toBe('br');
    expect((await get(bff, '/docs/assets/main-1a2b.js')).headers.get('cache-control')).toContain('immutable');
  });

  it('have one address each: with a slash behind it, or in capitals, they lead there, below a base path too', async () => {
    for (const [of, path, location] of [
      [bff, '/docs/', '/docs'],
      [bff, '/docs/guide/', '/docs/guide'],
      [bff, '/docs/Guide/API/rest', '/docs/guide/api/rest'],
      [bff, '/docs/errors/', '/docs/errors'],
      [bff, '/docs/errors/not-found/', '/docs/errors/not-found'],
      [below, '/tickfolio/docs/errors/', '/tickfolio/docs/errors'],
      [bare, '/docs/', '/docs'],
      [below, '/tickfolio/docs/', '/tickfolio/docs'],
      [below, '/tickfolio/docs/guide/api/rest/', '/tickfolio/docs/guide/api/rest'],
    ] as const) {
      const answer = await get(of, path);
      expect([path, answer.status, answer.headers.get('location')]).toEqual([path, 308, location]);
    }
  });

  it('that are not there are told to people by a page whose links hold at any depth, to programs by a problem', async () => {
    for (const [of, path, guide] of [
      [bff, '/docs/guide/a/b/c', '/docs/guide'],
      [below, '/tickfolio/docs/nowhere', '/tickfolio/docs/guide'],
    ] as const) {
      const answer = await get(of, path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(await answer.text()).toContain(`<a href="${guide}">`);
    }
    for (const path of ['/docs/guide/a', '/docs/guide.html', '/docs/../package.json', '/docs/%2e%2e/package.json']) {
      const answer = await get(bff, path, {});
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        404,
        'application/problem+json; charset=utf-8',
      ]);
    }
  });

  it('leave room for the errors, and for the description that says whether prices are simulated', async () => {
    expect(await (await get(bff, '/docs/errors/not-found')).text()).toContain('<h1>Not found</h1>');
    expect(((await (await get(bff, '/docs/json')).json()) as { openapi: string }).openapi).toBe('3.1.0');
  });

  it('that were not built are told where they would be, with what there is instead', async () => {
    const answer = await get(bare, '/docs');
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([503, 'no-store']);
    expect(await answer.text()).toContain('<a href="/openapi.json">');
  });
});
