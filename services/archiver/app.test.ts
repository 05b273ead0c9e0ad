import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChdbClickHouse, openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { systemClock } from '@tickfolio/lib/clock';
import type { EventLog, StoredMessage } from '@tickfolio/lib/event-log';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { archiveNames } from '@tickfolio/lib/events/archive';
import { tickerColumns } from '@tickfolio/lib/events/mini-ticker';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Archiver, startArchiver } from './app.js';
import { auditAll } from './audit/audit.js';
import { auditTable, verdict } from './audit/table.js';
import { createTickers, type MadeTicker } from './kit/tickers.js';

const log = silentLogger();
const clock = systemClock;
const topic = 'binance.miniticker';
const group = 'clickhouse-consumer-group';

describe('the archiver', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-archiver-'));
  let clickhouse: ChdbClickHouse;
  let eventLog: EventLog;
  let archiver: Archiver | undefined;
  let metrics = createMetrics('archiver');
  let tables = 0;
  let names = archiveNames('crypto', 'market_tickers');

  beforeAll(async () => {
    clickhouse = await openChdbClickHouse({ path: join(folder, 'data'), clock, log });
  });
  afterAll(async () => {
    await clickhouse.close();
    rmSync(folder, { recursive: true, force: true });
  });
  /** The log in memory forgets what every group has read; this one never has. */
  const held: (() => void)[] = [];
  const keepAll = () =>
    eventLog.consume(
      topic,
      { group: 'keeper', minBatchMessages: 1, maxBatchMessages: 1, maxBatchWaitMs: 1 },
      () =>
        new Promise((_, reject) => {
          held.push(() => reject(new Error('the test is over')));
        }),
    );
  beforeEach(async () => {
    metrics = createMetrics('archiver');
    eventLog = createMemoryEventLog({ clock, log, metrics: createMetrics('log') });
    names = archiveNames('crypto', `tickers_${++tables}`);
    await keepAll();
  });
  afterEach(async () => {
    await archiver?.close();
    for (const release of held.splice(0)) release();
    await eventLog.close();
  });

  const start = async (more: { auditIntervalMs?: number; retentionDays?: number } = {}) => {
    const { auditIntervalMs = 50, retentionDays } = more;
    archiver = await startArchiver(
      { eventLog, clickhouse, clock, log, metrics },
      {
        database: 'crypto',
        table: `tickers_${tables}`,
        topic,
        group,
        batch: { minMessages: 100, maxMessages: 1_000, maxWaitMs: 20 },
        auditIntervalMs,
        lagIntervalMs: 20,
        retentionDays,
        operationsAddress: { host: '127.0.0.1', port: 0 },
      },
    );
    return archiver;
  };
  const publish = (tickers: readonly MadeTicker[]) => {
    for (const { key, value } of tickers) eventLog.publish(topic, { key, value });
  };
  const make = (count: number) => {
    const next = createTickers('app', Date.now() - 3_600_000);
    return Array.from({ length: count }, next);
  };
  const count = async () => {
    const rows = await clickhouse.query<{ rows: string }>(`SELECT count() AS rows FROM ${names.view}`).catch(() => []);
    return Number(rows[0]?.rows ?? -1);
  };
  const audit = () => auditAll({ clickhouse, eventLog, names, topic, group, clock });
  const callReady = async () => {
    const response = await fetch(`http://127.0.0.1:${archiver?.operationsPort}/ready`);
    return {
      status: response.status,
      body: (await response.json()) as { audit?: unknown; dependencies: Record<string, { reason?: string }> },
    };
  };

  it('stores every message with every column as it was published', async () => {
    const made = make(500);
    publish(made);
    await start();
    await becomes(count, 500);
    const columns = tickerColumns.map((name) =>
      /_price$|_percent$|volume$/.test(name) ? name : `toString(${name}) AS ${name}`,
    );
    const rows = await clickhouse.query<Record<string, string>>(
      `SELECT ${columns.join(', ')} FROM ${names.view} ORDER BY message_id SETTINGS output_format_decimal_trailing_zeros = 1`,
    );
    const expected = made.map(({ row }) => row).sort(([a], [b]) => (a < b ? -1 : 1));
    expect(rows.map((row) => tickerColumns.map((name) => row[name]))).toEqual(expected);
  });

  it('counts a ticker once that was published twice, in the table, the rollups and the audit', async () => {
    const made = make(60);
    publish(made);
    publish(made);
    await start();
    await becomes(async () => (await audit()).reduce((sum, one) => sum + Number(one.archived), 0), 120);
    expect(await count()).toBe(60);
    const [minutes] = await clickhouse.query<{ tickers: string }>(
      `SELECT sum(tickers) AS tickers FROM crypto.tickers_${tables}_ohlc_1m`,
    );
    expect(Number(minutes?.tickers)).toBe(60);
    const audits = await audit();
    expect(audits.reduce((sum, one) => sum + one.repeated, 0n)).toBe(60n);
    expect(verdict(audits)).toBe('Complete: all 120 messages are there, none twice.');
  });

  it('sends what it cannot store to the dead letters, and the audit knows of it', async () => {
    const letters: StoredMessage[] = [];
    const reader = await eventLog.consume(
      `${topic}.dlq`,
      { group: 'people', minBatchMessages: 1, maxBatchMessages: 100, maxBatchWaitMs: 10 },
      async ({ messages }) => void letters.push(...messages),
    );
    const [first, second] = make(2);
    if (!first || !second) throw new Error('no tickers');
    publish([first]);
    eventLog.publish(topic, { key: 'POISON', value: Buffer.from([0xff, 0x00]) });
    eventLog.publish(topic, {
      key: 'POISON',
      value: second.value.replace(/"close_price":"[^"]*"/, '"close_price":1.5'),
    });
    publish([second]);
    await start();
    await becomes(count, 2);
    await becomes(() => letters.length, 2);
    expect(letters.map(({ key, value, headers }) => [key, value[0], headers.reason, headers['origin-topic']])).toEqual([
      ['POISON', 0xff, 'the message is not UTF-8 text', topic],
      ['POISON', '{'.charCodeAt(0), 'close_price must be a decimal text, not a JSON number, which is not exact', topic],
    ]);
    await becomes(async () => verdict(await audit()), 'Complete: all 4 messages are there, none twice.');
    await reader.close();
  });

  it('tells its audit in /ready, in metrics, and as rows for the dashboard', async () => {
    publish(make(90));
    await start();
    await becomes(count, 90);
    await becomes(async () => {
      const [kept] = await clickhouse.query<{ seen: string }>(
        `SELECT max(checked_to) - 0 AS seen FROM ${names.audits} WHERE lag = 0 AND missing = 0`,
      );
      return Number(kept?.seen ?? 0) > 0;
    }, true);
    const ready = await callReady();
    expect(ready.status).toBe(200);
    expect(ready.body.audit).toMatchObject({ missing: 0, duplicate: 0 });
    await becomes(async () => (await metrics.text()).includes('tickfolio_archiver_lag_messages 0'), true);
    const text = await metrics.text();
    expect(text).toContain('tickfolio_archiver_missing{partition="0"} 0');
    expect(text).toContain('tickfolio_archiver_duplicate{partition="2"} 0');
    expect(text).toContain('tickfolio_archiver_rows_total 90');
    expect(text).toMatch(/^tickfolio_archiver_lag_timestamp_seconds \d{10}/m);
  });

  it('finds rows that were taken away behind its back, and says which messages', async () => {
    const made = make(90);
    publish(made);
    await start({ auditIntervalMs: 60_000 });
    await becomes(count, 90);
    await becomes(async () => verdict(await audit()), 'Complete: all 90 messages are there, none twice.');
    await clickhouse.command(
      `ALTER TABLE ${names.rows} DELETE WHERE message_id = {id:String} SETTINGS mutations_sync = 1`,
      {
        id: made[7]?.row[0] ?? '',
      },
    );
    const audits = await audit();
    expect(verdict(audits)).toBe('NOT complete: 1 missing, 0 duplicate.');
    expect(auditTable(audits).split('\n').at(-1)).toMatch(/^ +all +90 +89 +0 +0 +0 +1 +0$/);
  });

  it('finds a ticker that a query would count twice', async () => {
    const made = make(90);
    publish(made);
    await start({ auditIntervalMs: 60_000 });
    await becomes(count, 90);
    await becomes(async () => verdict(await audit()), 'Complete: all 90 messages are there, none twice.');
    await clickhouse.command(
      `INSERT INTO ${names.rows} SELECT * REPLACE (event_time + INTERVAL 1 MILLISECOND AS event_time) FROM ${names.view} WHERE message_id = {id:String}`,
      { id: made[7]?.row[0] ?? '' },
    );
    expect(await count()).toBe(91);
    expect(verdict(await audit())).toBe('NOT complete: 0 missing, 1 duplicate.');
  });

  it('does not call missing what the table let go by age', async () => {
    const next = createTickers('old', Date.now() - 40 * 86_400_000);
    publish(Array.from({ length: 30 }, next));
    publish(make(30));
    await start({ retentionDays: 7 });
    await becomes(
      async () =>
        Number(
          (
            await clickhouse
              .query<{ n: string }>(`SELECT uniqExact(kafka_partition, kafka_offset) AS n FROM ${names.offsets}`)
              .catch(() => [])
          )[0]?.n ?? 0,
        ),
      60,
    );
    await clickhouse.command(`OPTIMIZE TABLE ${names.rows} FINAL`);
    await becomes(count, 30);
    const keptSinceMs = () => Date.now() - 7 * 86_400_000;
    expect(verdict(await auditAll({ clickhouse, eventLog, names, topic, group, clock, keptSinceMs }))).toBe(
      'Complete: all 60 messages are there, none twice.',
    );
  });

  it('refuses to go on over a table that is not its own', async () => {
    await clickhouse.command(`CREATE TABLE ${names.view} (x UInt8) ENGINE = MergeTree ORDER BY x`);
    const { failed } = await start();
    expect((await failed).message).toContain(`${names.view} is there already and is not ours`);
  });
});
