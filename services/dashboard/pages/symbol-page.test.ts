import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { createManualClock, type ManualClock, systemClock } from '@tickfolio/lib/clock';
import { patient } from '@tickfolio/lib/kit/clickhouse';
import { grouped } from '@tickfolio/lib/look/amount';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { barWindow, ranges } from '../archive/bars.js';
import {
  createTestArchive,
  factsOf,
  linkOf,
  messageIdOf,
  rowsOf,
  startTestDashboard,
  type TestArchive,
  type TestDashboard,
  type TestRow,
  textOf,
} from '../kit/archive.js';

const folder = mkdtempSync(join(tmpdir(), 'tickfolio-symbol-'));
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

/** Falling prices, some with a small fraction. */
const priceOf = (at: number): string => new Decimal(70_000).minus(new Decimal(at).times('0.00000037')).toFixed();
const tickerRows = (count: number, stepMs: number, symbol = 'BTCUSDT'): TestRow[] =>
  Array.from({ length: count }, (_, at) => ({
    symbol,
    eventMs: startMs - at * stepMs,
    close: priceOf(at),
    change: `-${at}.5`,
    percent: `-0.0${at}1`,
    // Some from before volumes were kept.
    ...(at % 2 === 0 ? { volume: `91234567890${at}.12345671` } : {}),
  }));

/** Digits of a price as they are shown, all of them. */
const amount = (text: string) => grouped(text, { group: ',', point: '.' });
/** What the tickers' table shows of rows. */
const shown = (rows: readonly TestRow[]) =>
  rows.map((row) => [new Date(row.eventMs).toISOString().slice(0, -1).replace('T', ' '), amount(row.close)]);
const tableOf = (page: string) => rowsOf(page.slice(page.indexOf('id="tickers"'))).map((cells) => cells.slice(0, 2));

describe('the chart', () => {
  interface Expected {
    readonly startMs: number;
    readonly open: string;
    readonly high: string;
    readonly low: string;
    readonly close: string;
    readonly tickers: number;
  }

  const barsOf = (rows: readonly TestRow[], fromMs: number, toMs: number, barMs: number): Expected[] => {
    const slots = new Map<number, TestRow[]>();
    for (const row of rows) {
      if (row.eventMs < fromMs || row.eventMs >= toMs) continue;
      const start = Math.floor(row.eventMs / barMs) * barMs;
      slots.set(start, [...(slots.get(start) ?? []), row]);
    }
    return [...slots]
      .sort(([a], [b]) => a - b)
      .map(([start, members]) => {
        const inOrder = members.toSorted((a, b) => a.eventMs - b.eventMs);
        const prices = inOrder.map(({ close }) => new Decimal(close));
        return {
          startMs: start,
          open: prices[0]?.toFixed() ?? '',
          high: Decimal.max(...prices).toFixed(),
          low: Decimal.min(...prices).toFixed(),
          close: prices.at(-1)?.toFixed() ?? '',
          tickers: inOrder.length,
        };
      });
  };
  const chartData = (page: string) =>
    JSON.parse(/<script type="application\/json" id="bars">(.*?)<\/script>/s.exec(page)?.[1] ?? '{}') as {
      bars?: Expected[];
    };

  it('has exactly the bars of its rows in every range, also when rows came twice', async () => {
    const units = fc.sample(fc.bigInt({ min: 1n, max: 10n ** 17n }), { numRuns: 800, seed: 7 });
    // Half of them in the last quarter of an hour, the others ever sparser, so that every range has some.
    const backMs = (at: number) => Math.floor(((at * 0.618033988749) % 1) ** 12 * 32 * dayMs);
    const prices = new Map(units.map((price, at) => [startMs - backMs(at), price]));
    const rows = [...prices].map(
      ([eventMs, price]): TestRow => ({
        symbol: 'XUSDT',
        eventMs,
        close: new Decimal(price.toString()).div(1e8).toFixed(),
      }),
    );
    await archive.add(rows);
    await archive.add(rows.slice(0, 200));
    for (const range of ranges) {
      const { fromMs, toMs } = barWindow(range, startMs);
      const expected = barsOf(rows, fromMs, toMs, range.barMs);
      const page = await dashboard.page(`/symbols/XUSDT?range=${range.name}`);
      expect(chartData(page).bars).toEqual(expected);
      expect(expected.length).toBeGreaterThan(4);
      const facts = factsOf(page);
      const all = expected.flatMap(({ high, low }) => [new Decimal(high), new Decimal(low)]);
      const [first, last] = [new Decimal(expected[0]?.open ?? 0), new Decimal(expected.at(-1)?.close ?? 0)];
      expect([facts.First, facts.Last, facts.High, facts.Low]).toEqual([
        ...[first, last, Decimal.max(...all), Decimal.min(...all)].map((price) => amount(price.toFixed())),
      ]);
      expect(facts.Change).toContain(amount(last.minus(first).toFixed()));
      const table = rowsOf(page.slice(page.indexOf('class="bar-table"'), page.indexOf('id="tickers"')));
      expect(table.map((cells) => cells.slice(1))).toEqual(
        expected.toReversed().map((bar) => [bar.open, bar.high, bar.low, bar.close, String(bar.tickers)].map(amount)),
      );
      expect(page.match(/<g class="(up|down)">/g)).toHaveLength(expected.length);
      const csv = await (await dashboard.get(`/symbols/XUSDT/bars.csv?range=${range.name}`)).text();
      expect(csv.trimEnd().split('\r\n').slice(1)).toEqual(
        expected.map((bar) =>
          ['XUSDT', new Date(bar.startMs).toISOString(), bar.open, bar.high, bar.low, bar.close, bar.tickers].join(','),
        ),
      );
    }
  });

  it('says where the newest ticker is when the range has none', async () => {
    await archive.add([{ symbol: 'OLDUSDT', eventMs: startMs - 3 * dayMs, close: '1.5' }]);
    const page = await dashboard.page('/symbols/OLDUSDT?range=15m');
    expect(textOf(page)).toContain('No tickers of OLDUSDT in the last 15 minutes');
    expect(linkOf(page, 'Show the last 7 days')).toBe('/symbols/OLDUSDT?range=7d');
    expect(tableOf(page)).toHaveLength(1);
  });
});

describe('the tickers of a symbol', () => {
  const walk = async (first: string, link: string, between: () => Promise<void> = async () => undefined) => {
    const seen: string[][] = [];
    const pages: string[] = [];
    for (let path: string | undefined = first; path !== undefined && pages.length < 100; ) {
      const page = await dashboard.page(path);
      pages.push(page);
      seen.push(...tableOf(page));
      path = linkOf(page, link);
      await between();
    }
    return { seen, pages };
  };

  it('come in pages without loss or repeat while rows arrive, newest first, down to the first one', async () => {
    // Several tickers of one moment, seconds, and some long before: every window that is looked into.
    // They lie across the edge of the second page.
    const same = ['a', 'b', 'c', 'd', 'e'].map((id) => ({
      symbol: 'BTCUSDT',
      eventMs: startMs - 48_000,
      close: '1',
      messageId: `BTCUSDT-${id}`,
    }));
    const old = [5, 40, 90].map((days) => ({
      symbol: 'BTCUSDT',
      eventMs: startMs - days * dayMs,
      close: String(days),
    }));
    const rows = [...tickerRows(120, 1_000), ...same, ...old].sort(
      (a, b) => b.eventMs - a.eventMs || (messageIdOf(a) < messageIdOf(b) ? 1 : -1),
    );
    await archive.add([...rows, ...tickerRows(50, 1_000, 'ETHUSDT')]);
    let arrived = 0;
    const { seen, pages } = await walk('/symbols/BTCUSDT?size=25', 'Older →', async () => {
      arrived++;
      await archive.add([{ symbol: 'BTCUSDT', eventMs: startMs + arrived * 1_000, close: '99' }, ...rows.slice(0, 3)]);
      clock.advance(1_500);
    });
    expect(seen).toEqual(shown(rows));
    expect(pages).toHaveLength(6);
    expect(textOf(pages.at(-1) ?? '')).toContain('The oldest ticker of the archive is on this page.');
    // And back up, to what has arrived meanwhile.
    const back: string[][] = [];
    for (let path = linkOf(pages.at(-1) ?? '', '← Newer'); path !== undefined; ) {
      const page = await dashboard.page(path);
      back.unshift(...tableOf(page));
      path = linkOf(page, '← Newer');
    }
    const newer = Array.from({ length: arrived }, (_, at) => ({
      symbol: 'BTCUSDT',
      eventMs: startMs + (arrived - at) * 1_000,
      close: '99',
    }));
    expect(back).toEqual(shown([...newer, ...rows.slice(0, 125)]));
  });

  it('can be looked up by time', async () => {
    await archive.add(tickerRows(300, 1_000));
    const at = new Date(startMs - 100_500).toISOString().slice(0, 19);
    const page = await dashboard.page(`/symbols/BTCUSDT?at=${at}&size=25`);
    expect(tableOf(page)).toEqual(shown(tickerRows(300, 1_000).slice(100, 125)));
    expect(page).toContain(`value="${at.replace('T', ' ')}"`);
    expect(tableOf(await dashboard.page(`/symbols/BTCUSDT?at=${at.replace('T', '%20')}&size=25`))).toEqual(
      tableOf(page),
    );
    expect(linkOf(page, 'Newest')).toBe('/symbols/BTCUSDT?range=1h&size=25#tickers');
    expect(tableOf(await dashboard.page(`/symbols/BTCUSDT?at=2001-01-01T00:00&size=25`))).toEqual([]);
  });
});

describe('the files of tickers', () => {
  /** A reader of RFC 4180. */
  const parseCsv = (text: string): string[][] => {
    const records: string[][] = [];
    let record: string[] = [];
    for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
      record.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
      if (end === '\r\n') {
        records.push(record);
        record = [];
      }
    }
    return records;
  };

  it('hold every row of their range, exactly, newest first', async () => {
    const rows = tickerRows(9_001, 1_000);
    await archive.add(rows);
    await archive.add(rows.slice(4_000, 6_000));
    const answer = await dashboard.get('/symbols/BTCUSDT/tickers.csv?range=6h');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="BTCUSDT-tickers-6h-\d{8}T100030Z\.csv"$/,
    );
    const [head, ...records] = parseCsv(await answer.text());
    expect(head?.join(',')).toBe(
      'message_id,event_type,event_time,receive_time,symbol,close_price,open_price,high_price,low_price,change_price,change_percent,volume,quote_volume',
    );
    expect(records).toEqual(
      rows.map((row) => {
        const price = new Decimal(row.close).toFixed();
        const times = [row.eventMs, row.eventMs + 40].map((ms) => new Date(ms).toISOString());
        return [
          messageIdOf(row),
          '24hrMiniTicker',
          ...times,
          'BTCUSDT',
          price,
          price,
          price,
          price,
          row.change,
          new Decimal(row.percent ?? 0).toFixed(),
          row.volume ?? '',
          '',
        ];
      }),
    );
    const short = parseCsv(await (await dashboard.get('/symbols/BTCUSDT/tickers.csv?range=15m')).text());
    expect(short).toHaveLength(1 + 901);
  });

  it('hand no formula to a spreadsheet and keep odd texts whole', async () => {
    const ids = ['=1+1', '+1', '-1+2', '@SUM(A1)', 'a,"b"', '\tx', 'plain'];
    await archive.add(
      ids.map((messageId, at) => ({
        symbol: '=CMD|1',
        eventMs: startMs - at * 1_000,
        close: '1',
        change: '-0.5',
        messageId,
      })),
    );
    const answer = await dashboard.get(`/symbols/${encodeURIComponent('=CMD|1')}/tickers.csv`);
    expect(answer.headers.get('content-disposition')).toContain('filename="_CMD_1-tickers-1h-');
    const records = parseCsv(await answer.text()).slice(1);
    expect(records.map(([id]) => id)).toEqual(["'=1+1", "'+1", "'-1+2", "'@SUM(A1)", 'a,"b"', "'\tx", 'plain']);
    expect(records.map((record) => [record[4], record[9]])).toEqual(ids.map(() => ["'=CMD|1", '-0.5']));
  });

  it('end at their bound, and stop reading when the reader goes', { timeout: 300_000 }, async () => {
    await archive.add(tickerRows(100_500, 50));
    const whole = await (await dashboard.get('/symbols/BTCUSDT/tickers.csv?range=6h')).text();
    expect(whole.split('\r\n')).toHaveLength(1 + 100_000 + 1);
    expect(textOf(await dashboard.page('/symbols/BTCUSDT'))).toContain('the newest 100,000 at most');
    // Readers who leave give their place back: more of them than may read at once.
    for (let reader = 0; reader < 6; reader++) {
      const leaving = new AbortController();
      const answer = await fetch(`${dashboard.url}/symbols/BTCUSDT/tickers.csv?range=6h`, {
        signal: leaving.signal,
        headers: { 'accept-encoding': 'identity' },
      });
      expect(answer.status).toBe(200);
      await answer.body?.getReader().read();
      leaving.abort();
    }
    const asked = async () => {
      const answer = await dashboard.get('/symbols/BTCUSDT/tickers.csv?range=15m');
      await answer.text();
      return answer.status;
    };
    await expect.poll(asked).toBe(200);
  });
});

it('does not say that the oldest ticker is on a page that has no ticker', async () => {
  await archive.add(tickerRows(3, 1_000));
  const end = 'The oldest ticker of the archive is on this page.';
  const beyond = textOf(await dashboard.page(`/symbols/BTCUSDT?after=${startMs}_BTCUSDT-${startMs}`));
  expect(beyond).toContain('No tickers there.');
  expect(beyond).not.toContain(end);
  expect(textOf(await dashboard.page('/symbols/BTCUSDT'))).toContain(end);
});

describe('with a clock here that is wrong', () => {
  it.each([
    ['90 minutes ahead', 90 * 60_000],
    ['90 minutes behind', -90 * 60_000],
    ['8 days ahead', 8 * dayMs],
  ])('%s, charts, files and rates have the last hour all the same', async (_how, aheadMs) => {
    const rows = tickerRows(600, 1_000).map((row) => ({
      ...row,
      eventMs: row.eventMs - aheadMs,
      receiveMs: row.eventMs + 40,
    }));
    await archive.add(rows);
    const lines = async (file: string) =>
      (await (await dashboard.get(`/symbols/BTCUSDT/${file}.csv?range=1h`)).text()).split('\r\n').length;
    expect(await lines('tickers')).toBe(1 + 600 + 1);
    expect(await lines('bars')).toBeGreaterThanOrEqual(10);
    expect(await dashboard.page('/symbols/BTCUSDT?range=1h')).not.toContain('No tickers of BTCUSDT');
    expect(factsOf(await dashboard.page('/pipeline'))).toMatchObject({ 'Rows per second': '1.0' });
  });
});
