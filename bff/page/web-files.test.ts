import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib';
import type { Postgres } from '@tickfolio/lib/postgres';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFakeAggregator, openTestPostgres, startTestBff, testSymbols } from '../kit/bff.js';
import { addWebFiles } from './web-files.js';

const folder = mkdtempSync(join(tmpdir(), 'tickfolio-page-'));
const script = `console.log(${JSON.stringify('x'.repeat(2_000))});`;
let app: FastifyInstance;
let bare: FastifyInstance;

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>the page</title>');
  writeFileSync(join(folder, 'icon.svg'), '<svg/>');
  writeFileSync(join(folder, 'worker.js'), 'self.skipWaiting();');
  writeFileSync(join(folder, 'assets/main-1a2b.js'), script);
  writeFileSync(join(folder, 'assets/main-1a2b.js.br'), brotliCompressSync(script));
  writeFileSync(join(folder, 'assets/main-1a2b.js.gz'), gzipSync(script));
  app = fastify();
  addWebFiles(app, folder);
  bare = fastify();
  addWebFiles(bare, join(folder, 'nowhere'));
});
afterAll(async () => {
  await app.close();
  await bare.close();
  rmSync(folder, { recursive: true });
});

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

describe('the page', () => {
  it('is served at every address of the app, under a policy that runs only its own files', async () => {
    for (const url of [
      ...['/', '/welcome', '/sign-in', '/sign-up', '/account', '/coins/btcusdt', '/markets?q=btc'],
      ...['/portfolios/default', '/assets/BTC?market=btceur', '/settings/display', '/portfolios/default/settings'],
      ...['/portfolios', '/assets', '/settings'],
    ]) {
      const answer = await get(url);
      expect([url, answer.statusCode, answer.headers['content-type']]).toEqual([url, 200, 'text/html; charset=utf-8']);
      expect(answer.body).toContain('the page');
      expect(answer.headers['cache-control']).toBe('no-cache');
      const policy = String(answer.headers['content-security-policy']);
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("worker-src 'self'");
      expect(policy).not.toContain('unsafe');
    }
  });
  it('is found by who writes a slash behind an address, or an address in capitals', async () => {
    for (const [url, location] of [
      ['/settings/', '/settings'],
      ['/settings/display/', '/settings/display'],
      ['/Settings/Display', '/settings/display'],
      ['/PORTFOLIOS/default/?sort=name', '/portfolios/default?sort=name'],
      ['/Portfolios/default/SETTINGS/', '/portfolios/default/settings'],
      ['/assets/', '/assets'],
      ['/Assets/BTC/?market=btceur', '/assets/BTC?market=btceur'],
      ['/Sign-In', '/sign-in'],
      // A proxy in front may write escapes in capitals, so that it would be sent to and fro for ever.
      ['/Portfolios/M%C3%BCnze', '/portfolios/m%C3%BCnze'],
      ['/Docs', '/docs'],
      ['/DOCS/guide?from=mail', '/docs/guide?from=mail'],
      ['/docs/Errors/not-found', '/docs/errors/not-found'],
    ] as const) {
      const answer = await get(url);
      expect([url, answer.statusCode, answer.headers.location]).toEqual([url, 308, location]);
    }
    const below = fastify();
    addWebFiles(below, folder, { basePath: '/tickfolio/' });
    expect((await below.inject({ url: '/Markets/?q=a' })).headers.location).toBe('/tickfolio/markets?q=a');
    await below.close();
    expect((await get('/portfolios/m%C3%BCnze')).statusCode).toBe(200);
    // Nobody is sent to another host, and no program elsewhere with what it sends.
    for (const url of ['//example.com/', '//example.com/settings/', '/\\\\example.com/', '/settings//', '/nowhere/'])
      expect([url, (await get(url)).headers.location]).toEqual([url, undefined]);
    expect((await app.inject({ method: 'POST', url: '/settings/' })).headers.location).toBeUndefined();
  });
  it('is found by no search, and tells nobody where one came from, where a link leads to a portfolio', async () => {
    const headersOf = async (url: string) => (await get(url)).headers;
    expect(await headersOf('/s/3f1c9a52')).toMatchObject({
      ...{ 'x-robots-tag': 'noindex', 'referrer-policy': 'no-referrer' },
      'content-type': 'text/html; charset=utf-8',
    });
    expect(await headersOf('/portfolios')).not.toHaveProperty('x-robots-tag');
  });
  it('is nothing elsewhere: no address is made up', async () => {
    for (const url of [
      '/coins',
      '/coins/a/b',
      '/assets/other.js',
      '/assets/main-1a2b.js.br',
      '/api/v1/nothing',
      '/index.html/x',
      '/../package.json',
    ])
      expect([url, (await get(url)).statusCode]).toEqual([url, 404]);
  });
  it('sends its files compressed beforehand, for ever where the name tells the content', async () => {
    const small = await get('/assets/main-1a2b.js', { 'accept-encoding': 'gzip, br' });
    expect(small.headers).toMatchObject({
      'content-encoding': 'br',
      vary: 'accept-encoding',
      'content-type': 'text/javascript; charset=utf-8',
    });
    expect(small.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(brotliDecompressSync(small.rawPayload).toString()).toBe(script);
    const plain = await get('/assets/main-1a2b.js');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body).toBe(script);
    expect((await get('/icon.svg')).headers['cache-control']).toBe('no-cache');
  });
  it('sends its worker anew with every build, allowed to load only from here', async () => {
    const { headers } = await get('/worker.js');
    expect(headers).toMatchObject({ 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-cache' });
    expect(headers['content-security-policy']).toContain("connect-src 'self'");
  });
  it('answers 304 to who has it', async () => {
    const { headers } = await get('/');
    const again = await get('/', { 'if-none-match': String(headers.etag) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    expect((await get('/', { 'if-none-match': '"other"' })).statusCode).toBe(200);
  });
  it('says how to build it where it is not built', async () => {
    const answer = await bare.inject({ url: '/' });
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('npm run build');
  });
});

describe('the page in the BFF', () => {
  let postgres: Postgres;
  let bff: Awaited<ReturnType<typeof startTestBff>>;
  beforeAll(async () => {
    postgres = await openTestPostgres();
    bff = await startTestBff({ postgres, options: { webFolder: folder } });
  });
  afterAll(async () => {
    await bff?.close();
    await postgres?.close();
  });

  it('tells a person who mistyped an address so, and a program by a problem', async () => {
    const ask = async (method: string, path: string, accept: string) => {
      const answer = await fetch(bff.url + path, { method, headers: { accept } });
      return {
        status: answer.status,
        type: answer.headers.get('content-type'),
        policy: answer.headers.get('content-security-policy'),
      };
    };
    const html = 'text/html,application/xhtml+xml,*/*;q=0.8';
    const page = {
      status: 404,
      type: 'text/html; charset=utf-8',
      policy: expect.stringContaining("script-src 'self'"),
    };
    for (const path of ['/nowhere', '/nowhere/', '/coins/btcusdt/more?x=1'])
      expect([path, await ask('GET', path, html)]).toEqual([path, page]);
    const problem = { status: 404, type: 'application/problem+json; charset=utf-8' };
    expect(await ask('GET', '/nowhere', '*/*')).toMatchObject(problem);
    for (const path of ['/api/v1/nowhere', '/docs/nowhere'])
      expect([path, await ask('GET', path, html)]).toMatchObject([path, problem]);
    expect(await ask('POST', '/nowhere', html)).toMatchObject(problem);
    expect(await ask('POST', '/account', html)).toMatchObject({ ...problem, status: 405 });
  });

  it('serves the list of symbols compressed, 304 while it is the same, and anew where another build makes another one of it', async () => {
    const url = `${bff.url}/api/v1/symbols`;
    const first = await fetch(url, { headers: { 'accept-encoding': 'br' } });
    const list = (await first.json()) as { Revision: string; Symbols: readonly unknown[] };
    const tag = first.headers.get('etag') ?? '';
    expect([list.Revision, tag]).toEqual(['r1', expect.stringMatching(/^"[\w-]{22}"$/)]);
    expect(list.Symbols).toContainEqual({ Symbol: 'ethbtc', BaseAsset: 'ETH', QuoteAsset: 'BTC', Status: 'trading' });
    // Neither what is no longer traded nor what has no value in USDT.
    expect(JSON.stringify(list)).not.toMatch(/oldusdt|btcold/);
    expect((await fetch(url, { headers: { 'if-none-match': tag } })).status).toBe(304);
    expect(first.headers.get('content-encoding')).toBe('br');
    const { fake, client } = createFakeAggregator();
    fake.symbols = testSymbols.filter(({ symbol }) => symbol !== 'dogeusdt'); // As if it left one out.
    const other = await startTestBff({ postgres, deps: { aggregator: client } });
    const ask = () => fetch(`${other.url}/api/v1/symbols`, { headers: { 'if-none-match': tag } });
    await expect.poll(async () => (await ask()).status).not.toBe(503);
    expect(((await (await ask()).json()) as typeof list).Symbols).toHaveLength(list.Symbols.length - 1);
    await other.close();
  });
});
