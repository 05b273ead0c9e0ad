import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { openServerClickHouse } from '@tickfolio/lib/clickhouse/server';
import { systemClock } from '@tickfolio/lib/clock';
import { startTestClickHouse, type TestClickHouse } from '@tickfolio/lib/kit/clickhouse';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestArchive, rowsOf, startTestDashboard, type TestDashboard, textOf } from './kit/archive.js';

// A ClickHouse server that goes and comes back; one story, told in order.

let server: TestClickHouse;
let clickhouse: ClickHouse;
let dashboard: TestDashboard;

beforeAll(async () => {
  // On a host far from UTC, by half an hour too.
  server = await startTestClickHouse({ password: 'secret-of-the-test', zone: 'Asia/Kolkata' });
  clickhouse = openServerClickHouse({
    address: server.address,
    user: 'default',
    password: 'secret-of-the-test',
    log: silentLogger(),
    clock: systemClock,
  });
  const archive = await createTestArchive(clickhouse);
  const nowMs = systemClock.now();
  await archive.add(
    Array.from({ length: 40_000 }, (_, at) => ({ symbol: 'BTCUSDT', eventMs: nowMs - at * 50, close: '68123.45' })),
  );
  await archive.add([{ symbol: 'ETHUSDT', eventMs: nowMs, close: '3456.78' }]);
  await archive.audit(nowMs, 0, {});
});
afterAll(async () => {
  await dashboard?.close();
  await clickhouse?.close();
  await server?.close();
});

const sinceAbout = (text: string, atMs: number): boolean => {
  const since = /ClickHouse is away since (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\./.exec(text)?.[1];
  return since !== undefined && Math.abs(Date.parse(`${since.replace(' ', 'T')}Z`) - atMs) < 6_000;
};
const recovered = async (path: string) =>
  expect.poll(async () => (await dashboard.get(path)).status, { interval: 200 }).toBe(200);

it('says so on every page when it starts without ClickHouse, and recovers by itself', async () => {
  await server.kill();
  dashboard = await startTestDashboard(clickhouse);
  const startedMs = systemClock.now();
  for (const path of ['/', '/symbols/BTCUSDT', '/pipeline', '/symbols/BTCUSDT/tickers.csv']) {
    const answer = await dashboard.get(path);
    expect([path, answer.status, answer.headers.get('retry-after')]).toEqual([path, 503, '5']);
    const page = await answer.text();
    expect(sinceAbout(textOf(page), startedMs)).toBe(true);
    expect(textOf(page)).toContain('ECONNREFUSED');
    expect(page).toContain('<noscript><meta http-equiv="refresh"');
    expect(page).not.toContain('secret-of-the-test');
    const problem = await dashboard.get(path, { accept: 'application/json' });
    expect([problem.status, problem.headers.get('content-type')]).toEqual([
      503,
      'application/problem+json; charset=utf-8',
    ]);
    await problem.text();
  }
  const ready = await dashboard.get('/ready');
  expect([ready.status, await ready.json()]).toEqual([
    200,
    {
      status: 'ready',
      simulated: null,
      dependencies: {
        clickhouse: { status: 'down', required: false, reason: expect.stringContaining('ECONNREFUSED') },
      },
    },
  ]);
  await server.restart();
  await recovered('/');
  const page = await dashboard.page('/');
  expect(rowsOf(page).map(([symbol]) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT']);
  expect(textOf(page)).not.toContain('away');
});

it('shows the last hour and how old its newest row is, though the server is in Kolkata', async () => {
  const page = await dashboard.page('/symbols/BTCUSDT?range=1h');
  expect(textOf(page)).not.toContain('No tickers of BTCUSDT in the last');
  expect(textOf(await dashboard.page('/'))).toMatch(/BTCUSDT.+\d\d:\d\d:\d\d (just now|\d+ s ago|1 min ago)/);
  expect(textOf(await dashboard.page('/pipeline'))).toMatch(
    /Complete: nothing missing, nothing twice, checked (\d+ s|1 min) ago/,
  );
  const [, first = ''] = (await (await dashboard.get('/symbols/BTCUSDT/tickers.csv?range=15m')).text()).split('\r\n');
  const [id = '', , eventTime = ''] = first.split(',');
  expect(eventTime).toBe(new Date(Number(id.split('-')[1])).toISOString());
});

it('goes on showing what was read when ClickHouse is killed, and since when', async () => {
  const paths = ['/', '/symbols/BTCUSDT', '/pipeline'];
  for (const path of paths) await expect.poll(async () => textOf(await dashboard.page(path))).not.toContain('away');
  await server.kill();
  const killedMs = systemClock.now();
  await expect.poll(async () => textOf(await dashboard.page('/'))).toContain('ClickHouse is away');
  for (const path of paths) {
    await expect
      .poll(async () => textOf(await dashboard.page(path)))
      .toMatch(/This page shows what was read (just now|\d+ s ago)/);
    const answer = await dashboard.get(path);
    const text = textOf(await answer.text());
    expect([path, answer.status, sinceAbout(text, killedMs)]).toEqual([path, 200, true]);
  }
  expect(rowsOf(await dashboard.page('/'))).toHaveLength(2);
  expect(textOf(await dashboard.page('/symbols/BTCUSDT'))).toContain('68,123.45');
  expect(textOf(await dashboard.page('/pipeline'))).toContain('Complete: nothing missing');
  // What was never read cannot be shown.
  const other = textOf(await dashboard.page('/symbols/ETHUSDT?range=7d'));
  expect(other).toContain('The chart could not be read.');
  expect((await dashboard.get('/symbols/BTCUSDT/bars.csv')).status).toBe(503);
  await server.restart();
  await expect.poll(async () => textOf(await dashboard.page('/')), { interval: 200 }).not.toContain('away');
  await expect.poll(async () => textOf(await dashboard.page('/pipeline')), { interval: 200 }).not.toContain('away');
});

it('answers within its bound when ClickHouse hangs', async () => {
  await recovered('/');
  server.freeze();
  try {
    let text = '';
    const page = async () => {
      text = textOf(await dashboard.page('/'));
      expect(text).toContain('68,123.45');
      return text;
    };
    // A page waits 1.5 s for a reading, so some are answered before the first statement is given up after 5 s.
    expect(await page()).not.toContain('ClickHouse is away');
    await expect.poll(page).toContain('ClickHouse is away');
    expect(text).toContain('did not answer within 5000 ms');
    expect(text).toMatch(/This page shows what was read \d+ s ago/);
  } finally {
    server.thaw();
  }
  await expect.poll(async () => textOf(await dashboard.page('/')), { interval: 200 }).not.toContain('away');
});

it('breaks a file off when ClickHouse dies under it, rather than end it as if it were whole', async () => {
  await recovered('/symbols/BTCUSDT');
  const answer = await dashboard.get('/symbols/BTCUSDT/tickers.csv?range=1h', { 'accept-encoding': 'identity' });
  expect(answer.status).toBe(200);
  await server.kill();
  await expect(answer.text()).rejects.toThrow();
});
