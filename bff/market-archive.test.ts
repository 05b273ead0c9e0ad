import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runClickHouseMigrations } from '@tickfolio/lib/clickhouse';
import { type ChdbClickHouse, openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMarketArchive } from './market-archive.js';
import { createUser, openTestPostgres, startTestBff } from './test-bff.js';
import { createValueHistory } from './value-history.js';

const [database, table, log] = ['crypto', 'market_tickers', silentLogger()];
let folder: string;
let clickhouse: ChdbClickHouse;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickfolio-bff-'));
  clickhouse = await openChdbClickHouse({ path: join(folder, 'data'), clock: systemClock, log });
  const migrations = fileURLToPath(new URL('../services/archiver/migrations', import.meta.url));
  const names = { table, ohlc: 'market_ohlc' };
  await runClickHouseMigrations({ clickhouse, log }, { folder: migrations, database, names, journal: `${table}_migrations` });
});
afterAll(async () => {
  await clickhouse?.close();
  await rm(folder, { recursive: true, force: true });
});

const columns = ['message_id', 'event_type', 'event_time', 'receive_time', 'symbol', 'close_price', 'volume', 'quote_volume'];
type Ticker = readonly [symbol: string, time: string, price: string, type?: string, volumes?: readonly [string, string]];
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
  expect(await archive.midnight(['btcusdt'], true)).toEqual(new Map([['btcusdt', { price: '1', atMs: at('00:00:00.500') }]]));
  expect(await archive.midnight([], false)).toEqual(new Map());
});

it('knows the volumes of the newest ticker, all their digits, and none where it did not say or is old', async () => {
  const volumes = (base: string, quote: string) => ['24hrMiniTicker', [base, quote]] as const;
  await add([
    ['SHIBUSDT', '2026-11-21 13:58:00.000', '0.00001', ...volumes('1', '1')],
    ['SHIBUSDT', '2026-11-21 13:59:00.000', '0.00001', ...volumes('912345678901234567890.12345678', '9123456789012345.67')],
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
  for (const symbol of ['bnbusdt', 'adausdt', 'solusdt']) expect([symbol, await archive.volume(symbol)]).toEqual([symbol, undefined]);
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
    .poll(async () => JSON.parse((await bff.call(user, 'GET', '/api/v1/profile/day')).text) as unknown, { timeout: 10_000 })
    .toEqual({
      Since: iso(midnightMs),
      Opens: expect.arrayContaining([
        { Symbol: 'btcusdt', Price: '68000', Since: iso(midnightMs + 1_500) },
        { Symbol: 'ethusdt', Price: '3000.5', Since: iso(nowMs) },
        // Converted at the rate of midnight, but its own price is from later.
        { Symbol: 'ethbtc', Price: '3400', Since: iso(nowMs) },
      ]),
    });
  await bff.close();
  await postgres.close();
});
