import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouse, runClickHouseMigrations, type Value } from '@tickfolio/lib/clickhouse';
import { archiveMigrations } from '@tickfolio/lib/events/archive';
import { tickerColumns } from '@tickfolio/lib/events/mini-ticker';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { migrationsFolder } from '../schema.js';

export const table = 'market_tickers';
/** The first migration that gave times a zone. */
const zones = '007';

export interface OldTicker {
  readonly symbol: string;
  readonly eventMs: number;
  readonly price: string;
  readonly offset: number;
  /** Default 90. */
  readonly receivedAfterMs?: number;
  /** Default as the aggregator makes it. */
  readonly messageId?: string;
}

/** As the aggregator and the audit write times, whoever reads them. */
const utcText = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, -1);

const columns = [
  ...tickerColumns.filter((name) => name !== 'quote_volume'),
  'kafka_topic',
  'kafka_partition',
  'kafka_offset',
];
const rowOf = ({ symbol, eventMs, price, offset, receivedAfterMs = 90, messageId }: OldTicker): Value[] => [
  messageId ?? `${symbol}-${eventMs}`,
  '24hrMiniTicker',
  utcText(eventMs),
  utcText(eventMs + receivedAfterMs),
  symbol,
  ...[price, price, price, price, '0', '0', '123456789012345678901.5'],
  'binance.miniticker',
  offset % 3,
  offset,
];

const minuteMs = 60_000;
/** The engine would forget older audits by itself. */
const startedMs = Date.now();
const ms = (text: string): number => Date.parse(`${text}Z`);

/**
 * Tickers over both changes of New York's clocks and of Berlin's, and over ends of months, each with a price of its
 * own.
 */
const history = (untilMs: number): readonly OldTicker[] => {
  const tickers: OldTicker[] = [];
  const add = (symbol: string, eventMs: number, more: Partial<OldTicker> = {}) => {
    const offset = tickers.length;
    if (eventMs < untilMs) tickers.push({ symbol, eventMs, price: `${1_000 + offset}.5`, offset, ...more });
  };
  const spans = [
    '2026-01-31T18:00',
    '2026-03-08T01:00',
    '2026-03-29T01:00',
    '2026-10-25T00:00',
    '2026-11-01T00:00',
  ].map(ms);
  for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
    for (const fromMs of spans) for (let at = 0; at < 40; at++) add(symbol, fromMs + at * 9 * minuteMs + at);
    // Received on the other side of a change of the clocks.
    const changes = [
      '2026-03-08T01:59:59.950',
      '2026-03-08T02:59:59.960',
      '2026-11-01T01:59:59.950',
      '2026-11-01T00:59:59.950',
    ];
    for (const text of [...changes, '2026-03-29T01:59:59.950', '2026-03-29T02:59:59.950', '2026-10-25T01:59:59.950'])
      add(symbol, ms(text));
  }
  // The same ticker once more, as after a lost acknowledgement, and one of somebody else's.
  const [first] = tickers;
  if (first) add(first.symbol, first.eventMs, { price: first.price });
  add('ETHUSDT', ms('2026-03-05T10:00'), { messageId: 'another-program-1' });
  // All rows of one symbol go by age, and the first ones of another, in the middle of a minute and of an hour.
  for (const symbol of ['GONEUSDT', 'OLDUSDT'])
    for (let at = 0; at < 200; at++) add(symbol, ms('2025-12-31T20:00') + at * minuteMs);
  return tickers;
};
const keptMs = ms('2025-12-31T22:10:30');

/**
 * The same archive, as `writer` writes it: tickers in three deliveries that overlap, audits, a dead letter, and rows
 * that went by age.
 * @param untilMs later tickers are left out
 */
export const writeArchive = async (
  writer: ClickHouse,
  database: string,
  zoned: boolean,
  untilMs = Number.POSITIVE_INFINITY,
): Promise<void> => {
  await createArchiveTables(writer, database, zoned);
  const tickers = history(untilMs);
  const half = tickers.length >> 1;
  await addTickers(writer, database, tickers.slice(0, half));
  await addTickers(writer, database, tickers.slice(half));
  await addTickers(writer, database, tickers.slice(half - 20, half + 20));
  await writer.insert(
    `${database}.${table}_audits`,
    ['audited_at', 'topic', 'kafka_partition', 'messages', 'archived'],
    [0, 1, 2].map((at) => [utcText(startedMs - at * 60 * minuteMs), 'binance.miniticker', at, 10, 9]),
  );
  await writer.insert(
    `${database}.${table}_offsets`,
    ['topic', 'kafka_partition', 'kafka_offset', 'symbol', 'event_time', 'dead_letter'],
    [['binance.miniticker', 0, 1_000_000, '', '1970-01-01 00:00:00.000', true]],
  );
  await writer.command(
    `ALTER TABLE ${database}.${table}_rows DELETE WHERE symbol = 'GONEUSDT' OR message_id < 'OLDUSDT-${keptMs}' AND symbol = 'OLDUSDT'
     SETTINGS mutations_sync = 1`,
  );
};

/** The same ClickHouse as versions before had it, whose sessions were in the zone of the host. */
export const inZone = (clickhouse: ClickHouse, zone: string): ClickHouse => {
  const settings = { session_timezone: zone };
  return {
    ...clickhouse,
    insert: (into, names, rows, options) => clickhouse.insert(into, names, rows, { ...options, settings }),
    query: (sql, params, options) =>
      clickhouse.query(sql, params, { ...options, settings: { ...options?.settings, ...settings } }),
    command: (sql, params, options) =>
      clickhouse.command(sql, params, { ...options, settings: { ...options?.settings, ...settings } }),
  };
};

/** Makes an archive's tables, as versions before made them unless it is to be `zoned`. */
export const createArchiveTables = async (clickhouse: ClickHouse, database: string, zoned: boolean): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-old-'));
  try {
    for (const file of readdirSync(migrationsFolder))
      if (zoned || file < zones) copyFileSync(join(migrationsFolder, file), join(folder, file));
    await runClickHouseMigrations(
      { clickhouse, log: silentLogger() },
      { folder, ...archiveMigrations(database, table) },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export const addTickers = (clickhouse: ClickHouse, database: string, tickers: readonly OldTicker[]): Promise<void> =>
  clickhouse.insert(`${database}.${table}_rows`, columns, tickers.map(rowOf));

/**
 * Many tickers, one a second of each of ten symbols, written by the engine itself and read back from their texts in its
 * zone.
 */
export const writeMany = (clickhouse: ClickHouse, database: string, rows: number, startMs: number): Promise<void> =>
  clickhouse.command(
    `INSERT INTO ${database}.${table}_rows (${columns.filter((name) => name !== 'volume').join(', ')})
     SELECT concat(symbol, '-', toString(ms)), '24hrMiniTicker', toDateTime64(text, 3), toDateTime64(text, 3), symbol,
       number + 1, 1, 1, 1, 0, 0, 'binance.miniticker', number % 3, number
     FROM (SELECT number, concat('SYM', toString(number % 10), 'USDT') AS symbol, {start:Int64} + intDiv(number, 10) * 1000 AS ms,
       toString(fromUnixTimestamp64Milli(ms, 'UTC')) AS text FROM numbers({rows:UInt64}))`,
    { rows, start: startMs },
  );

/** What an archive tells whoever asks, all of it. */
export const contentOf = async (clickhouse: ClickHouse, database: string) => {
  const read = (sql: string) => clickhouse.query<Record<string, unknown>>(sql.replaceAll('crypto.', `${database}.`));
  return {
    tickers: await read(
      'SELECT * EXCEPT inserted_at FROM crypto.market_tickers ORDER BY symbol, event_time, message_id',
    ),
    minutes: await read('SELECT * FROM crypto.market_ohlc_1m ORDER BY symbol, start'),
    hours: await read('SELECT * FROM crypto.market_ohlc_1h ORDER BY symbol, start'),
    latest: await read('SELECT * FROM crypto.market_tickers_latest ORDER BY symbol'),
    offsets: await read(
      'SELECT * EXCEPT noted_at FROM crypto.market_tickers_offsets FINAL ORDER BY kafka_partition, kafka_offset',
    ),
    audits: await read('SELECT * FROM crypto.market_tickers_audits ORDER BY audited_at, kafka_partition'),
    months: await read(
      'SELECT DISTINCT _partition_id AS kept, toString(toYYYYMM(event_time)) AS month FROM crypto.market_tickers_rows ORDER BY kept',
    ),
    types: await read(
      `SELECT table, name, type FROM system.columns WHERE database = '${database}' AND type LIKE '%Date%' AND type NOT LIKE '%Aggregate%'
       AND table NOT LIKE '%_feed' ORDER BY table, name`,
    ),
    tables: await read(`SELECT name, engine FROM system.tables WHERE database = '${database}' ORDER BY name`),
  };
};

/** A log that keeps what it was told as a warning, in words. */
export const recordingLog = () => {
  const told: string[] = [];
  const warn = (fields: { readonly reason?: string }, words: string) => void told.push(fields.reason ?? words);
  return {
    told,
    log: { ...silentLogger(), info: () => undefined, warn } as unknown as ReturnType<typeof silentLogger>,
  };
};
