import { createManualClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import { add, formatDecimal, multiply, parseDecimal, zero } from '@tickfolio/lib/money';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { type ExchangeSim, type ExchangeSimOptions, type RecordedTrade, startExchangeSim } from '../app.js';
import { connect, type Frame, getJson } from '../kit/client.js';

let sim: ExchangeSim | undefined;
const start = async (options: ExchangeSimOptions = {}) => {
  const clock = createManualClock();
  const record: RecordedTrade[] = [];
  sim = await startExchangeSim(
    { clock, log: silentLogger() },
    { symbols: 40, recordSink: (trade) => record.push(trade), ...options },
  );
  const { restUrl } = sim;
  return { sim, clock, record, get: (path: string, init?: RequestInit) => getJson(`${restUrl}/api/v3/${path}`, init) };
};
afterEach(async () => {
  await sim?.close();
  sim = undefined;
});

const rowOf = (t: RecordedTrade) => ({
  a: t.id,
  p: t.price,
  q: t.quantity,
  f: t.firstId,
  l: t.lastId,
  T: t.timeMs,
  m: t.buyerIsMaker,
  M: true,
});

interface Listed {
  readonly symbol: string;
}

describe('aggTrades', () => {
  it('pages by fromId to exactly what was streamed, also over a time when nobody was connected', async () => {
    const { sim, clock, record, get } = await start({ tradeRate: 5 });
    const client = await connect(`${sim.url}/ws/btcusdt@aggTrade`);
    clock.advance(20_000);
    await until(() => client.frames.length > 300);
    client.ws.terminate();
    await until(() => sim.connections().length === 0);
    clock.advance(60_000);
    const again = await connect(`${sim.url}/ws/btcusdt@aggTrade`);
    clock.advance(20_000);
    const all = record.filter(({ symbol }) => symbol === 'BTCUSDT').map(rowOf);
    await again.frame((f) => f.a === all.at(-1)?.a);

    const paged: Frame[] = [];
    const firstId = client.frames[0]?.a ?? Number.NaN;
    for (let fromId = firstId; ; fromId = (paged.at(-1)?.a ?? Number.NaN) + 1) {
      const { body } = await get(`aggTrades?symbol=BTCUSDT&fromId=${fromId}&limit=700`);
      if (body.length === 0) break;
      expect(body[0].a).toBe(fromId);
      paged.push(...body);
    }
    expect(paged.length).toBeGreaterThan(client.frames.length + again.frames.length + 500);
    expect(paged).toEqual(all.filter(({ a }) => a >= firstId));
    const byId = new Map(paged.map((row) => [row.a, row]));
    for (const { e: _e, E: _E, s: _s, ...row } of [...client.frames, ...again.frames])
      expect(byId.get(row.a)).toEqual(row);
  });

  it('gives the latest without a place, 500 by default, 1000 at most', async () => {
    const { clock, record, get } = await start({ tradeRate: 50 });
    clock.advance(10_000);
    const all = record.filter(({ symbol }) => symbol === 'BTCUSDT').map(rowOf);
    expect((await get('aggTrades?symbol=BTCUSDT')).body).toEqual(all.slice(-500));
    expect((await get('aggTrades?symbol=BTCUSDT&limit=1')).body).toEqual(all.slice(-1));
    expect((await get('aggTrades?symbol=BTCUSDT&limit=5000')).body).toHaveLength(1_000);
    expect((await get(`aggTrades?symbol=BTCUSDT&fromId=${(all.at(-1)?.a ?? 0) + 1}`)).body).toEqual([]);
  });

  it('takes start and end, both inclusive, either alone, oldest first', async () => {
    const { clock, record, get } = await start({ tradeRate: 20 });
    clock.advance(10_000);
    const all = record.filter(({ symbol }) => symbol === 'BTCUSDT').map(rowOf);
    const [from, to] = [all[200]?.T ?? 0, all[420]?.T ?? 0];
    expect((await get(`aggTrades?symbol=BTCUSDT&startTime=${from}&endTime=${to}`)).body).toEqual(
      all.filter(({ T }) => T >= from && T <= to),
    );
    expect((await get(`aggTrades?symbol=BTCUSDT&startTime=${from}&limit=10`)).body).toEqual(
      all.filter(({ T }) => T >= from).slice(0, 10),
    );
    expect((await get(`aggTrades?symbol=BTCUSDT&startTime=${from}000&limit=10`)).body).toEqual(
      all.filter(({ T }) => T >= from).slice(0, 10),
    );
    expect((await get(`aggTrades?symbol=BTCUSDT&endTime=${to}&limit=10`)).body).toEqual(
      all.filter(({ T }) => T <= to).slice(-10),
    );
  });

  it('answers for what it no longer keeps with a later first id, silently', async () => {
    const { clock, sim, get } = await start({ tradeRate: 50, historyTrades: 200 });
    clock.advance(10_000);
    const { status, body } = await get('aggTrades?symbol=BTCUSDT&fromId=1&limit=5');
    expect(status).toBe(200);
    expect(body[0].a).toBe(sim.listings.get('BTCUSDT')?.trades.startId);
  });

  it('gives microseconds on request', async () => {
    const { get } = await start();
    const { body } = await get('aggTrades?symbol=BTCUSDT&limit=1', { headers: { 'X-MBX-TIME-UNIT': 'MICROSECOND' } });
    expect(String(body[0].T)).toMatch(/^\d{13}000$/);
  });
});

describe('errors', () => {
  it.each([
    ['aggTrades', 400, -1102],
    ['aggTrades?symbol=NOSUCH', 400, -1121],
    ['aggTrades?symbol=btcusdt', 400, -1100],
    ['aggTrades?symbol=BTC%20USDT', 400, -1100],
    ['aggTrades?symbol=BTCUSDT&fromId=-5', 400, -1100],
    ['aggTrades?symbol=BTCUSDT&fromId=1&startTime=2', 400, -1128],
    ['aggTrades?symbol=BTCUSDT&limit=0', 400, -1100],
    ['exchangeInfo?symbol=NOSUCH', 400, -1121],
    ['exchangeInfo?symbols=["BTCUSDT","NOSUCH"]', 400, -1121],
    ['exchangeInfo?symbols=BTCUSDT', 400, -1100],
    ['exchangeInfo?symbol=BTCUSDT&symbols=["BTCUSDT"]', 400, -1128],
    ['klines?symbol=BTCUSDT', 400, -1102],
    ['klines?symbol=BTCUSDT&interval=7m', 400, -1120],
    ['nothing', 404, -1000],
  ])('%s is %i with code %i', async (path, status, code) => {
    const { get } = await start();
    const answer = await get(path);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.msg).not.toBe('');
    expect(answer.headers.get('x-exchange-simulator')).toBe('1');
  });

  it('uses the exchange’s words for an unknown symbol', async () => {
    const { get } = await start();
    expect((await get('aggTrades?symbol=NOSUCH')).body).toEqual({ code: -1121, msg: 'Invalid symbol.' });
  });
});

describe('exchangeInfo', () => {
  it('lists every symbol with the real reply’s fields and the filters trades keep to', async () => {
    const { get, record, sim } = await start({ symbols: 362 });
    const { body } = await get('exchangeInfo');
    expect(Object.keys(body)).toEqual(['timezone', 'serverTime', 'rateLimits', 'exchangeFilters', 'symbols']);
    expect(body.symbols).toHaveLength(sim.listings.size);
    const btc = body.symbols.find((s: Listed) => s.symbol === 'BTCUSDT');
    expect(btc).toMatchObject({
      status: 'TRADING',
      baseAsset: 'BTC',
      quoteAsset: 'USDT',
      baseAssetPrecision: 8,
      isSpotTradingAllowed: true,
    });
    const filters = Object.fromEntries(btc.filters.map((f: { readonly filterType: string }) => [f.filterType, f]));
    expect(filters.PRICE_FILTER.tickSize).toBe('0.01000000');
    expect(filters.LOT_SIZE.stepSize).toBe('0.00001000');
    expect(filters.NOTIONAL.minNotional).toBe('5.00000000');
    for (const { symbol, price } of record.slice(0, 300)) {
      const tick = parseDecimal(body.symbols.find((s: Listed) => s.symbol === symbol).filters[0].tickSize);
      expect(parseDecimal(price).scale).toBeLessThanOrEqual(tick.scale);
    }
  });

  it('selects by symbol, symbols and status', async () => {
    const { get } = await start({ symbols: 362 });
    const names = async (query: string) =>
      (await get(`exchangeInfo?${query}`)).body.symbols.map((s: Listed) => s.symbol);
    expect(await names('symbol=ETHBTC')).toEqual(['ETHBTC']);
    expect(await names('symbols=["ETHBTC","BTCUSDT"]')).toEqual(['ETHBTC', 'BTCUSDT']);
    expect(await names('symbolStatus=HALT')).toEqual(['USTCUSDT', 'TORNUSDT']);
  });
});

describe('other calls', () => {
  it('tell the time, and ping', async () => {
    const { get, clock } = await start();
    expect((await get('time')).body).toEqual({ serverTime: clock.now() });
    sim?.faults.add({ kind: 'clock', byMs: -92_000 });
    expect((await get('time')).body).toEqual({ serverTime: clock.now() - 92_000 });
    sim?.faults.clear();
    expect((await get('ping')).body).toEqual({});
  });

  it('sum trades up in klines of a second, a minute and more', async () => {
    const { get, clock, record } = await start({ pastDay: false, warmUpMs: 0, tradeRate: 3 });
    for (let i = 0; i < 15; i++) clock.advance(30_000);
    const trades = record.filter(({ symbol }) => symbol === 'BTCUSDT');
    for (const [interval, stepMs] of [
      ['1s', 1_000],
      ['1m', 60_000],
      ['5m', 300_000],
      ['1h', 3_600_000],
    ] as const) {
      const { body } = await get(`klines?symbol=BTCUSDT&interval=${interval}&limit=1000`);
      expect(body.length).toBeGreaterThan(0);
      for (const [i, row] of body.entries()) {
        const [openMs, o, h, l, c, v, closeMs, q, n, tv] = row;
        expect(closeMs).toBe(openMs + stepMs - 1);
        if (i > 0) expect(openMs).toBe(body[i - 1][0] + stepMs);
        const own = trades.filter(({ timeMs }) => timeMs >= openMs && timeMs <= closeMs);
        const total = (of: (t: RecordedTrade) => ReturnType<typeof parseDecimal>, some = own) =>
          formatDecimal(some.reduce((sum, t) => add(sum, of(t)), zero));
        const prices = own.map(({ price }) => Number(price));
        if (own.length === 0) expect([o, h, l, c]).toEqual(Array(4).fill(body[i - 1][4]));
        else
          expect([o, Number(h), Number(l), c]).toEqual([
            own[0]?.price,
            Math.max(...prices),
            Math.min(...prices),
            own.at(-1)?.price,
          ]);
        expect(formatDecimal(parseDecimal(v))).toBe(total((t) => parseDecimal(t.quantity)));
        expect(formatDecimal(parseDecimal(q))).toBe(
          total((t) => multiply(parseDecimal(t.price), parseDecimal(t.quantity))),
        );
        expect(formatDecimal(parseDecimal(tv))).toBe(
          total(
            (t) => parseDecimal(t.quantity),
            own.filter((t) => !t.buyerIsMaker),
          ),
        );
        expect(n).toBe(own.reduce((sum, t) => sum + t.lastId - t.firstId + 1, 0));
      }
    }
  });

  it('give the past of a symbol whole, and the same, also while that of all is being made', async () => {
    const hours = 'klines?symbol=ETHUSDT&interval=1h&limit=30';
    const minutes = 'klines?symbol=ETHUSDT&interval=1m&limit=1000';
    const day = 'ticker/24hr?symbol=ETHUSDT';
    const alone = await start({ seed: 'the same', symbols: 60 });
    const expected = [];
    for (const path of [minutes, hours, day]) expected.push((await alone.get(path)).body);
    await sim?.close();
    const { get } = await start({ seed: 'the same', symbols: 60 });
    const [all, ...meanwhile] = await Promise.all(['ticker/24hr', day, minutes, hours].map((path) => get(path)));
    expect(meanwhile.map(({ body }) => body)).toEqual([expected[2], expected[0], expected[1]]);
    expect(all?.body).toHaveLength(60);
    expect(all?.body.find(({ symbol }: { symbol: string }) => symbol === 'ETHUSDT')).toEqual(expected[2]);
  });

  it('have a yesterday in klines and ticker/24hr that agree', async () => {
    const { get } = await start();
    const { body: rows } = await get('klines?symbol=ETHUSDT&interval=1m&limit=1000');
    expect(rows).toHaveLength(1_000);
    for (let i = 1; i < rows.length; i++) expect(rows[i][0]).toBe(rows[i - 1][0] + 60_000);
    expect((await get('klines?symbol=ETHUSDT&interval=1h&limit=30')).body.length).toBeGreaterThanOrEqual(24);
    const { body: earlier } = await get(
      `klines?symbol=ETHUSDT&interval=1m&startTime=${rows[0][0] - 440 * 60_000}&endTime=${rows[0][0] - 1}&limit=1000`,
    );
    const { body: day } = await get('ticker/24hr?symbol=ETHUSDT');
    const minutes = [...earlier, ...rows];
    expect(minutes).toHaveLength(1_440);
    const total = (column: number) =>
      formatDecimal(
        minutes.reduce(
          (sum: ReturnType<typeof parseDecimal>, row: readonly string[]) => add(sum, parseDecimal(row[column] ?? '')),
          zero,
        ),
      );
    expect([day.volume, day.quoteVolume].map((text) => formatDecimal(parseDecimal(text)))).toEqual([
      total(5),
      total(7),
    ]);
    expect([day.openPrice, Number(day.highPrice), Number(day.lowPrice)]).toEqual([
      minutes[0][1],
      Math.max(...minutes.map((row) => Number(row[2]))),
      Math.min(...minutes.map((row) => Number(row[3]))),
    ]);
    expect(day.lastPrice).toBe(rows.at(-1)[4]);
    expect(day.count).toBe(day.lastId - day.firstId + 1);
    expect(Number(day.weightedAvgPrice)).toBeCloseTo(Number(day.quoteVolume) / Number(day.volume), 5);
    expect(Number(day.priceChange)).toBeCloseTo(Number(day.lastPrice) - Number(day.openPrice), 6);
  });

  it('reach back as far as the simulator is told to, each level the sum of the finer one, up to the live price', async () => {
    const dayMs = 86_400_000;
    const { get, clock, record } = await start({ reach: { minutes: 2, hours: 5, days: 40 } });
    clock.advance(90_000);
    const all = async (interval: string, stepMs: number) => {
      const rows: string[][] = [];
      for (let from = 1; ; from = Number(rows.at(-1)?.[0]) + stepMs) {
        const { body } = await get(`klines?symbol=ETHUSDT&interval=${interval}&startTime=${from}&limit=1000`);
        rows.push(...body);
        if (body.length === 0) return rows;
      }
    };
    const [minutes, hours, days] = [await all('1m', 60_000), await all('1h', 3_600_000), await all('1d', dayMs)];
    const reachOf = (rows: string[][]) => (clock.now() - Number(rows[0]?.[0])) / dayMs;
    expect([reachOf(minutes), reachOf(hours), reachOf(days)].map(Math.ceil)).toEqual([2, 5, 40]);
    for (const [rows, stepMs] of [
      [minutes, 60_000],
      [hours, 3_600_000],
      [days, dayMs],
    ] as const)
      for (const [at, row] of rows.entries()) {
        const before = rows[at - 1];
        if (before) expect(Number(row[0])).toBe(Number(before[0]) + stepMs);
        // The made-up past goes on without a step; between live trades there is one.
        const isMade = Number(row[6]) < clock.now() - 110_000;
        if (before && isMade) expect(row[1]).toBe(before[4]);
      }
    const price = record.filter(({ symbol }) => symbol === 'ETHUSDT').at(-1)?.price;
    expect([minutes, hours, days].map((rows) => rows.at(-1)?.[4])).toEqual([price, price, price]);
    const fold = (rows: string[][], openMs: number, stepMs: number) => {
      const own = rows.filter(([at]) => Number(at) >= openMs && Number(at) < openMs + stepMs);
      const total = own.reduce((sum, row) => add(sum, parseDecimal(row[7] ?? '')), zero);
      return [own[0]?.[1], own.at(-1)?.[4], own.reduce((sum, row) => sum + Number(row[8]), 0), formatDecimal(total)];
    };
    const summed = ([, open, , , close, , , quote, count]: string[]) => [
      open,
      close,
      Number(count),
      formatDecimal(parseDecimal(quote ?? '')),
    ];
    for (const row of hours.slice(-47)) expect(fold(minutes, Number(row[0]), 3_600_000)).toEqual(summed(row));
    for (const row of days.slice(-5)) expect(fold(hours, Number(row[0]), dayMs)).toEqual(summed(row));
  });

  it('are the same again from the same seed and start, in whatever order they are asked for, and others from another', async () => {
    const ask = async (seed: string, intervals: readonly string[]) => {
      const { get } = await start({ seed, symbols: 2 });
      const texts = new Map<string, string>();
      for (const interval of intervals)
        texts.set(interval, JSON.stringify((await get(`klines?symbol=ETHUSDT&interval=${interval}&limit=1000`)).body));
      await sim?.close();
      return ['1m', '1h', '1d'].map((interval) => texts.get(interval));
    };
    const first = await ask('a', ['1m', '1h', '1d']);
    expect(await ask('a', ['1d', '1h', '1m'])).toEqual(first);
    expect(await ask('b', ['1m', '1h', '1d'])).not.toEqual(first);
  });

  it('begin a page in a quiet time at the price before it', async () => {
    const { get } = await start({ tradeRate: 0.01 });
    const { body: all } = await get('klines?symbol=NEARUSDT&interval=1m&limit=1000');
    const at = all.findIndex((row: readonly unknown[], i: number) => i > 0 && row[8] === 0);
    expect(at).toBeGreaterThan(0);
    const { body } = await get(`klines?symbol=NEARUSDT&interval=1m&startTime=${all[at][0]}&limit=1`);
    expect(body).toEqual([all[at]]);
  });

  it('shorten ticker/24hr with type=MINI, and give lists for lists', async () => {
    const { get } = await start();
    expect(Object.keys((await get('ticker/24hr?symbol=BTCUSDT&type=MINI')).body)).toEqual(
      'symbol lastPrice openPrice highPrice lowPrice volume quoteVolume openTime closeTime firstId lastId count'.split(
        ' ',
      ),
    );
    expect((await get('ticker/24hr?symbols=["BTCUSDT","ETHUSDT"]')).body).toHaveLength(2);
    expect((await get('ticker/24hr')).body).toHaveLength(40);
  });

  it('list kept trades under /sim/trades, in either case', async () => {
    const { sim } = await start();
    const { body, headers } = await getJson(`${sim.restUrl}/sim/trades?symbol=btcusdt&limit=2`);
    expect(body.map((row: Frame) => row.a)).toEqual(sim.trades('BTCUSDT', undefined, 2).map(({ id }) => id));
    expect(headers.get('x-mbx-used-weight-1m')).toBeNull();
  });
});

describe('weights', () => {
  it('are those of the exchange and start anew each minute', async () => {
    const { get, clock } = await start({ symbols: 200 });
    const names = (n: number) => JSON.stringify([...(sim?.listings.keys() ?? [])].slice(0, n));
    let used = 0;
    for (const [path, weight] of [
      ['aggTrades?symbol=BTCUSDT', 4],
      ['exchangeInfo', 20],
      ['klines?symbol=BTCUSDT&interval=1m', 2],
      ['time', 1],
      ['ping', 1],
      ['ticker/24hr?symbol=BTCUSDT', 2],
      [`ticker/24hr?symbols=${names(20)}`, 2],
      [`ticker/24hr?symbols=${names(21)}`, 40],
      [`ticker/24hr?symbols=${names(101)}`, 80],
      ['ticker/24hr', 80],
      ['aggTrades?symbol=NOSUCH', 4],
    ] as const) {
      used += weight;
      expect([path, (await get(path)).headers.get('x-mbx-used-weight-1m')]).toEqual([path, String(used)]);
    }
    clock.advance(60_000);
    expect((await get('time')).headers.get('x-mbx-used-weight-1m')).toBe('1');
  });

  it('past the limit mean 429 until the minute is over; insisting means 418 until the ban is over', async () => {
    const { get, clock } = await start({ limits: { weightPerMinute: 10, refusalsBeforeBan: 3, banMs: 120_000 } });
    const info = await get('aggTrades?symbol=BTCUSDT');
    expect(info.status).toBe(200);
    await get('aggTrades?symbol=BTCUSDT');
    const refused = await get('aggTrades?symbol=BTCUSDT');
    expect(refused).toMatchObject({ status: 429, body: { code: -1003 } });
    expect(refused.body.msg).toContain('Too much request weight used; current limit is 10');
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBe(Math.ceil((60_000 - (clock.now() % 60_000)) / 1_000));
    clock.advance(wait * 1_000);
    expect((await get('time')).status).toBe(200);

    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push((await get('aggTrades?symbol=BTCUSDT')).status);
    expect(statuses).toEqual([200, 200, 429, 429, 429, 418]);
    clock.advance(60_000);
    const banned = await get('time');
    expect(banned).toMatchObject({ status: 418, body: { code: -1003 } });
    expect(banned.body.msg).toContain(`IP banned until ${clock.now() + 60_000}`);
    expect(banned.headers.get('retry-after')).toBe('60');
    clock.advance(60_000);
    expect((await get('time')).status).toBe(200);
  });
});
