import { fileURLToPath } from 'node:url';
import { type ClickHouse, runClickHouseMigrations } from '@tickfolio/lib/clickhouse';
import { openServerClickHouse } from '@tickfolio/lib/clickhouse/server';
import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import { archiveMigrations, usualArchive } from '@tickfolio/lib/events/archive';
import { patient, startTestClickHouse, type TestClickHouse } from '@tickfolio/lib/kit/clickhouse';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createValueHistory } from '../history/value-history.js';
import { createUser, openTestPostgres, startTestBff, testSymbols } from '../kit/bff.js';
import { createKeptListings } from '../market/kept-listings.js';
import { dayMomentOf, nextDayMomentOf } from './day-moments.js';
import { createMarketArchive } from './market-archive.js';

const { database, table } = usualArchive;
const log = silentLogger();
let server: TestClickHouse;
let clickhouse: ClickHouse;
beforeAll(async () => {
  // On a host far from UTC, so that a time that is read in its zone does not go unnoticed.
  server = await startTestClickHouse({ zone: 'America/New_York' });
  clickhouse = patient(
    openServerClickHouse({
      address: server.address,
      user: 'default',
      password: '',
      clock: systemClock,
      log,
    }),
  );
  const migrations = fileURLToPath(new URL('../../services/archiver/migrations', import.meta.url));
  await runClickHouseMigrations({ clickhouse, log }, { folder: migrations, ...archiveMigrations(database, table) });
});
afterAll(async () => {
  await clickhouse?.close();
  await server?.close();
});

const columns = [
  'message_id',
  'event_type',
  'event_time',
  'receive_time',
  'symbol',
  'close_price',
  'volume',
  'quote_volume',
];
/** With what the exchange says of the 24 hours before. */
const dayColumns = [
  'message_id',
  'event_type',
  'event_time',
  'receive_time',
  'symbol',
  'close_price',
  'open_price',
  'high_price',
  'low_price',
];
type Ticker = readonly [
  symbol: string,
  time: string,
  price: string,
  type?: string,
  volumes?: readonly [string, string],
];
const add = (tickers: readonly Ticker[]) =>
  clickhouse.insert(
    `${database}.${table}_rows`,
    columns,
    tickers.map(([symbol, time, price, type = '24hrMiniTicker', [base, quote] = [null, null]]) => [
      `${symbol}-${time}-${type}`,
      type,
      time,
      time,
      symbol,
      price,
      base,
      quote,
    ]),
  );
const archiveAt = (time: string) =>
  createMarketArchive({ clickhouse: () => clickhouse, database, table, clock: createManualClock(Date.parse(time)) });

it('knows what cost what at midnight: of the first minutes only, and never a simulated price beside real ones', async () => {
  await add([
    ['BTCUSDT', '2026-11-20 23:59:59.900', '67999'],
    ['BTCUSDT', '2026-11-21 00:00:01.500', '68000.12345678'],
    ['BTCUSDT', '2026-11-21 00:00:02.500', '68001'],
    ['BTCUSDT', '2026-11-21 00:00:00.500', '1', 'simulated24hrMiniTicker'],
    ['ETHUSDT', '2026-11-21 09:00:00.000', '3000'],
  ]);
  const archive = archiveAt('2026-11-21T14:00:00.000Z');
  const at = (time: string) => Date.parse(`2026-11-21T${time}Z`);
  expect(await archive.midnight(['btcusdt', 'ethusdt', 'solusdt'], false)).toEqual(
    new Map([['btcusdt', { price: '68000.12345678', atMs: at('00:00:01.500') }]]),
  );
  expect(await archive.midnight(['btcusdt'], true)).toEqual(
    new Map([['btcusdt', { price: '1', atMs: at('00:00:00.500') }]]),
  );
  expect(await archive.midnight([], false)).toEqual(new Map());
});

it('is asked a chart once by all who look at it, also where an older question fails late', async () => {
  const clock = createManualClock();
  const failures: ((err: Error) => void)[] = [];
  const slow = { query: () => new Promise((_, fail) => failures.push(fail)) } as unknown as ClickHouse;
  const archive = createMarketArchive({ clickhouse: () => slow, database, table, clock });
  const settle = () => new Promise((done) => setImmediate(done));
  const told: string[] = [];
  const look = async () => {
    archive.candles('btcusdt', '1h').catch((err: Error) => told.push(err.message));
    await settle();
  };
  await look();
  clock.advance(5_000); // It waited for its turn, and then for ClickHouse.
  await look();
  failures[0]?.(new Error('timed out'));
  await settle();
  await look();
  expect(failures).toHaveLength(2);
  expect(told).toEqual(['The archive of prices does not answer.']);
});

it('is asked once for what a thousand pages want to know at midnight, and never for too much at once', async () => {
  const clock = createManualClock(Date.parse('2026-11-21T00:00:00.500Z'));
  let [asked, atOnce, most] = [0, 0, 0];
  const query = async () => {
    asked += 1;
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise((done) => setImmediate(done));
    atOnce -= 1;
    return [];
  };
  const archive = createMarketArchive({
    clickhouse: () => ({ query }) as unknown as ClickHouse,
    database,
    table,
    clock,
  });
  const pages = Array.from({ length: 1_000 }, (_, page) => ['btcusdt', `coin${page % 50}usdt`]);
  await Promise.all(pages.map((symbols) => archive.midnight(symbols, false)));
  await Promise.all(pages.map((symbols) => archive.trails(symbols)));
  expect(asked).toBeLessThanOrEqual(4);
  const charts = await Promise.allSettled(pages.map((_, page) => archive.candles(`coin${page}usdt`, '24h')));
  expect(most).toBeLessThanOrEqual(8);
  const refused = charts.filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  for (const chart of refused) expect(chart).toMatchObject({ reason: { code: 'unavailable' } });
  const before = asked;
  clock.advance(86_400_000); // Another day, other prices.
  await archive.midnight(['btcusdt'], false);
  expect(asked).toBe(before + 1);
});

it('draws the last hour, day and minutes of a price also from an archive in New York, over the night in which its clocks change', async () => {
  await add([
    ['XRPUSDT', '2026-03-08 01:30:00.000', '1.1'],
    ['XRPUSDT', '2026-03-08 02:15:10.000', '1.2'],
    ['XRPUSDT', '2026-03-08 02:15:50.000', '1.5'],
    ['XRPUSDT', '2026-03-08 02:40:00.000', '1.3'],
    ['XRPUSDT', '2026-03-08 07:30:00.000', '9'],
  ]);
  const archive = archiveAt('2026-03-08T02:45:00.000Z');
  const at = (time: string) => Date.parse(`2026-03-08T${time}:00Z`);
  const quarter = { atMs: at('02:15'), open: '1.2', high: '1.5', low: '1.2', close: '1.5' };
  const candles = await archive.candles('xrpusdt', '1h');
  expect(candles.filter(({ atMs }) => atMs < at('03:00'))).toEqual([
    quarter,
    { atMs: at('02:40'), open: '1.3', high: '1.3', low: '1.3', close: '1.3' },
  ]);
  expect((await archive.candles('xrpusdt', '24h')).map(({ atMs }) => atMs)).toEqual(
    ['01:30', '02:10', '02:40', '07:30'].map(at),
  );
  expect((await archive.candles('xrpusdt', '7d')).map(({ atMs }) => atMs)).toEqual(['01:00', '02:00', '07:00'].map(at));
  expect(await archive.today('xrpusdt')).toMatchObject({ atMs: at('00:00'), open: '1.1' });
  expect((await archive.trails(['xrpusdt'])).get('xrpusdt')?.slice(0, 2)).toEqual([
    { atMs: at('02:15'), price: '1.5' },
    { atMs: at('02:40'), price: '1.3' },
  ]);
});

it('knows the volumes of the newest ticker, all their digits, and none where it did not say or is old', async () => {
  const volumes = (base: string, quote: string) => ['24hrMiniTicker', [base, quote]] as const;
  await add([
    ['SHIBUSDT', '2026-11-21 13:58:00.000', '0.00001', ...volumes('1', '1')],
    [
      'SHIBUSDT',
      '2026-11-21 13:59:00.000',
      '0.00001',
      ...volumes('912345678901234567890.12345678', '9123456789012345.67'),
    ],
    ['BNBUSDT', '2026-11-21 13:58:00.000', '600', ...volumes('1', '1')],
    ['BNBUSDT', '2026-11-21 13:59:00.000', '600'],
    ['ADAUSDT', '2026-11-21 12:30:00.000', '1', ...volumes('1', '1')],
  ]);
  const archive = archiveAt('2026-11-21T14:00:00.000Z');
  expect(await archive.volume('shibusdt')).toEqual({
    atMs: Date.parse('2026-11-21T13:59:00.000Z'),
    base: '912345678901234567890.12345678',
    quote: '9123456789012345.67',
  });
  for (const symbol of ['bnbusdt', 'adausdt', 'solusdt'])
    expect([symbol, await archive.volume(symbol)]).toEqual([symbol, undefined]);
});

it('knows what the exchange says of the last 24 hours: of the newest ticker, as long as it is of the last hour, real and simulated apart', async () => {
  const rows: readonly (readonly string[])[] = [
    ['24hrMiniTicker', '2026-11-22 13:58:00.000', 'LTCUSDT', '90', '80', '95', '79'],
    ['24hrMiniTicker', '2026-11-22 13:59:00.000', 'LTCUSDT', '91', '80.00000001', '96', '79'],
    ['simulated24hrMiniTicker', '2026-11-22 13:59:30.000', 'XRPUSDT', '2', '1', '3', '1'],
    ['24hrMiniTicker', '2026-11-22 12:59:00.000', 'DOTUSDT', '7', '6', '8', '5'],
    ['24hrMiniTicker', '2026-11-22 13:59:00.000', 'NEWUSDT', '0', '0', '0', '0'],
  ];
  await clickhouse.insert(
    `${database}.${table}_rows`,
    dayColumns,
    rows.map(([type, time, symbol, ...prices]) => [
      `${symbol}-${time}`,
      type ?? '',
      time ?? '',
      time ?? '',
      symbol ?? '',
      ...prices,
    ]),
  );
  const at = (time: string) => Date.parse(`2026-11-22T${time}Z`);
  const of = async (simulated: boolean) => {
    const days = await archiveAt('2026-11-22T14:00:00.000Z').days(simulated);
    return new Map([...days].filter(([symbol]) => /^(ltc|xrp|dot|new)/.test(symbol)));
  };
  expect(await of(false)).toEqual(
    new Map([['ltcusdt', { atMs: at('13:59:00.000'), open: '80.00000001', high: '96', low: '79' }]]),
  );
  expect(await of(true)).toEqual(new Map([['xrpusdt', { atMs: at('13:59:30.000'), open: '1', high: '3', low: '1' }]]));
});

it('shows no price, candle or volume that an archived ticker dated an hour ahead as of then, once a right one came after it', async () => {
  const nowMs = systemClock.now();
  const text = (atMs: number) => new Date(atMs).toISOString().replace('T', ' ').slice(0, -1);
  const row = (aheadMs: number, receivedMs: number, price: string) => [
    `LINKUSDT-${aheadMs}`,
    '24hrMiniTicker',
    text(nowMs + aheadMs),
    text(nowMs + receivedMs),
    'LINKUSDT',
    price,
    price,
    price,
  ];
  for (const ticker of [row(3_600_000, -2_000, '9'), row(-1_000, -900, '14.5')])
    await clickhouse.insert(`${database}.${table}_rows`, columns, [ticker]);
  const archive = createMarketArchive({ clickhouse: () => clickhouse, database, table, clock: systemClock });
  expect(await archive.last('linkusdt', false)).toEqual({ atMs: nowMs - 1_000, price: '14.5' });
  expect(await archive.volume('linkusdt')).toEqual({ atMs: nowMs - 1_000, base: '14.5', quote: '14.5' });
  for (const range of ['1h', '7d', '1y'] as const)
    expect((await archive.candles('linkusdt', range)).map(({ close }) => close)).toEqual(['14.5']);
  expect((await archive.today('linkusdt'))?.close).toBe('14.5');
  expect((await archive.trails(['linkusdt', 'btcusdt'])).get('linkusdt')?.map(({ price }) => price)).toEqual(['14.5']);
});

it("counts today's change of a coin from midnight where the archive knows it, else from its first recorded price, and says from when", async () => {
  const postgres = await openTestPostgres();
  const bff = await startTestBff({ postgres, deps: { clickhouse: () => clickhouse } });
  const user = createUser(systemClock);
  for (const [symbol, quantity] of [
    ['btcusdt', '1'],
    ['ethusdt', '2'],
    ['ethbtc', '1'],
  ])
    await bff.call(user, 'POST', '/api/v1/profile/coins', { symbol, quantity });
  const midnightMs = Math.floor(systemClock.now() / 86_400_000) * 86_400_000;
  const nowMs = Math.max(systemClock.now(), midnightMs + 900_000);
  const iso = (atMs: number) => new Date(atMs).toISOString();
  const history = createValueHistory(postgres.db);
  const recorded = new Map([
    ['btcusdt', '70000'],
    ['ethusdt', '3000.5'],
    ['ethbtc', '0.05'],
  ]);
  await history.putOpens('real', nowMs, recorded);
  await add([
    [
      'BTCUSDT',
      iso(midnightMs + 1_500)
        .replace('T', ' ')
        .slice(0, -1),
      '68000',
    ],
  ]);
  await expect
    .poll(async () => JSON.parse((await bff.call(user, 'GET', '/api/v1/profile/day')).text) as unknown)
    .toEqual({
      AsOf: expect.any(String),
      Since: iso(midnightMs),
      Opens: expect.arrayContaining([
        { Symbol: 'btcusdt', Price: '68000', QuotePrice: '68000', Since: iso(midnightMs + 1_500) },
        { Symbol: 'ethusdt', Price: '3000.5', QuotePrice: '3000.5', Since: iso(nowMs) },
        // Converted at the rate of midnight, but its own price is from later.
        { Symbol: 'ethbtc', Price: '3400', QuotePrice: '0.05', Since: iso(nowMs) },
      ]),
      DayAgo: [],
      DayAgoNext: expect.toSatisfy((next: unknown) => next === null || JSON.stringify(next).endsWith('"Prices":[]}')),
    });
  await bff.close();
  await postgres.close();
});

it('counts the change of a day from 24 hours before a full minute, also of a coin that is priced in another, and gives its range to the chart', async () => {
  const postgres = await openTestPostgres();
  // In the minute after noon, when its tickers are there and those of the minute before are in force.
  const noon = Date.parse('2026-11-25T12:00:00.000Z');
  const clock = { ...systemClock, now: () => noon + 16_000, monotonic: () => 0 };
  const bff = await startTestBff({ postgres, clock, deps: { clickhouse: () => clickhouse } });
  const user = createUser(clock);
  for (const symbol of ['dogeusdt', 'bnbusdt', 'bnbeth'])
    await bff.call(user, 'POST', '/api/v1/profile/coins', { symbol, quantity: '1' });
  const iso = (atMs: number) => new Date(atMs).toISOString();
  const text = (atMs: number) => iso(atMs).replace('T', ' ').slice(0, -1);
  const row = (symbol: string, atMs: number, ...prices: string[]) => {
    const time = text(noon + atMs);
    return [`${symbol}-${atMs}`, '24hrMiniTicker', time, time, symbol, ...prices];
  };
  await clickhouse.insert(`${database}.${table}_rows`, dayColumns, [
    row('DOGEUSDT', -61_000, '0.11', '0.1', '0.12', '0.09'),
    row('DOGEUSDT', -59_000, '0.11', '0.1001', '0.12', '0.09'),
    row('DOGEUSDT', -1_000, '0.11', '0.1002', '0.12', '0.09'),
    row('DOGEUSDT', 1_000, '0.11', '0.1003', '0.13', '0.09'),
    row('BNBETH', -63_000, '0.2', '0.21', '0.22', '0.19'),
    // Followed since then only.
    row('ETHUSDT', 2_000, '3100', '3000.5', '3200', '2900'),
    row('ETHUSDT', 3_000, '3100', '3000.6', '3200', '2900'),
  ]);
  const read = async (path: string) => JSON.parse((await bff.call(user, 'GET', path)).text) as Record<string, unknown>;
  const doge = { Symbol: 'dogeusdt', Price: '0.1', QuotePrice: '0.1', Time: iso(noon - 61_000) };
  const bnb = { Symbol: 'bnbeth', Price: '630.105', QuotePrice: '0.21', Time: iso(noon - 63_000) };
  const laterDoge = { Symbol: 'dogeusdt', Price: '0.1002', QuotePrice: '0.1002', Time: iso(noon - 1_000) };
  const { DayAgo, DayAgoNext } = await read('/api/v1/profile/day');
  // Of a coin without a ticker nothing is made up.
  const sorted = (prices: unknown) =>
    [...(prices as { Symbol: string }[])].sort((a, b) => b.Symbol.localeCompare(a.Symbol));
  expect(sorted(DayAgo)).toEqual([doge, bnb]);
  expect(DayAgoNext).toMatchObject({ From: iso(noon + 45_000) });
  expect(sorted((DayAgoNext as { Prices: unknown }).Prices)).toEqual([laterDoge, bnb]);
  // Of another moment that changes can be counted from: the last price before it, else the first one after it.
  const basisAt = (at: string) => `/api/v1/profile/basis?at=${encodeURIComponent(at)}`;
  const { At, Prices } = await read(basisAt(iso(noon)));
  expect([At, sorted(Prices)]).toEqual([
    iso(noon),
    [
      { Symbol: 'dogeusdt', Price: '0.11', QuotePrice: '0.11', Time: iso(noon - 1_000) },
      { Symbol: 'bnbeth', Price: '620', QuotePrice: '0.2', Time: iso(noon - 63_000) },
    ],
  ]);
  for (const wrong of ['yesterday', iso(noon - 1_000), iso(noon + 900_000), iso(noon - 32 * 86_400_000)])
    expect([wrong, (await bff.call(user, 'GET', basisAt(wrong))).status]).toEqual([wrong, 400]);
  const { Day } = await read('/api/v1/coins/dogeusdt/candles?range=1h');
  expect(Day).toEqual({ Time: iso(noon + 1_000), Open: '0.1', High: '0.13', Low: '0.09' });
  expect((await read('/api/v1/coins/bnbusdt/candles?range=1h')).Day).toBeNull();
  await bff.close();
  await postgres.close();
});

it('gives two pages the same figures of 24 hours ago at any moment, whenever and from whichever server they asked', async () => {
  const [minute, second] = [60_000, 1_000];
  const start = Date.parse('2026-11-26T12:00:00.000Z');
  const text = (atMs: number) => new Date(atMs).toISOString().replace('T', ' ').slice(0, -1);
  const ticker = (atMs: number) => [
    `AVAXUSDT-${atMs}`,
    '24hrMiniTicker',
    text(atMs),
    text(atMs),
    'AVAXUSDT',
    '20',
    `${19 + (atMs - start) / 1e6}`,
  ];
  const rows = Array.from({ length: 6 * 60 }, (_, at) => ticker(start - 2 * minute + at * second));
  await clickhouse.insert(`${database}.${table}_rows`, dayColumns.slice(0, 7), rows);
  /** What a page shows at a moment that asked then. */
  const shownAt = async (atMs: number, askedMs: number) => {
    const archive = createMarketArchive({
      clickhouse: () => clickhouse,
      database,
      table,
      clock: createManualClock(askedMs),
    });
    const next = nextDayMomentOf(askedMs);
    const moment = next && atMs >= next.fromMs ? next.moment : dayMomentOf(askedMs);
    return (await archive.opensAt(moment, ['avaxusdt'], false)).get('avaxusdt')?.price;
  };
  for (const atMs of [start + 44 * second, start + 45 * second, start + 100 * second]) {
    const asked = [
      ...[17, 30, 41]
        .map((at) => Math.floor((atMs - 17 * second) / minute) * minute + at * second)
        .filter((ms) => ms <= atMs),
      atMs,
    ];
    const shown = await Promise.all(asked.map((askedMs) => shownAt(atMs, askedMs)));
    expect([atMs, new Set(shown).size, shown[0]]).toEqual([atMs, 1, expect.any(String)]);
  }
});

it('names a delisted coin that nobody holds and no list has any more, after a restart too', async () => {
  const postgres = await openTestPostgres();
  const start = () => startTestBff({ postgres, deps: { clickhouse: () => clickhouse } });
  const user = createUser(systemClock);
  await add([
    ['LUNABUSD', '2026-02-01 10:00:00.000', '0.0001'],
    ['SIMBUSD', '2026-02-01 10:00:00.000', '7'],
  ]);
  const kept = createKeptListings(postgres.db);
  await kept.write('simulated', [{ symbol: 'simbusd', quoteAsset: 'BUSD' }]);
  const before = await start();
  before.aggregator.symbols = [...testSymbols, { symbol: 'lunabusd', quoteAsset: 'BUSD', status: 'TRADING' }];
  before.aggregator.revision = 'with';
  await expect.poll(() => kept.read('real', 'lunabusd')).toEqual({ BaseAsset: 'LUNA', QuoteAsset: 'BUSD' });
  await before.close();
  const bff = await start();
  const read = async (symbol: string) =>
    JSON.parse((await bff.call(user, 'GET', `/api/v1/coins/${symbol}/candles?range=1y`)).text) as unknown;
  expect(await read('lunabusd')).toMatchObject({
    Status: 'delisted',
    BaseAsset: 'LUNA',
    QuoteAsset: 'BUSD',
    Last: { Price: '0.0001' },
  });
  // What only simulated lists had is not known of real ones.
  expect(await read('simbusd')).toMatchObject({ Status: 'delisted', BaseAsset: null, QuoteAsset: null });
  await bff.close();
  await postgres.close();
});

it('shows the page of a coin that was delisted: to who holds it, to anybody where the archive knows it, and nothing of what nobody knows', async () => {
  const postgres = await openTestPostgres();
  const bff = await startTestBff({ postgres, deps: { clickhouse: () => clickhouse } });
  const user = createUser(systemClock);
  await bff.call(user, 'POST', '/api/v1/profile/coins', { symbol: 'ethbtc', quantity: '1' });
  const monthAgo = new Date(systemClock.now() - 30 * 86_400_000).toISOString();
  await add([
    ['FTTUSDT', '2026-02-01 10:00:00.000', '22'],
    ['FTTUSDT', monthAgo.replace('T', ' ').slice(0, -1), '1.25'],
    ['FTTUSDT', '2026-11-21 10:00:00.000', '99', 'simulated24hrMiniTicker'],
    ['OLDUSDT', '2026-02-01 10:00:00.000', '3'],
  ]);
  bff.aggregator.symbols = testSymbols.filter(({ symbol }) => symbol !== 'ethbtc');
  bff.aggregator.revision = 'without';
  const read = async (symbol: string) => {
    const { status, text } = await bff.call(user, 'GET', `/api/v1/coins/${symbol}/candles?range=1y`);
    return { status, body: JSON.parse(text) as Record<string, unknown> };
  };
  // Held: its assets are known, although no list has it any more.
  await expect
    .poll(async () => read('ethbtc'))
    .toMatchObject({ status: 200, body: { Status: 'delisted', BaseAsset: 'ETH', QuoteAsset: 'BTC', Last: null } });
  // Of the archive alone, the last price with its time, never a simulated one.
  const ftt = await read('fttusdt');
  expect(ftt).toMatchObject({
    status: 200,
    body: { Status: 'delisted', BaseAsset: null, QuoteAsset: null, Last: { Time: monthAgo, Price: '1.25' } },
  });
  expect((ftt.body.Candles as unknown[]).length).toBeGreaterThan(0);
  // On the list as ended.
  expect(await read('oldusdt')).toMatchObject({
    status: 200,
    body: { Status: 'delisted', BaseAsset: 'OLD', Last: { Price: '3' } },
  });
  expect(await read('btcusdt')).toMatchObject({ status: 200, body: { Status: 'trading', Last: null } });
  expect((await read('nosuchusdt')).status).toBe(404);
  await bff.close();
  await postgres.close();
});
