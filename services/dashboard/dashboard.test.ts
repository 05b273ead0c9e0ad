import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { createManualClock, type ManualClock, systemClock } from '@tickfolio/lib/clock';
import { patient } from '@tickfolio/lib/kit/clickhouse';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { Decimal } from 'decimal.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sortColumns } from './archive/latest-tickers.js';
import {
  createTestArchive,
  factsOf,
  linkOf,
  rowsOf,
  startTestDashboard,
  type TestArchive,
  type TestDashboard,
  type TestRow,
  textOf,
  timeOf,
} from './kit/archive.js';
import { tickersPerPage } from './pages/tickers-page.js';

// Exact pages of known rows, read from the real engine.

const folder = mkdtempSync(join(tmpdir(), 'tickfolio-dashboard-'));
// Yesterday, 10:00:30.5: what is older than a month the engine would forget by itself.
const dayMs = 86_400_000;
const startMs = Math.floor(systemClock.now() / dayMs) * dayMs - dayMs + 36_030_500;
let clickhouse: ClickHouse;
let archive: TestArchive;
let clock: ManualClock;
let dashboard: TestDashboard;

beforeAll(async () => {
  clickhouse = patient(
    await openChdbClickHouse({ path: join(folder, 'data'), clock: systemClock, log: silentLogger() }),
  );
  archive = await createTestArchive(clickhouse);
});
afterAll(async () => {
  await clickhouse?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await archive.clear();
  clock = createManualClock(startMs);
  dashboard = await startTestDashboard(clickhouse, { clock });
});
afterEach(() => dashboard.close());

it('can be closed more than once', async () => {
  await Promise.all([dashboard.close(), dashboard.close()]);
});

it('has its font with the first view: it is asked for before the style that names it is read', async () => {
  const page = await (await fetch(dashboard.url)).text();
  const [, address = ''] =
    /<link rel="preload" as="font" type="font\/woff2" href="([^"]+)" crossorigin>/.exec(page) ?? [];
  expect(page.indexOf('rel="preload"')).toBeLessThan(page.indexOf('rel="stylesheet"'));
  const font = await fetch(new URL(address, dashboard.url));
  expect([font.status, font.headers.get('content-type')]).toEqual([200, 'font/woff2']);
  expect((await font.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
});

const btc: TestRow = {
  symbol: 'BTCUSDT',
  eventMs: startMs - 3_000,
  close: '68123.45',
  open: '67000',
  high: '69000.10',
  low: '66999.99000000',
  change: '1123.45',
  percent: '1.67679104',
};
const shib: TestRow = {
  symbol: 'SHIBUSDT',
  eventMs: startMs - 65_000,
  close: '0.00001234',
  open: '0.00001235',
  high: '0.00001300',
  low: '0.00000001',
  change: '-0.00000001',
  percent: '-0.08097166',
};
const big: TestRow = {
  symbol: 'BIGIDR',
  eventMs: startMs - 26 * 3_600_000,
  close: '9999999999.12345678',
  open: '9999999999.12345678',
  high: '9999999999.99999999',
  low: '0',
  change: '0',
  percent: '0',
};

describe('the tickers', () => {
  it('are exact, with sign and arrow, time and age', async () => {
    await archive.add([btc, shib, big].map((row) => ({ ...row, receiveMs: row.eventMs })));
    const page = await dashboard.page('/');
    expect(rowsOf(page)).toEqual([
      [
        'BIGIDR',
        '9,999,999,999.12345678',
        '■ 0.00 %',
        '■ 0',
        '9,999,999,999.99999999',
        '0',
        '9,999,999,999.12345678',
        `${timeOf(big.eventMs).slice(0, 19)} 26 h ago`,
      ],
      ['BTCUSDT', '68,123.45', '▲ +1.68 %', '▲ +1,123.45', '69,000.1', '66,999.99', '67,000', '10:00:27 3 s ago'],
      [
        'SHIBUSDT',
        '0.00001234',
        '▼ −0.08 %',
        '▼ −0.00000001',
        '0.000013',
        '0.00000001',
        '0.00001235',
        '09:59:25 1 min ago',
      ],
    ]);
    expect(page).toContain('<span class="arrow" role="img" aria-label="up">▲</span>');
    expect(textOf(page)).toContain('3 symbols');
  });

  it('are as old as their arrival, also where the clock of this computer and the exchange’s are minutes apart', async () => {
    const received = { receiveMs: startMs - 2_000 };
    await archive.add([
      { ...btc, eventMs: startMs - 300_000, ...received },
      { ...shib, eventMs: startMs + 300_000, ...received },
    ]);
    const page = await dashboard.page('/');
    expect(rowsOf(page).map((cells) => cells.at(-1))).toEqual([
      expect.stringMatching(/ 2 s ago$/),
      expect.stringMatching(/ 2 s ago$/),
    ]);
    expect(page).not.toContain('age stale');
    expect(textOf(await dashboard.page('/symbols/BTCUSDT'))).toContain('2 s ago');
    expect(factsOf(await dashboard.page('/pipeline'))).toMatchObject({ 'Newest row': '2 s ago' });
  });

  it('show the newest of a symbol, also when rows come late or twice', async () => {
    const rows = [1, 5, 3, 2, 4].map((second) => ({
      symbol: 'BTCUSDT',
      eventMs: startMs - 10_000 + second * 1_000,
      close: `${second}.5`,
    }));
    for (const row of rows) await archive.add([row]);
    await archive.add(rows.slice(2));
    const [first, ...others] = rowsOf(await dashboard.page('/'));
    expect(first?.slice(0, 2)).toEqual(['BTCUSDT', '5.5']);
    expect(others).toEqual([]);
    const [latest] = await clickhouse.query<{ n: string }>('SELECT count() AS n FROM crypto.market_tickers_latest');
    expect(latest?.n).toBe('1');
  });

  it('say on every page that the tickers are simulated, where the newest say so', async () => {
    const said = async () => {
      const texts = await Promise.all(
        ['/', '/symbols/BTCUSDT', '/pipeline', '/nowhere'].map((path) => dashboard.page(path)),
      );
      return texts.map((text) => text.includes('Simulated prices.'));
    };
    await archive.add([
      { symbol: 'BTCUSDT', eventMs: startMs - 2_000, close: '1', eventType: 'simulated 24hrMiniTicker' },
    ]);
    await dashboard.page('/');
    expect(await said()).toEqual([true, true, true, true]);
    await archive.add([{ symbol: 'BTCUSDT', eventMs: startMs - 1_000, close: '1' }]);
    clock.advance(2_000);
    await dashboard.page('/');
    expect(await said()).toEqual([false, false, false, false]);
  });

  it('sort by every column, both ways, exactly', async () => {
    const texts = ['-1.5', '10', '9.99999999', '9.99999998', '0', '-0.00000001', '1234567890.5', '10'];
    const rows: TestRow[] = texts.map((close, at) => {
      const other = (step: number) => texts[(at * step + 1) % texts.length] ?? '0';
      return {
        symbol: `S${(at * 5) % 8}USDT`,
        eventMs: startMs - ((at * 3) % 8) * 1_000,
        close,
        open: other(3),
        high: other(5),
        low: other(7),
        change: other(1),
        percent: other(3),
      };
    });
    await archive.add(rows);
    for (const column of sortColumns) {
      for (const dir of ['asc', 'desc'] as const) {
        const sign = dir === 'asc' ? 1 : -1;
        const expected = rows.toSorted((a, b) => {
          const bySymbol = a.symbol < b.symbol ? -1 : 1;
          if (column === 'symbol') return sign * bySymbol;
          if (column === 'time') return sign * (a.eventMs - b.eventMs) || bySymbol;
          return sign * new Decimal(a[column] ?? '0').comparedTo(b[column] ?? '0') || bySymbol;
        });
        const page = await dashboard.page(`/?sort=${column}&dir=${dir}`);
        expect(rowsOf(page).map(([symbol]) => symbol)).toEqual(expected.map(({ symbol }) => symbol));
        const sorted = [...page.matchAll(/<th scope="col"[^>]*aria-sort="(\w+)"[^>]*>.*?<\/th>/g)];
        expect(sorted.map(([, order]) => order)).toEqual([dir === 'asc' ? 'ascending' : 'descending']);
        expect(sorted[0]?.[0].toLowerCase()).toContain(column);
      }
    }
  });

  it('are found by a part of the symbol, keeping the order', async () => {
    await archive.add(
      ['BTCUSDT', 'ETHBTC', 'ETHUSDT', 'WBTCETH'].map((symbol, at) => ({
        symbol,
        eventMs: startMs,
        close: String(at + 1),
      })),
    );
    const page = await dashboard.page('/?q=%20btc&sort=close&dir=desc');
    expect(rowsOf(page).map(([symbol]) => symbol)).toEqual(['WBTCETH', 'ETHBTC', 'BTCUSDT']);
    expect(textOf(page)).toContain('3 of 4 symbols');
    expect(linkOf(page, '↓Close')).toBe('/?q=btc&sort=close&dir=asc');
    const none = await dashboard.page('/?q=nothing');
    expect(textOf(none)).toContain('No symbol contains “nothing”');
    expect(rowsOf(none)).toEqual([]);
  });

  it('come in pages that together hold every symbol once', async () => {
    const count = 2 * tickersPerPage + 7;
    await archive.add(
      Array.from({ length: count }, (_, at) => ({ symbol: `S${at}X`, eventMs: startMs, close: String(at) })),
    );
    const seen: string[] = [];
    let path: string | undefined = '/?sort=close&dir=desc';
    for (let pages = 0; path !== undefined && pages < 10; pages++) {
      const page = await dashboard.page(path);
      seen.push(...rowsOf(page).map(([symbol = '']) => symbol));
      path = linkOf(page, 'Next →');
    }
    expect(seen).toEqual(Array.from({ length: count }, (_, at) => `S${count - 1 - at}X`));
    expect(rowsOf(await dashboard.page('/?page=9999'))).toHaveLength(7);
  });

  it('say nothing of Kafka where the run keeps its event log in memory, and after how long rows come there', async () => {
    const inMemory = await startTestDashboard(clickhouse, { clock, tickerLog: { kind: 'memory', batchMs: 1_000 } });
    try {
      const texts = [textOf(await inMemory.page('/')), textOf(await inMemory.page('/pipeline'))];
      expect(texts.join()).not.toMatch(/Kafka|are not lost|10 s|unless set otherwise\)/);
      expect(texts[0]).toContain('after BATCH_TIMEOUT, 1 s)');
      expect(texts[1]).toContain('its time limit (1 s)');
      expect(texts[1]).toContain('what waits there when it is killed is lost');
      expect(textOf(await dashboard.page('/pipeline'))).toMatch(
        /10 s unless set otherwise.*wait in Kafka and are not lost/,
      );
    } finally {
      await inMemory.close();
    }
  });

  it('say what is missing while there are none, with and without tables', async () => {
    expect(textOf(await dashboard.page('/'))).toContain('No tickers yet');
    await archive.drop();
    clock.advance(2_000);
    try {
      const answer = await dashboard.get('/');
      expect(answer.status).toBe(200);
      const text = textOf(await answer.text());
      for (const part of ['archiver', 'Kafka', 'aggregator']) expect(text).toContain(part);
      expect(text).not.toContain('away');
      expect((await dashboard.get('/pipeline')).status).toBe(200);
      expect((await dashboard.get('/symbols/BTCUSDT')).status).toBe(404);
    } finally {
      await archive.migrate();
    }
    await archive.add([btc]);
    clock.advance(2_000);
    expect(rowsOf(await dashboard.page('/'))).toHaveLength(1);
  });
});

describe('what stands in the address', () => {
  const faults: [path: string, field: string, reason: string][] = [
    ['/?sort=price', 'sort', 'must be one of symbol, close'],
    ['/?dir=up', 'dir', 'must be one of asc, desc'],
    ['/?page=0', 'page', 'must be a whole number from 1'],
    ['/?page=1e3', 'page', 'must be a whole number from 1'],
    [`/?q=${'x'.repeat(33)}`, 'q', 'must be at most 32 characters'],
    ['/?q=a&q=b', 'q', 'must be given once'],
    ['/symbols/BTCUSDT?range=1y', 'range', 'must be one of 15m, 1h'],
    ['/symbols/BTCUSDT?size=51', 'size', 'must be one of 25, 50'],
    ['/symbols/BTCUSDT?before=x', 'before', 'must be a place in the table'],
    [`/symbols/BTCUSDT?before=1_${'x'.repeat(257)}`, 'before', 'must be a place in the table'],
    ['/symbols/BTCUSDT?before=1_a&after=1_a', 'after', 'cannot stand beside before'],
    ['/symbols/BTCUSDT?at=2026-02-30T10:00', 'at', 'must be a time in UTC'],
    ['/symbols/BTCUSDT/tickers.csv?range=all', 'range', 'must be one of'],
  ];

  it('is refused with field and reason where it cannot be used', async () => {
    await archive.add([btc]);
    for (const [path, field, reason] of faults) {
      const answer = await dashboard.get(path);
      expect([path, answer.status]).toEqual([path, 400]);
      expect(answer.headers.get('content-type')).toContain('text/html');
      expect(textOf(await answer.text())).toContain(`${field} ${reason}`);
      const problem = await dashboard.get(path, { accept: 'application/json' });
      expect(problem.status).toBe(400);
      expect(problem.headers.get('content-type')).toContain('application/problem+json');
      expect(await problem.json()).toMatchObject({
        status: 400,
        errors: [{ field, message: expect.stringContaining(reason) }],
      });
    }
  });

  it('names every fault at once', async () => {
    const text = textOf(await dashboard.page('/?sort=a&dir=b&page=c'));
    for (const field of ['sort', 'dir', 'page']) expect(text).toContain(`${field} must be`);
  });

  const hostile = [
    `' OR 1=1 --`,
    `'); DROP TABLE crypto.market_tickers_rows; --`,
    `\\' UNION ALL SELECT 1 --`,
    '{symbol:String}',
    '<script>alert(1)</script>',
    `"><img src=x onerror=alert(1)>`,
    '\u0000',
  ];

  it('is a text and nothing else', async () => {
    await archive.add([btc]);
    for (const text of hostile) {
      const encoded = encodeURIComponent(text);
      const paths = [
        '/symbols/',
        '/?q=',
        '/symbols/BTCUSDT?before=1_',
        '/symbols/BTCUSDT?after=1_',
        '/symbols/BTCUSDT?at=',
      ].map((start) => start + encoded);
      for (const path of paths) {
        const answer = await dashboard.get(path);
        expect([path, answer.status]).toEqual([
          path,
          expect.toSatisfy((status: number) => [200, 400, 404].includes(status)),
        ]);
        const page = await answer.text();
        expect(page).not.toContain('<script>alert');
        expect(page).not.toContain('<img');
        expect(textOf(page)).not.toContain('ClickHouse is away');
      }
    }
    clock.advance(2_000);
    expect(rowsOf(await dashboard.page('/'))).toHaveLength(1);
  });

  it('a symbol of hostile characters has its page and its escaped place in the tables', async () => {
    const symbol = `<b>"'&/%?#`;
    await archive.add([{ ...btc, symbol }]);
    const page = await dashboard.page('/');
    expect(page).not.toContain('<b>');
    expect(rowsOf(page)[0]?.[0]).toBe(symbol);
    const own = await dashboard.page(linkOf(page, symbol) ?? '');
    expect(own).not.toContain('<b>');
    expect(rowsOf(own).at(-1)?.[1]).toBe('68,123.45');
  });

  it('an unknown symbol is a 404 with what may have been meant, a lower-case one is led to its page', async () => {
    await archive.add(['BTCUSDT', 'BTCFDUSD', 'ETHUSDT'].map((symbol) => ({ symbol, eventMs: startMs, close: '1' })));
    const answer = await dashboard.get('/symbols/BTCUSD');
    expect(answer.status).toBe(404);
    const page = await answer.text();
    expect(linkOf(page, 'BTCUSDT')).toBe('/symbols/BTCUSDT');
    expect(linkOf(page, 'BTCFDUSD')).toBeDefined();
    expect(linkOf(page, 'ETHUSDT')).toBeUndefined();
    const problem = await dashboard.get('/symbols/BTCUSD', { accept: 'application/problem+json' });
    expect([problem.status, problem.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
    const lower = await dashboard.get('/symbols/btcusdt/tickers.csv?range=6h');
    expect([lower.status, lower.headers.get('location')]).toEqual([302, '/symbols/BTCUSDT/tickers.csv?range=6h']);
    const nothing = await dashboard.get('/nothing');
    expect([nothing.status, textOf(await nothing.text())]).toEqual([
      404,
      expect.stringContaining('There is nothing at GET /nothing'),
    ]);
  });
});

describe('the pipeline', () => {
  const minute = Math.floor(startMs / 60_000) * 60_000;

  it('shows every figure and the verdict', async () => {
    // 90 tickers in the last full minute, 12 in the running one.
    const at = (count: number, fromMs: number) =>
      Array.from({ length: count }, (_, n) => ({ symbol: `S${n % 9}USDT`, eventMs: fromMs + n * 100, close: '1' }));
    await archive.add([...at(90, minute - 60_000), ...at(12, minute)]);
    await archive.audit(startMs - 80_000, 0, { missing: 4 });
    for (const partition of [0, 1, 2]) await archive.audit(startMs - 20_000, partition, { lag: partition });
    await archive.deadLetter(1, 7);
    await archive.deadLetter(1, 7);
    await archive.deadLetter(1, 9);
    const page = await dashboard.page('/pipeline');
    expect(textOf(page)).toContain('Complete: nothing missing, nothing twice, checked 20 s ago.');
    expect(factsOf(page)).toMatchObject({
      'Rows per second': '1.5',
      'Newest row': '29 s ago',
      Lag: '3 messages',
      'Dead letters': '2',
    });
    expect(factsOf(page).Storage).toMatch(/^[\d.]+ KiB$/);
    expect(textOf(page)).toContain('102 stored rows');
    expect(rowsOf(page)).toEqual([
      ['binance.miniticker', '0', '0', '0', '0', '0', '1,234,567', '20 s ago'],
      ['binance.miniticker', '1', '0', '0', '1', '2', '1,234,568', '20 s ago'],
      ['binance.miniticker', '2', '0', '0', '2', '0', '1,234,569', '20 s ago'],
    ]);
  });

  it('shows the audit also of an archive whose archiver is of an older version, which did not note how often', async () => {
    await archive.audit(startMs - 200_000, 0, {});
    await clickhouse.command('ALTER TABLE crypto.market_tickers_audits DROP COLUMN interval_ms');
    try {
      expect(textOf(await dashboard.page('/pipeline'))).toContain(
        'Complete: nothing missing, nothing twice, checked 3 min ago.',
      );
    } finally {
      await clickhouse.command(
        'ALTER TABLE crypto.market_tickers_audits ADD COLUMN interval_ms UInt64 DEFAULT 0 AFTER checked_to',
      );
    }
  });

  it('lists a topic that got another name with its last results, and judges and counts by the one of now', async () => {
    await archive.audit(startMs - 20_000, 0, { lag: 2 });
    await clickhouse.command(
      `INSERT INTO crypto.market_tickers_audits (audited_at, topic, kafka_partition, missing, lag, checked_to)
       VALUES (fromUnixTimestamp64Milli(${startMs - dayMs}), 'before', 0, 5, 70, 9)`,
    );
    const page = await dashboard.page('/pipeline');
    expect(textOf(page)).toContain('Complete: nothing missing, nothing twice, checked 20 s ago.');
    expect(factsOf(page).Lag).toBe('2 messages');
    expect(rowsOf(page).map(([topic, , missing]) => [topic, missing])).toEqual([
      ['before no longer checked', '5'],
      ['binance.miniticker', '0'],
    ]);
  });

  it('says what is wrong, what is not known, and what is no longer checked', async () => {
    expect(textOf(await dashboard.page('/pipeline'))).toContain('Not checked yet');
    await archive.audit(startMs - 60_000, 0, { missing: 3 });
    await archive.audit(startMs - 60_000, 1, { duplicate: 1 });
    clock.advance(6_000);
    expect(textOf(await dashboard.page('/pipeline'))).toContain('Not complete: 3 missing, 1 twice, checked 1 min ago.');
    await archive.audit(startMs, 0, {});
    await archive.audit(startMs, 1, {});
    clock.advance(600_000);
    expect(textOf(await dashboard.page('/pipeline'))).toContain(
      'Complete when last checked 10 min ago, and not checked since',
    );
  });
});

describe('every page', () => {
  it('runs no script and no style of its own text, and is not stored', async () => {
    await archive.add([btc]);
    for (const path of ['/', '/symbols/BTCUSDT', '/pipeline', '/symbols/NO', '/?page=x']) {
      const answer = await dashboard.get(path);
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      const page = await answer.text();
      expect(page).not.toMatch(/\sstyle=|<style|\son\w+=/);
      for (const [, attributes] of page.matchAll(/<script([^>]*)>/g))
        expect(attributes).toMatch(/src="\/assets\/|type="application\/json"/);
    }
  });

  it('comes compressed as the reader can take it', async () => {
    await archive.add(Array.from({ length: 50 }, (_, at) => ({ ...btc, symbol: `S${at}USDT` })));
    const plain = await dashboard.get('/', { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const whole = (await plain.text()).length;
    for (const [accepted, encoding] of [
      ['gzip, br', 'br'],
      ['gzip;q=1, br;q=0', 'gzip'],
    ] as const) {
      const answer = await dashboard.get('/', { 'accept-encoding': accepted });
      expect(answer.headers.get('content-encoding')).toBe(encoding);
      expect(Number(answer.headers.get('content-length'))).toBeLessThan(whole / 4);
      expect(await answer.text()).toContain('S49USDT');
    }
  });

  it('names its scripts and styles by content, to be kept for good', async () => {
    const page = await dashboard.page('/');
    const urls = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, url = '']) => url);
    expect(urls.length).toBeGreaterThanOrEqual(3);
    const [, version = ''] = /\/assets\/([0-9a-f]{16})\//.exec(urls[0] ?? '') ?? [];
    for (const url of [...urls, `/assets/${version}/uplot.js`, `/assets/${version}/morph.js`]) {
      const answer = await dashboard.get(url, { 'accept-encoding': 'gzip, br' });
      expect([url, answer.status, answer.headers.get('cache-control')]).toEqual([
        url,
        200,
        'public, max-age=31536000, immutable',
      ]);
      expect(answer.headers.get('content-encoding')).toBe('br');
    }
    const other = await dashboard.get('/assets/0000000000000000/main.js');
    expect([other.status, other.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    for (const path of [`/assets/${version}/nothing.js`, `/assets/${version}/..%2F..%2Fpackage.json`])
      expect((await dashboard.get(path)).status).toBe(404);
  });

  it('says when prices are simulated, and only then', async () => {
    let simulated: boolean | undefined = true;
    const other = await startTestDashboard(clickhouse, { clock, simulated: () => simulated });
    await archive.add([btc]);
    const paths = ['/', '/symbols/BTCUSDT', '/pipeline', '/symbols/NO', '/?page=x'];
    for (const path of paths) expect(textOf(await other.page(path))).toContain('Simulated prices.');
    for (simulated of [false, undefined])
      for (const path of paths) expect(textOf(await other.page(path))).not.toContain('Simulated');
    await other.close();
  });

  it('is accompanied by health, readiness and metrics', async () => {
    await dashboard.page('/');
    expect(await (await dashboard.get('/health')).json()).toEqual({ status: 'ok' });
    expect(await (await dashboard.get('/ready')).json()).toMatchObject({
      status: 'ready',
      simulated: null,
      dependencies: { clickhouse: { status: 'ok' } },
    });
    const metrics = await (await dashboard.get('/metrics')).text();
    expect(metrics).toMatch(/tickfolio_dashboard_query_duration_seconds_count\{outcome="ok"\} \d/);
    expect(metrics).toContain(
      'tickfolio_dashboard_http_request_duration_seconds_count{method="GET",route="/",status="200"} 1',
    );
  });

  it('costs one query however many look at it', async () => {
    await archive.add([btc]);
    await Promise.all(Array.from({ length: 30 }, () => dashboard.page('/')));
    const count = async () => Number(/outcome="ok"\} (\d+)/.exec(await (await dashboard.get('/metrics')).text())?.[1]);
    expect(await count()).toBe(1);
    clock.advance(1_000);
    await dashboard.page('/');
    expect(await count()).toBe(2);
  });
});
