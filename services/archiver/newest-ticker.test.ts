import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouse, runClickHouseMigrations } from '@tickfolio/lib/clickhouse';
import { openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { systemClock } from '@tickfolio/lib/clock';
import { archiveMigrations } from '@tickfolio/lib/events/archive';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrationsFolder } from './schema.js';

const folder = mkdtempSync(join(tmpdir(), 'tickfolio-newest-'));
const log = silentLogger();
const hourMs = 3_600_000;
const nowMs = Date.now();
let clickhouse: ClickHouse;

const migrate = () =>
  runClickHouseMigrations(
    { clickhouse, log },
    {
      folder: migrationsFolder,
      ...archiveMigrations('crypto', 'market_tickers'),
    },
  );
beforeAll(async () => {
  clickhouse = await openChdbClickHouse({ path: join(folder, 'data'), clock: systemClock, log });
  await migrate();
});
afterAll(async () => {
  await clickhouse?.close();
  rmSync(folder, { recursive: true, force: true });
});

const timeText = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, -1);
const columns = ['message_id', 'event_type', 'event_time', 'receive_time', 'symbol', 'close_price'];
/**
 * One after the other, each in an insert of its own: when it was received and what it says of the time, from now, and
 * the price.
 */
const store = async (
  symbol: string,
  tickers: readonly (readonly [receivedMs: number, eventMs: number, price: string])[],
) => {
  for (const [receivedMs, eventMs, price] of tickers) {
    const row = [
      `${symbol}-${nowMs + eventMs}`,
      '24hrMiniTicker',
      timeText(nowMs + eventMs),
      timeText(nowMs + receivedMs),
      symbol,
      price,
    ];
    await clickhouse.insert('crypto.market_tickers_rows', columns, [row]);
  }
};
const newest = async (symbol: string) => {
  const [row] = await clickhouse.query<{ price: string }>(
    'SELECT close_price AS price FROM crypto.market_tickers_latest WHERE symbol = {symbol:String}',
    { symbol },
  );
  return row?.price;
};

describe('the newest ticker of a symbol', () => {
  it('is the one that came last, though one before it was dated an hour ahead, or a year', async () => {
    await store('HOUR', [
      [-3_000, -3_040, '1'],
      [-2_000, hourMs, '9'],
      [-1_000, -1_040, '3'],
    ]);
    await store('YEAR', [
      [-2_000, 365 * 24 * hourMs, '9'],
      [-1_000, -1_040, '3'],
    ]);
    expect([await newest('HOUR'), await newest('YEAR')]).toEqual(['3', '3']);
    await clickhouse.command('OPTIMIZE TABLE crypto.market_tickers_newest FINAL');
    expect([await newest('HOUR'), await newest('YEAR')]).toEqual(['3', '3']);
  });

  it('is not hidden by one that came after it and is dated an hour back', async () => {
    await store('BACK', [
      [-2_000, -2_040, '3'],
      [-1_000, -hourMs, '1'],
    ]);
    expect(await newest('BACK')).toBe('3');
  });

  it('is the one with the newest time where this computer’s clock is an hour behind all of them, or ahead', async () => {
    await store('BEHIND', [
      [-2_000, hourMs - 2_000, '1'],
      [-500, hourMs - 500, '3'],
      [-1_000, hourMs - 1_000, '2'],
    ]);
    await store('AHEAD', [
      [-2_000, -hourMs - 2_000, '1'],
      [-1_000, -hourMs - 1_000, '3'],
    ]);
    expect([await newest('BEHIND'), await newest('AHEAD')]).toEqual(['3', '3']);
  });

  it('goes on where this computer’s clock is set back by an hour', async () => {
    // As seen afterwards: what was received before the clock was set was received in an hour.
    await store('SET', [
      [hourMs - 2_000, hourMs - 2_040, '1'],
      [-1_000, hourMs - 1_040, '3'],
    ]);
    expect(await newest('SET')).toBe('3');
  });

  it('is right again by itself in an archive in which one was stored with a time ahead before', async () => {
    await clickhouse.command('DROP VIEW crypto.market_tickers_received_feed');
    await store('STORED', [
      [-3_000, -3_040, '1'],
      [-2_000, 24 * hourMs, '9'],
    ]);
    expect(await newest('STORED')).toBe('9');
    await migrate();
    await store('STORED', [[-1_000, -1_040, '3']]);
    expect(await newest('STORED')).toBe('3');
  });

  it('is kept again after its table was removed by hand', async () => {
    await clickhouse.command('DROP TABLE crypto.market_tickers_newest');
    await migrate();
    await store('AGAIN', [
      [-2_000, hourMs, '9'],
      [-1_000, -1_040, '3'],
    ]);
    expect(await newest('AGAIN')).toBe('3');
  });
});
