import { connect } from 'node:net';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDashboard, type TestDashboard } from './kit/archive.js';

let dashboard: TestDashboard;
beforeAll(async () => {
  dashboard = await startTestDashboard({ check: async () => undefined } as unknown as ClickHouse);
});
afterAll(() => dashboard?.close());

/** What comes back for these bytes, until the connection ends. */
const answerTo = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(dashboard.port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    socket.once('end', () => resolve(text)).once('error', reject);
  });

describe('a request that cannot be met is told why', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400, /not valid HTTP/],
    [
      'headers past the bound',
      `GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`,
      431,
      /headers .* too large/,
    ],
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400, /no Host header/],
    [
      'an expectation',
      'GET / HTTP/1.1\r\nHost: a\r\nExpect: a miracle\r\nConnection: close\r\n\r\n',
      417,
      /cannot be met/,
    ],
    ['an unreadable address', 'GET /%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 400, /not a valid URL/],
  ])('%s', async (_what, bytes, status, words) => {
    const answer = await answerTo(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(words);
  });
  it('as a page to a person, as a problem to a program', async () => {
    const expecting = (accept: string) =>
      answerTo(`GET / HTTP/1.1\r\nHost: a\r\nAccept: ${accept}\r\nExpect: a miracle\r\nConnection: close\r\n\r\n`);
    expect(await expecting('text/html')).toMatch(/content-type: text\/html.*<h1>Expectation failed<\/h1>/is);
    expect(await expecting('application/json')).toMatch(/content-type: application\/problem\+json.*"status":417/is);
  });
});

it('a style or script that a browser has already is not sent again, and comes plain to who reads nothing else', async () => {
  const [, url = ''] = /(?:src|href)="(\/assets\/[^"]+)"/.exec(await dashboard.page('/nowhere')) ?? [];
  const plain = await dashboard.get(url, { 'accept-encoding': 'identity' });
  expect([plain.status, plain.headers.get('content-encoding'), plain.headers.get('vary')]).toEqual([
    200,
    null,
    'accept-encoding',
  ]);
  const again = await dashboard.get(url, { 'if-none-match': plain.headers.get('etag') ?? '' });
  expect([again.status, await again.text()]).toEqual([304, '']);
});
