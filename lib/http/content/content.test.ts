import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { compress } from './compression.js';
import { acceptedEncoding, hasAlready } from './negotiation.js';
import { sendStaticFile, staticFile } from './static-file.js';

describe('what a client can read', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['deflate, zstd, brotli', undefined],
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['GZIP;q=0.5, BR;Q=0.1', 'br'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['br ; q=0.000 , gzip', 'gzip'],
    ['br;q=0.0,gzip;q=0', undefined],
    ['br;q=0.001', 'br'],
    ['*', 'br'],
    ['br;q=0, *;q=0.1', 'gzip'],
    ['gzip, *;q=0', 'gzip'],
    ['*;q=0', undefined],
  ])('%s: %s', (accepted, encoding) => expect(acceptedEncoding(accepted)).toBe(encoding));
  it('is looked for among what is offered only', () => {
    expect([acceptedEncoding('br, gzip;q=0', ['gzip']), acceptedEncoding('*', ['gzip'])]).toEqual([undefined, 'gzip']);
  });
});

it.each([
  [undefined, false],
  ['', false],
  ['"a,b"', true],
  ['"other", "a,b"', true],
  ['W/"a,b"', true],
  [' * ', true],
  ['"a"', false],
  ['a,b', false],
])('a client that says %s has "a,b" already: %s', (header, has) => expect(hasAlready(header, '"a,b"')).toBe(has));

describe('a file that is sent', () => {
  const text = 'x'.repeat(2_000);
  const serve = async (forEver: boolean) => {
    const [br, gzip] = await Promise.all([
      compress('br', Buffer.from(text), 4),
      compress('gzip', Buffer.from(text), 11),
    ]);
    const file = staticFile('main.js', Buffer.from(text), { forEver, compressed: { br, gzip } });
    const app = fastify();
    app.get('/main.js', async (request, reply) => sendStaticFile(request, reply, file));
    return (headers: Record<string, string>) => app.inject({ url: '/main.js', headers });
  };
  it('comes as it was compressed beforehand, or plain', async () => {
    const get = await serve(true);
    const [br, gzip, plain] = [
      await get({ 'accept-encoding': 'br' }),
      await get({ 'accept-encoding': 'gzip' }),
      await get({}),
    ];
    const same = {
      vary: 'accept-encoding',
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    };
    expect(br.headers).toMatchObject({ ...same, 'content-encoding': 'br' });
    expect(gzip.headers).toMatchObject({ ...same, 'content-encoding': 'gzip' });
    expect(plain.headers).toMatchObject({ ...same, 'content-length': '2000' });
    expect([
      brotliDecompressSync(br.rawPayload).toString(),
      gunzipSync(gzip.rawPayload).toString(),
      plain.body,
    ]).toEqual([text, text, text]);
  });
  it('comes no second time while it is the same, by an address that stays', async () => {
    const get = await serve(false);
    const { headers } = await get({});
    expect(headers['cache-control']).toBe('no-cache');
    const again = await get({ 'if-none-match': `W/${String(headers.etag)}` });
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', headers.etag]);
  });
});
