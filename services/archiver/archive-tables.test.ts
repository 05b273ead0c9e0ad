import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyRetention, type ClickHouse, runClickHouseMigrations, type Value } from '@tickfolio/lib/clickhouse';
import { openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { systemClock } from '@tickfolio/lib/clock';
import { archiveMigrations, rowColumns } from '@tickfolio/lib/events/archive';
import { seedsOf } from '@tickfolio/lib/kit/counts';
import { silentLogger } from '@tickfolio/lib/telemetry';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateArchive, migrationsFolder } from './schema.js';

const folder = mkdtempSync(join(tmpdir(), 'tickfolio-archive-'));
const log = silentLogger();
let clickhouse: ClickHouse;

const migrate = (database: string, table = 'market_tickers') =>
  runClickHouseMigrations({ clickhouse, log }, { folder: migrationsFolder, ...archiveMigrations(database, table) });

beforeAll(async () => {
  clickhouse = await openChdbClickHouse({ path: join(folder, 'data'), clock: systemClock, log });
  await migrate('crypto');
});
afterAll(async () => {
  await clickhouse?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ticker {
  readonly symbol: string;
  readonly timeMs: number;
  /** Units of 10^-8. */
  readonly price: bigint;
}

/** Of an archiver before there were volumes. */
const columns = rowColumns.filter((name) => !name.endsWith('volume'));
const timeText = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, -1);
const priceText = (units: bigint) => `${units / 100_000_000n}.${String(units % 100_000_000n).padStart(8, '0')}`;
const shortened = (text: string) => text.replace(/\.?0+$/, '');
const rowOf = ({ symbol, timeMs, price }: Ticker, offset: number): Value[] => [
  `${symbol}-${timeMs}`,
  '24hrMiniTicker',
  timeText(timeMs),
  timeText(timeMs + 7),
  symbol,
  priceText(price),
  '60000.12345678',
  '9999999999.99999999',
  '0.00000001',
  '-1.50000000',
  '-0.00250000',
  'binance.miniticker',
  offset % 3,
  offset,
];
const insert = (rows: readonly (readonly Value[])[], database = 'crypto') =>
  clickhouse.insert(`${database}.market_tickers_rows`, columns, rows);
/** Cuts rows into batches of the given sizes, over and over. */
const cut = <T>(rows: readonly T[], sizes: readonly number[]): T[][] => {
  const batches: T[][] = [];
  for (let at = 0, turn = 0; at < rows.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    batches.push(rows.slice(at, at + size));
    at += size;
  }
  return batches;
};

describe('the archive', () => {
  it('has the columns of the contract, in their order and types', async () => {
    const described = await clickhouse.query<{ name: string; type: string }>('DESCRIBE TABLE crypto.market_tickers');
    expect(described.slice(0, 13).map(({ name, type }) => `${name} ${type}`)).toEqual([
      'message_id String',
      'event_type String',
      "event_time DateTime64(3, 'UTC')",
      "receive_time DateTime64(3, 'UTC')",
      'symbol String',
      ...['close_price', 'open_price', 'high_price', 'low_price', 'change_price', 'change_percent'].map(
        (name) => `${name} Decimal(18, 8)`,
      ),
      'volume Nullable(Decimal(38, 8))',
      'quote_volume Nullable(Decimal(38, 8))',
    ]);
  });

  it('shows saved queries every ticker once, though two writers stored all of them twice in other cuts', async () => {
    const nowMs = Date.now();
    const symbols = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];
    const rows = Array.from({ length: 3_000 }, (_, at) =>
      rowOf(
        {
          symbol: symbols[at % 3] as string,
          timeMs: nowMs - 1_500_000 + at * 500,
          price: 6_812_345_000_000n + BigInt(at),
        },
        at,
      ),
    );
    const writer = async (sizes: readonly number[]) => {
      for (const batch of cut(rows, sizes)) await insert(batch);
    };
    await Promise.all([writer([700, 1, 450]), writer([333, 512])]);

    expect(await clickhouse.query("SELECT count() AS n FROM crypto.market_tickers WHERE symbol = 'BTCUSDT'")).toEqual([
      { n: '1000' },
    ]);
    expect(
      await clickhouse.query(
        'SELECT symbol, count() AS n, max(close_price) AS last FROM crypto.market_tickers WHERE event_time >= now() - INTERVAL 1 HOUR GROUP BY symbol ORDER BY symbol',
      ),
    ).toEqual([
      { symbol: 'BTCUSDT', n: '1000', last: '68123.45002997' },
      { symbol: 'ETHUSDT', n: '1000', last: '68123.45002998' },
      { symbol: 'SOLUSDT', n: '1000', last: '68123.45002999' },
    ]);
    expect(
      await clickhouse.query(
        'SELECT count() AS n, uniqExact(message_id) AS ids, sum(close_price) AS total FROM crypto.market_tickers',
      ),
    ).toEqual([
      {
        n: '3000',
        ids: '3000',
        total: shortened(priceText(rows.reduce((sum, _, at) => sum + 6_812_345_000_000n + BigInt(at), 0n))),
      },
    ]);
    const stored = await clickhouse.query<Record<string, string>>(
      `SELECT ${columns.map((name) => `toString(${name}) AS ${name}_text`).join(', ')} FROM crypto.market_tickers ORDER BY event_time`,
    );
    expect(stored.map((row) => columns.map((name) => row[`${name}_text`]))).toEqual(
      rows.map((row) => row.map((value, at) => (at >= 5 && at <= 10 ? shortened(String(value)) : String(value)))),
    );
  });

  it('knows every offset, with its row or as a dead letter', async () => {
    await migrate('ledger');
    const rows = Array.from({ length: 30 }, (_, at) =>
      rowOf({ symbol: 'BTCUSDT', timeMs: 1_769_508_000_000 + at, price: 1n }, at),
    );
    await insert(rows.slice(0, 20), 'ledger');
    await insert(rows.slice(10), 'ledger');
    const dead = ['binance.miniticker', 0, 30, '', '1970-01-01 00:00:00.000', true];
    const ledger = ['topic', 'kafka_partition', 'kafka_offset', 'symbol', 'event_time', 'dead_letter'];
    for (let time = 0; time < 2; time++) await clickhouse.insert('ledger.market_tickers_offsets', ledger, [dead]);
    expect(
      await clickhouse.query(
        'SELECT kafka_partition AS p, count() AS n, countIf(dead_letter) AS dead, uniqExact(kafka_offset) AS offsets FROM ledger.market_tickers_offsets FINAL GROUP BY p ORDER BY p',
      ),
    ).toEqual([
      { p: 0, n: '11', dead: '1', offsets: '11' },
      { p: 1, n: '10', dead: '0', offsets: '10' },
      { p: 2, n: '10', dead: '0', offsets: '10' },
    ]);
  });
});

describe('the rollups', () => {
  /** Open, high, low, close and count of one symbol per bucket, from the tickers themselves. */
  const expected = (tickers: readonly Ticker[], bucketMs: number) => {
    const buckets = new Map<number, Ticker[]>();
    for (const ticker of [...tickers].sort((a, b) => a.timeMs - b.timeMs)) {
      const start = Math.floor(ticker.timeMs / bucketMs) * bucketMs;
      buckets.set(start, [...(buckets.get(start) ?? []), ticker]);
    }
    const text = (price: bigint | undefined) => shortened(priceText(price ?? 0n));
    return [...buckets].map(([start, inside]) => {
      const prices = inside.map(({ price }) => price);
      return {
        start: timeText(start).slice(0, 19),
        open: text(prices[0]),
        high: text(prices.reduce((a, b) => (a > b ? a : b))),
        low: text(prices.reduce((a, b) => (a < b ? a : b))),
        close: text(prices.at(-1)),
        tickers: String(inside.length),
      };
    });
  };
  let run = 0;

  it('equal a computation of their own, whatever is delivered again, in whatever order and cut', async () => {
    const history = fc.uniqueArray(
      fc.record({
        timeMs: fc.integer({ min: 0, max: 3 * 3_600_000 }),
        price: fc.bigInt({ min: 1n, max: 999_999_999_999_999_999n }),
      }),
      { minLength: 1, maxLength: 60, selector: ({ timeMs }) => timeMs },
    );
    const delivery = fc.record({
      sizes: fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 4 }),
      again: fc.array(fc.tuple(fc.nat(60), fc.nat(60)), { maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(history, delivery, fc.boolean(), async (points, { sizes, again }, merge) => {
        const symbol = `RUN${run++}USDT`;
        // Over the end of a month, so that a batch lies in two of ClickHouse's partitions.
        const tickers = points.map(({ timeMs, price }) => ({
          symbol,
          timeMs: Date.UTC(2026, 0, 31, 22, 30) + timeMs,
          price,
        }));
        const rows = tickers.map((ticker, at) => rowOf(ticker, at));
        const batches = cut(rows, sizes);
        for (const [from, length] of again)
          batches.push(rows.slice(from % rows.length, (from % rows.length) + length + 1));
        await Promise.all(batches.map((batch) => insert(batch)));
        if (merge)
          for (const table of ['rows', '1m', '1h'])
            await clickhouse.command(`OPTIMIZE TABLE crypto.market_tickers_${table} FINAL`);
        for (const [name, bucketMs] of [
          ['1m', 60_000],
          ['1h', 3_600_000],
        ] as const) {
          const read = await clickhouse.query(
            `SELECT start, open, high, low, close, tickers FROM crypto.market_ohlc_${name} WHERE symbol = {symbol:String} ORDER BY start`,
            { symbol },
          );
          expect(read).toEqual(expected(tickers, bucketMs));
        }
        expect(
          await clickhouse.query('SELECT count() AS n FROM crypto.market_tickers WHERE symbol = {symbol:String}', {
            symbol,
          }),
        ).toEqual([{ n: String(tickers.length) }]);
      }),
      { numRuns: seedsOf(10) },
    );
  });
});

describe('the tables', () => {
  const explain = async (sql: string) =>
    (await clickhouse.query<{ explain: string }>(`EXPLAIN indexes = 1 ${sql}`))
      .map(({ explain: line }) => line.trim())
      .join('\n');
  /** Of how many granules the primary key leaves how many. */
  const granules = (plan: string) => {
    const [, left, of] = /PrimaryKey[\s\S]*?Granules: (\d+)\/(\d+)/.exec(plan) ?? [];
    return { left: Number(left), of: Number(of) };
  };

  it('let the primary key work through the views', async () => {
    await migrate('large');
    await clickhouse.command(
      `INSERT INTO large.market_tickers_rows (${columns.join(', ')}) SELECT concat(symbol, '-', toString(number)), '24hrMiniTicker',
         now64(3) - toIntervalSecond(intDiv(number, 100)) AS event_time, event_time, concat('SYM', leftPad(toString(number % 100), 3, '0'), 'USDT') AS symbol, 1, 1, 1, 1, 0, 0, 't', 0, number
       FROM numbers(600000)`,
      {},
      { timeoutMs: 110_000 },
    );
    const one = await explain("SELECT close_price FROM large.market_tickers WHERE symbol = 'SYM042USDT'");
    expect(one).toMatch(/PrimaryKey\nKeys:\nsymbol/);
    expect(granules(one).of).toBeGreaterThan(60);
    expect(granules(one).left).toBeLessThanOrEqual(4);
    const recent = await explain(
      "SELECT max(close_price) FROM large.market_tickers WHERE symbol = 'SYM042USDT' AND event_time >= now() - INTERVAL 1 MINUTE GROUP BY symbol",
    );
    expect(recent).toMatch(/Keys:\nsymbol\nevent_time/);
    expect(granules(recent).left).toBeLessThanOrEqual(2);
    const old = await explain(
      'SELECT symbol, count() FROM large.market_tickers WHERE event_time >= now() + INTERVAL 40 DAY GROUP BY symbol',
    );
    expect(old).toMatch(/ReadFromPreparedSource|Parts: 0\/\d+/);
    const minutes = await explain(
      "SELECT * FROM large.market_ohlc_1m WHERE symbol = 'SYM042USDT' AND start >= now() - INTERVAL 15 MINUTE",
    );
    expect(minutes).toMatch(/Keys:\nsymbol\nstart/);
  });

  it('are made by several starters at once, with other names too', async () => {
    await Promise.all(Array.from({ length: 4 }, () => migrate('busy', 'prices')));
    const tables = await clickhouse.query<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = 'busy' ORDER BY name",
    );
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['prices', 'prices_1h', 'prices_1m', 'prices_ohlc_1m', 'prices_offsets', 'prices_rows']),
    );
  });

  it('get the volumes added under rows that were stored before, and keep them when the view was removed by hand', async () => {
    const older = join(folder, 'older-migrations');
    mkdirSync(older);
    for (const file of readdirSync(migrationsFolder))
      if (file < '006') copyFileSync(join(migrationsFolder, file), join(older, file));
    const names = { table: 'market_tickers', ohlc: 'market_ohlc' };
    await runClickHouseMigrations(
      { clickhouse, log },
      { folder: older, database: 'grown', names, journal: 'market_tickers_migrations' },
    );
    const timeMs = Date.UTC(2026, 0, 27);
    await insert([rowOf({ symbol: 'OLDUSDT', timeMs, price: 1n }, 0)], 'grown');
    await Promise.all([migrate('grown'), migrate('grown')]);
    await clickhouse.insert(
      'grown.market_tickers_rows',
      [...columns, 'volume', 'quote_volume'],
      [[...rowOf({ symbol: 'NEWUSDT', timeMs, price: 1n }, 1), '999999999999999999999999999999.99999999', '0.1']],
    );
    const seen = () =>
      clickhouse.query('SELECT symbol, volume, quote_volume FROM grown.market_tickers ORDER BY symbol');
    const expected = [
      { symbol: 'NEWUSDT', volume: '999999999999999999999999999999.99999999', quote_volume: '0.1' },
      { symbol: 'OLDUSDT', volume: null, quote_volume: null },
    ];
    expect(await seen()).toEqual(expected);
    await clickhouse.command('DROP VIEW grown.market_tickers');
    await migrate('grown');
    expect(await seen()).toEqual(expected);
  });

  describe('dropped by hand', () => {
    const definitions = async (database: string) =>
      (
        await clickhouse.query<{ name: string; sql: string }>(
          'SELECT name, create_table_query AS sql FROM system.tables WHERE database = {database:String} ORDER BY name',
          { database },
        )
      )
        // The types that a feed hands on are those of the day it was made; the table it feeds has its own.
        .map(({ name, sql }) => [name, sql.replace(/^(CREATE MATERIALIZED VIEW \S+ TO \S+) \(.*?\) AS /, '$1 AS ')]);

    it('are made again as they were, whichever it was, and filled again', async () => {
      const options = { database: 'dropped', table: 'market_tickers', retentionDays: 90 };
      await migrateArchive({ clickhouse, log }, options);
      const before = await definitions('dropped');
      for (const parts of [['rows'], ['offsets', '1m_feed'], ['1m', '1h', 'newest', 'audits', 'latest']]) {
        for (const part of parts) await clickhouse.command(`DROP TABLE dropped.market_tickers_${part}`);
        await migrateArchive({ clickhouse, log }, options);
        expect([parts, await definitions('dropped')]).toEqual([parts, before]);
      }
      const timeMs = Math.floor(systemClock.now() / 3_600_000) * 3_600_000;
      await clickhouse.insert(
        'dropped.market_tickers_rows',
        [...columns, 'volume', 'quote_volume'],
        [[...rowOf({ symbol: 'BTCUSDT', timeMs, price: 1n }, 1), '1', '2']],
      );
      expect(await clickhouse.query('SELECT symbol, volume, quote_volume FROM dropped.market_tickers')).toEqual([
        { symbol: 'BTCUSDT', volume: '1', quote_volume: '2' },
      ]);
      for (const rollup of ['market_ohlc_1m', 'market_ohlc_1h', 'market_tickers_latest', 'market_tickers_offsets'])
        expect([rollup, await clickhouse.query(`SELECT symbol FROM dropped.${rollup}`)]).toEqual([
          rollup,
          [{ symbol: 'BTCUSDT' }],
        ]);
    });

    it('could all be made again: every file runs a second time over a filled archive and changes nothing', async () => {
      await migrate('twice');
      const timeMs = systemClock.now();
      await insert([rowOf({ symbol: 'BTCUSDT', timeMs, price: 1n }, 1)], 'twice');
      const seen = async () => [
        await definitions('twice'),
        await clickhouse.query('SELECT * FROM twice.market_tickers'),
        await clickhouse.query('SELECT * FROM twice.market_ohlc_1m'),
      ];
      const before = await seen();
      await clickhouse.command('TRUNCATE TABLE twice.market_tickers_migrations');
      await migrate('twice');
      expect(await seen()).toEqual(before);
    });
  });

  it('leave a table alone that an older deployment filled', async () => {
    await clickhouse.command('CREATE DATABASE older');
    await clickhouse.command(
      'CREATE TABLE older.market_tickers (symbol String, event_time DateTime64(3)) ENGINE = MergeTree ORDER BY (symbol, event_time)',
    );
    await expect(migrate('older')).rejects.toMatchObject({
      code: 'failed_precondition',
      message: expect.stringContaining('RENAME TABLE older.market_tickers TO older.market_tickers_before'),
    });
  });

  it('keep rows and their offsets as long as they are told to', async () => {
    await migrate('brief');
    const day = 86_400_000;
    const rows = [0, 5, 40].map((days, at) =>
      rowOf({ symbol: 'BTCUSDT', timeMs: Date.now() - days * day, price: 1n }, at),
    );
    await insert(rows, 'brief');
    await clickhouse.insert(
      'brief.market_tickers_offsets',
      ['topic', 'kafka_partition', 'kafka_offset', 'dead_letter'],
      [['t', 0, 9, true]],
    );
    await applyRetention({ clickhouse, log }, 'brief', [
      { table: 'market_tickers_rows', time: 'event_time', days: 30 },
      { table: 'market_tickers_offsets', time: 'if(dead_letter, noted_at, event_time)', days: 30 },
    ]);
    for (const table of ['rows', 'offsets'])
      await clickhouse.command(`OPTIMIZE TABLE brief.market_tickers_${table} FINAL`);
    expect(await clickhouse.query('SELECT count() AS n FROM brief.market_tickers')).toEqual([{ n: '2' }]);
    expect(
      await clickhouse.query('SELECT count() AS n, countIf(dead_letter) AS dead FROM brief.market_tickers_offsets'),
    ).toEqual([{ n: '3', dead: '1' }]);
    // What was rolled up stays.
    expect(await clickhouse.query('SELECT sum(tickers) AS n FROM brief.market_ohlc_1h')).toEqual([{ n: '3' }]);
  });
});
