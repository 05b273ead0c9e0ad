import { WeightLane } from '@tickfolio/gen/market/v1';
import { createManualClock } from '@tickfolio/lib/clock';
import { seedsOf } from '@tickfolio/lib/kit/counts';
import { until } from '@tickfolio/lib/kit/wait-until';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits, type SocketLimits } from '../limits.js';
import { createSocketMetrics } from '../metrics.js';
import { createExchangeRest } from '../rest/rest.js';
import { createKlinePages } from './kline-pages.js';
import { createListKlines } from './list-klines.js';

const startMs = Date.parse('2026-01-27T10:00:00Z');
const minuteMs = 60_000;

type Row = readonly unknown[];
const rowAt = (openMs: number, price = '68123.45000000'): Row => [
  openMs,
  price,
  price,
  price,
  price,
  '1.50000000',
  openMs + minuteMs - 1,
  '102185.17500000',
  7,
  '0.50000000',
  '34061.72500000',
  '0',
];
const rows = (count: number, from = startMs): Row[] =>
  Array.from({ length: count }, (_, at) => rowAt(from + at * minuteMs));

/** The service's answers over an exchange of which the test says what it answers. */
const setUp = (answer: (url: URL) => Response | Row[] | Promise<Response>, changed: Partial<SocketLimits> = {}) => {
  const clock = createManualClock(startMs + 3_600_000);
  const limits = { ...defaultLimits, ...changed };
  const metrics = createSocketMetrics(createMetrics('socket'));
  const urls: URL[] = [];
  const rest = createExchangeRest({
    clock,
    log: silentLogger(),
    metrics,
    url: 'https://exchange.test',
    limits,
    fetch: async (input) => {
      const url = new URL(String(input));
      urls.push(url);
      const given = await answer(url);
      return given instanceof Response ? given : new Response(JSON.stringify(given));
    },
  });
  const pages = createKlinePages({ rest, clock, exchangeNowMs: () => clock.now() }, limits.klinesKept);
  const list = createListKlines({ clock, log: silentLogger(), metrics, pages, requireListed: () => undefined });
  const ask = (more: Partial<Parameters<typeof list>[0]> = {}) =>
    list(
      {
        symbol: 'btcusdt',
        interval: '1m',
        startMs: undefined,
        endMs: undefined,
        limit: 0,
        lane: WeightLane.WEIGHT_LANE_UNSPECIFIED,
        ...more,
      },
      { signal: new AbortController().signal },
    );
  return { ask, clock, rest, urls };
};

describe("the exchange's klines", () => {
  it('come with every digit that the exchange wrote', async () => {
    const { ask, urls } = setUp(() => [rowAt(startMs, '0.00000031')]);
    const { klines } = await ask({ startMs, endMs: startMs + minuteMs, limit: 10 });
    expect(klines).toEqual([
      {
        openTimeMs: startMs,
        closeTimeMs: startMs + minuteMs - 1,
        open: '0.00000031',
        high: '0.00000031',
        low: '0.00000031',
        close: '0.00000031',
        volume: '1.50000000',
        quoteVolume: '102185.17500000',
        trades: 7,
        takerBuyVolume: '0.50000000',
        takerBuyQuoteVolume: '34061.72500000',
        closed: true,
      },
    ]);
    expect(urls.map(String)).toEqual([
      `https://exchange.test/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=10&startTime=${startMs}&endTime=${startMs + minuteMs}`,
    ]);
  });

  it('say which of them still changes: the one that runs, and one that ended just now', async () => {
    const { ask, clock } = setUp(() => rows(2));
    clock.advance(-3_600_000 + 2 * minuteMs + 1_000);
    expect((await ask()).klines.map(({ closed }) => closed)).toEqual([true, false]);
    clock.advance(1_000);
    const { klines, serverTimeMs } = await ask();
    expect([klines.map(({ closed }) => closed), serverTimeMs]).toEqual([[true, true], clock.now()]);
  });

  it('tell what the exchange does not have between two of them, and not what came before a listing', async () => {
    const given = rows(6).filter((_, at) => at !== 2 && at !== 3);
    const { ask } = setUp(() => given);
    const { klines, gaps } = await ask({ startMs: startMs - 10 * minuteMs, endMs: startMs + 9 * minuteMs });
    expect(klines).toHaveLength(4);
    expect(gaps).toEqual([{ fromMs: startMs + 2 * minuteMs, toMs: startMs + 3 * minuteMs }]);
  });

  it.each<[string, (row: Row) => Row]>([
    ['off the grid', (row) => row.with(0, Number(row[0]) + 1)],
    ['of a foreign length', (row) => row.with(6, Number(row[6]) - 1)],
    ['with a price of 0', (row) => row.with(3, '0.00000000')],
    ['with a number as volume', (row) => row.with(5, 1.5)],
    ['that closed above its high', (row) => row.with(4, '68123.46000000')],
  ])('cost no more than themselves where one is %s: it is missing', async (_what, spoil) => {
    const { ask } = setUp(() => rows(3).map((row, at) => (at === 1 ? spoil(row) : row)));
    const { klines, gaps } = await ask();
    expect(klines.map(({ openTimeMs }) => openTimeMs)).toEqual([startMs, startMs + 2 * minuteMs]);
    expect(gaps).toEqual([{ fromMs: startMs + minuteMs, toMs: startMs + minuteMs }]);
  });

  it('come once where the exchange repeats one', async () => {
    const { ask } = setUp(() => [rowAt(startMs), rowAt(startMs), rowAt(startMs + minuteMs)]);
    expect((await ask()).klines).toHaveLength(2);
  });

  it.each<[string, () => Response | Row[], string, RegExp]>([
    ['out of order', () => rows(3).toReversed(), 'unavailable', /not in order/],
    ['two of one time', () => [rowAt(startMs), rowAt(startMs, '1.0')], 'unavailable', /of one time and differ/],
    ['more than asked for', () => rows(11), 'unavailable', /more than were asked for/],
    ['of another time', () => rows(1, startMs - minuteMs), 'unavailable', /another time than was asked for/],
    ['none that can be read', () => [[startMs, 'x']], 'unavailable', /cannot be right/],
    ['no list', () => new Response('{"rows":[]}'), 'unavailable', /no list of rows/],
    ['a web page', () => new Response('<!doctype html>'), 'unavailable', /it sent a web page/],
    [
      'too much asked',
      () => new Response('{"code":-1003}', { status: 429 }),
      'resource_exhausted',
      /too much was asked/,
    ],
    ['a ban', () => new Response('{"code":-1003}', { status: 418 }), 'resource_exhausted', /banned this address/],
    ['an unknown symbol', () => new Response('{"code":-1121}', { status: 400 }), 'not_found', /does not list/],
  ])('fail with a word of what is wrong: %s', async (_what, answer, code, words) => {
    const { ask } = setUp(answer);
    const failure = await ask({ startMs, limit: 10 }).catch((err: unknown) => err);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(words) });
  });

  it.each([
    [{ symbol: 'BTCUSDT' }, 'symbol'],
    [{ interval: '7m' }, 'interval'],
    [{ interval: 'toString' }, 'interval'],
    [{ limit: 1_001 }, 'limit'],
    [{ startMs: -1 }, 'start_ms'],
    [{ startMs, endMs: startMs - 1 }, 'end_ms'],
  ])('are not asked for what makes no sense: %o', async (more, field) => {
    const { ask, urls } = setUp(() => []);
    await expect(ask(more)).rejects.toMatchObject({ code: 'invalid_argument', fields: [{ field }] });
    expect(urls).toEqual([]);
  });

  it('are asked for once where nothing of them changes any more, and forgotten when there are too many', async () => {
    const { ask, urls } = setUp((url) => rows(5, Number(url.searchParams.get('startTime'))), { klinesKept: 12 });
    const page = (at: number) => ({ startMs: startMs + at * 5 * minuteMs, endMs: startMs + (at * 5 + 4) * minuteMs });
    for (const at of [0, 0, 1, 0]) await ask(page(at));
    expect(urls).toHaveLength(2);
    await ask(page(2));
    await ask(page(0));
    expect(urls).toHaveLength(4);
    for (const _ of [1, 2]) await ask({ startMs, endMs: startMs + 3_600_000 });
    expect(urls).toHaveLength(6);
  });

  it('wait while live prices need the weight, and tell how long', async () => {
    const { ask, rest, clock } = setUp((url) => (url.pathname.endsWith('klines') ? rows(1) : []), {
      weightPerMinute: 100,
      historyWeightPerMinute: 6,
    });
    for (let call = 0; call < 3; call++) await ask();
    await expect(ask()).rejects.toMatchObject({
      code: 'resource_exhausted',
      message: expect.stringMatching(/the past/),
    });
    await expect(rest.aggTrades('btcusdt', undefined, 1, undefined, 'history')).rejects.toMatchObject({
      message: expect.stringMatching(/the past/),
    });
    await ask({ lane: WeightLane.WEIGHT_LANE_AUDIT });
    expect((await rest.aggTrades('btcusdt', undefined, 1)).trades).toEqual([]);
    clock.advance(61_000);
    expect((await ask()).klines).toHaveLength(1);
  });

  it('keep to two places of their own, so that live prices never queue behind them', async () => {
    const waiting: ((row: Response) => void)[] = [];
    const { ask, rest, urls } = setUp(
      (url) => (url.pathname.endsWith('klines') ? new Promise<Response>((resolve) => waiting.push(resolve)) : []),
      { restConcurrency: 1 },
    );
    const asked = Array.from({ length: 20 }, () => ask());
    expect((await rest.aggTrades('btcusdt', undefined, 1)).trades).toEqual([]);
    expect(urls.filter(({ pathname }) => pathname.endsWith('klines'))).toHaveLength(2);
    for (let at = 0; at < 20; at++) {
      await until(() => waiting.length > at);
      waiting[at]?.(new Response(JSON.stringify(rows(1))));
    }
    for (const { klines } of await Promise.all(asked)) expect(klines).toHaveLength(1);
  });

  it('are the planted ones, whatever pages they are asked for in', async () => {
    const price = fc
      .integer({ min: 1, max: 1e15 })
      .map((units) => `${units}`.padStart(9, '0').replace(/(.{8})$/, '.$1'));
    const planted = fc.array(fc.option(price, { freq: 4 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(planted, fc.integer({ min: 1, max: 20 }), async (prices, limit) => {
        const all = prices.flatMap((text, at) => (text === null ? [] : [rowAt(startMs + at * minuteMs, text)]));
        const { ask } = setUp((url) => {
          const [from, to] = ['startTime', 'endTime'].map((name) => Number(url.searchParams.get(name)));
          const inside = all.filter(([openMs]) => Number(openMs) >= (from ?? 0) && Number(openMs) <= (to ?? 0));
          return inside.slice(0, Number(url.searchParams.get('limit')));
        });
        const endMs = startMs + prices.length * minuteMs;
        const found: string[] = [];
        // By time, because a short page is no end.
        for (let from = startMs; from <= endMs; ) {
          const { klines } = await ask({ startMs: from, endMs, limit });
          for (const { openTimeMs, close } of klines) found.push(`${openTimeMs} ${close}`);
          from = (klines.at(-1)?.openTimeMs ?? endMs) + minuteMs;
        }
        expect(found).toEqual(all.map((row) => `${row[0]} ${row[4]}`));
      }),
      { numRuns: seedsOf(60) },
    );
  });
});
