import { parseMiniTicker } from '@tickfolio/aggregator/mini-ticker';
import { startArchiver } from '@tickfolio/archiver/app';
import { type ChdbClickHouse, openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { systemClock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { type RecordedTicker, recordedTickers } from '@tickfolio/lib/kit/recordings';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Texts of the exchange's shape, at the ends of what it sends. */
const extreme: RecordedTicker[] = [
  {
    E: 1_769_508_000_123,
    s: 'BTCUSDT',
    c: '68123.45000000',
    o: '67001.10000000',
    h: '68500.00000000',
    l: '66999.99000000',
    v: '18234.56789000',
    q: '1242233445.56677880',
  },
  {
    E: 1_769_508_000_124,
    s: 'SHIBBTC',
    c: '0.00000001',
    o: '0.00000002',
    h: '0.00000002',
    l: '0.00000001',
    v: '91234567890123.00000000',
    q: '0.00000000',
  },
  {
    E: 1_769_508_000_125,
    s: 'BTCIDR',
    c: '9999999999.99999999',
    o: '9999999999.99999998',
    h: '9999999999.99999999',
    l: '0.00000000',
    v: '999999999999999999999999999999.99999999',
    q: '0.00000001',
  },
];

/**
 * The column's text: the exchange's own where that has eight decimals, as nearly all have; the sample's others have
 * fewer.
 */
const eightDecimals = (text: string): string => {
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(8, '0')}`;
};

/** As the aggregator does. */
const publish = (eventLog: EventLog, payload: RecordedTicker): void => {
  const ticker = parseMiniTicker(JSON.stringify({ ...payload, e: '24hrMiniTicker' }), payload.E + 40);
  if (typeof ticker === 'string') throw new Error(`no ticker: ${ticker}`);
  eventLog.publish('binance.miniticker', { key: ticker.row.symbol, value: JSON.stringify(ticker.row) });
};

describe('tickers in the archive', () => {
  const log = silentLogger();
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let clickhouse: ChdbClickHouse;

  beforeAll(async () => {
    folder = await temporaryFolder();
    clickhouse = await openChdbClickHouse({ path: folder.path, clock: systemClock, log });
  });
  afterAll(async () => {
    await clickhouse?.close();
    await folder?.remove();
  });

  it('read as the exchange wrote them, to the last digit', async () => {
    const payloads = [...recordedTickers(), ...extreme];
    const eventLog = createMemoryEventLog({ clock: systemClock, log, metrics: createMetrics('log') });
    for (const payload of payloads) publish(eventLog, payload);
    const archiver = await startArchiver(
      { eventLog, clickhouse, clock: systemClock, log, metrics: createMetrics('archiver') },
      {
        database: 'crypto',
        table: 'market_tickers',
        topic: 'binance.miniticker',
        group: 'g',
        batch: { minMessages: 10, maxMessages: 100, maxWaitMs: 20 },
        auditIntervalMs: 60_000,
      },
    );
    const rows = await eventually(
      'every ticker',
      async () => {
        const columns = `message_id, toUnixTimestamp64Milli(event_time) AS ms, toUnixTimestamp64Milli(receive_time) AS received,
          close_price, open_price, high_price, low_price, change_price, change_percent, volume, quote_volume`;
        const sql = `SELECT ${columns} FROM crypto.market_tickers SETTINGS output_format_decimal_trailing_zeros = 1`;
        const all = await clickhouse.query<Record<string, string>>(sql).catch(() => []);
        return all.length >= payloads.length ? all : undefined;
      },
      40_000,
    );
    const stored = new Map(rows.map((row) => [row.message_id, row]));
    expect(stored.size).toBe(payloads.length);
    const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP });
    for (const { E, s, c, o, h, l, v, q } of payloads) {
      const change = new Exact(c).minus(o);
      expect(stored.get(`${s}-${E}`)).toEqual({
        message_id: `${s}-${E}`,
        ms: String(E),
        received: String(E + 40),
        close_price: eightDecimals(c),
        open_price: eightDecimals(o),
        high_price: eightDecimals(h),
        low_price: eightDecimals(l),
        change_price: change.toFixed(8),
        change_percent: change.times(100).div(o).toFixed(8),
        volume: eightDecimals(v),
        quote_volume: eightDecimals(q),
      });
    }
    await archiver.close();
    await eventLog.close();
  });

  it('that no column can hold are told with their reason, as dead letters, and do not just vanish', async () => {
    const [first] = extreme;
    if (!first) throw new Error('no ticker');
    const payloads: readonly (readonly [Partial<RecordedTicker>, reason: string])[] = [
      [{ s: 'TINYUSDT', o: '0.00000001', c: '1.50000000' }, 'change_percent does not fit Decimal64(8)'],
      [{ s: 'LONGUSDT', h: '1.000000001' }, 'high_price does not fit Decimal64(8)'],
      [{ s: 'WIDEIDR', c: '12345678901.00000000', o: '12345678900' }, 'close_price does not fit Decimal64(8)'],
      [{ s: 'MANYUSDT', v: `1${'0'.repeat(30)}` }, 'volume must be a decimal text of at most 30 digits'],
      // Microseconds where milliseconds should be, and a year that candles do not have.
      [{ s: 'LATEUSDT', E: 1_769_508_000_123_456 }, 'event_time must be a time'],
      [{ s: 'FARUSDT', E: Date.parse('2150-01-01T00:00:00Z') }, 'event_time must be a time'],
    ];
    const eventLog = createMemoryEventLog({ clock: systemClock, log, metrics: createMetrics('log') });
    const letters = new Map<string, Record<string, unknown> & { reason?: string | undefined }>();
    const reader = await eventLog.consume(
      'binance.miniticker.dlq',
      { group: 'people', minBatchMessages: 1, maxBatchMessages: 100, maxBatchWaitMs: 10 },
      async ({ messages }) => {
        for (const { key, value, headers } of messages)
          letters.set(key, { ...(JSON.parse(Buffer.from(value).toString()) as object), reason: headers.reason });
      },
    );
    for (const [changes] of payloads) publish(eventLog, { ...first, ...changes });
    const archiver = await startArchiver(
      { eventLog, clickhouse, clock: systemClock, log, metrics: createMetrics('archiver') },
      {
        database: 'dead',
        table: 'market_tickers',
        topic: 'binance.miniticker',
        group: 'g',
        batch: { minMessages: 10, maxMessages: 100, maxWaitMs: 20 },
        auditIntervalMs: 60_000,
      },
    );
    await expect.poll(() => letters.size).toBe(payloads.length);
    for (const [{ s = '' }, reason] of payloads)
      expect([s, letters.get(s)?.reason]).toEqual([s, expect.stringContaining(reason)]);
    // With all their digits, for whoever wants to know.
    expect(letters.get('TINYUSDT')).toMatchObject({
      close_price: '1.50000000',
      open_price: '0.00000001',
      change_percent: '14999999900',
    });
    await archiver.close();
    await reader.close();
    await eventLog.close();
  });
});
