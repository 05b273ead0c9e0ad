import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChdbClickHouse, openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { type Clock, systemClock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { archiveNames } from '@tickfolio/lib/events/archive';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startArchiver } from '../app.js';
import { createTickers } from '../kit/tickers.js';
import { keptSinceMs } from '../schema.js';
import { auditAll, createRunningAudit } from './audit.js';
import { verdict } from './table.js';

const log = silentLogger();
const clock = systemClock;
const topic = 'binance.miniticker';
const group = 'archivers';
const dayMs = 86_400_000;

describe('the audit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-audit-'));
  let clickhouse: ChdbClickHouse;
  beforeAll(async () => {
    clickhouse = await openChdbClickHouse({ path: join(folder, 'data'), clock, log });
  });
  afterAll(async () => {
    await clickhouse.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A log whose messages are kept although every group has read them. */
  const openLog = async (time: Clock = clock): Promise<EventLog> => {
    const eventLog = createMemoryEventLog({ clock: time, log, metrics: createMetrics('log') });
    const never = { group: 'keeper', minBatchMessages: 1e6, maxBatchMessages: 1e6, maxBatchWaitMs: 1e12 };
    await eventLog.consume(topic, never, async () => undefined);
    return eventLog;
  };
  const publish = (eventLog: EventLog, count: number, seed: string, startMs: number) => {
    const next = createTickers(seed, startMs);
    for (let i = 0; i < count; i++) {
      const { key, value } = next();
      eventLog.publish(topic, { key, value });
    }
  };
  const start = (eventLog: EventLog, table: string, retentionDays?: number) => {
    const metrics = createMetrics('archiver');
    const batch = { minMessages: 1, maxMessages: 100, maxWaitMs: 20 };
    return startArchiver(
      { eventLog, clickhouse, clock, log, metrics },
      { topic, group, batch, auditIntervalMs: 60_000, database: 'crypto', table, retentionDays },
    ).then((archiver) => ({ archiver, metrics }));
  };
  const said = async (eventLog: EventLog, table: string, days?: number) => {
    const deps = {
      clickhouse,
      eventLog,
      names: archiveNames('crypto', table),
      topic,
      group,
      clock,
      keptSinceMs: keptSinceMs(clock, days),
    };
    return verdict(await auditAll(deps)).split('.')[0];
  };
  const missing = async (audit: ReturnType<typeof createRunningAudit>) =>
    (await audit()).reduce((sum, one) => sum + one.missing, 0n);
  const committedOf = async (eventLog: EventLog) =>
    (await eventLog.offsets(topic, group)).reduce((sum, of) => sum + Number(of.committed ?? 0), 0);

  it('misses what a topic holds that was lost and made anew, although its offsets were archived once', async () => {
    const table = 'anew';
    const names = archiveNames('crypto', table);
    const former = await openLog();
    const first = await start(former, table);
    publish(former, 30, 'former', clock.now() - dayMs);
    await becomes(() => said(former, table), 'Complete: all 30 messages are there, none twice');
    await first.archiver.close();
    // All of that was an hour ago.
    await clickhouse.command(
      `ALTER TABLE ${names.offsets} UPDATE noted_at = noted_at - 3600 WHERE 1 SETTINGS mutations_sync = 1`,
    );
    await clickhouse.command(
      `ALTER TABLE ${names.rows} UPDATE inserted_at = inserted_at - 3600 WHERE 1 SETTINGS mutations_sync = 1`,
    );

    const anew = await openLog();
    const somebody = await anew.consume(
      topic,
      { group, minBatchMessages: 1, maxBatchMessages: 100, maxBatchWaitMs: 1 },
      async () => undefined,
    );
    publish(anew, 40, 'anew', clock.now());
    await becomes(
      async () => (await anew.offsets(topic, group)).reduce((sum, { committed }) => sum + Number(committed ?? 0), 0),
      40,
    );
    await somebody.close();
    expect(await said(anew, table)).toBe('NOT complete: 40 missing, 0 duplicate');
    const second = await start(anew, table);
    publish(anew, 30, 'anew, archived', clock.now());
    await becomes(() => said(anew, table), 'NOT complete: 40 missing, 0 duplicate');
    await second.archiver.close();
  });

  it('calls an archive complete of whose messages the log has let go as they were committed, minute after minute', async () => {
    const table = 'released';
    const eventLog = createMemoryEventLog({ clock, log, metrics: createMetrics('log') });
    const { archiver } = await start(eventLog, table);
    const audit = createRunningAudit({
      clickhouse,
      eventLog,
      names: archiveNames('crypto', table),
      topic,
      group,
      clock,
    });
    for (let round = 1; round <= 3; round++) {
      publish(eventLog, 30, `released ${round}`, clock.now());
      await becomes(() => committedOf(eventLog), round * 30);
      const audits = await audit();
      expect(audits.reduce((sum, one) => sum + one.missing, 0n)).toBe(0n);
      if (round > 1) expect(audits.reduce((sum, { messages }) => sum + messages, 0n)).toBe(30n);
    }
    await archiver.close();
  });

  it('does not miss what was archived so long ago that nothing is known of it any more', async () => {
    const table = 'long';
    const names = archiveNames('crypto', table);
    let agoMs = 40 * dayMs;
    const eventLog = await openLog({ ...clock, now: () => clock.now() - agoMs });
    publish(eventLog, 20, 'old', clock.now() - agoMs);
    agoMs = 0;
    publish(eventLog, 30, 'new', clock.now());
    const { archiver } = await start(eventLog, table);
    await becomes(async () => {
      const [found] = await clickhouse
        .query<{ n: string }>(`SELECT count() AS n FROM ${names.offsets} FINAL`)
        .catch(() => []);
      return Number(found?.n);
    }, 50);
    // What the table's own rule does with what was noted 30 days ago.
    await clickhouse.command(
      `ALTER TABLE ${names.offsets} DELETE WHERE event_time < now() - INTERVAL 30 DAY SETTINGS mutations_sync = 1`,
    );
    expect(await said(eventLog, table)).toBe('Complete: all 30 messages are there, none twice');
    await archiver.close();
  });

  it('rings for no loss when rows are to be kept for longer than before, or for ever', async () => {
    const table = 'longer';
    const names = archiveNames('crypto', table);
    const eventLog = await openLog();
    const first = await start(eventLog, table, 1);
    publish(eventLog, 30, 'three days ago', clock.now() - 3 * dayMs);
    await becomes(() => committedOf(eventLog), 30);
    await clickhouse.command(`OPTIMIZE TABLE ${names.rows} FINAL`);
    expect(await clickhouse.query(`SELECT count() AS n FROM ${names.view}`)).toEqual([{ n: '0' }]);
    await first.archiver.close();
    for (const days of [90, undefined]) {
      const { archiver } = await start(eventLog, table, days);
      await becomes(async () => archiver.dependencies[0]?.check(), undefined);
      expect(await said(eventLog, table, days)).toBe('Complete: all 30 messages are there, none twice');
      await archiver.close();
    }
    // What is lost from now on is missed.
    const last = await start(eventLog, table);
    publish(eventLog, 5, 'today', clock.now());
    await becomes(() => committedOf(eventLog), 35);
    await clickhouse.command(`ALTER TABLE ${names.rows} DELETE WHERE 1 SETTINGS mutations_sync = 1`);
    expect(await said(eventLog, table)).toBe('NOT complete: 5 missing, 0 duplicate');
    await last.archiver.close();
  });

  it.each(['keeps', 'lets go of'])(
    'does not make thousands of one message that was lost 30 days ago, where the log %s the others',
    async (how) => {
      const table = how === 'keeps' ? 'lost_kept' : 'lost_released';
      const names = archiveNames('crypto', table);
      let agoMs = 40 * dayMs;
      const then: Clock = { ...clock, now: () => clock.now() - agoMs };
      const eventLog =
        how === 'keeps'
          ? await openLog(then)
          : createMemoryEventLog({ clock: then, log, metrics: createMetrics('log') });
      const { archiver } = await start(eventLog, table);
      const audit = createRunningAudit({ clickhouse, eventLog, names, topic, group, clock: then });
      publish(eventLog, 10, 'one', then.now());
      await becomes(() => committedOf(eventLog), 10);
      expect(await missing(audit)).toBe(0n);
      publish(eventLog, 50, 'two', then.now());
      await becomes(() => committedOf(eventLog), 60);
      await clickhouse.command(
        `ALTER TABLE ${names.rows} DELETE WHERE (kafka_partition, kafka_offset) IN
       (SELECT kafka_partition, max(kafka_offset) FROM ${names.rows} GROUP BY kafka_partition ORDER BY kafka_partition LIMIT 1) SETTINGS mutations_sync = 1`,
      );
      expect(await missing(audit)).toBe(1n);
      // Twenty-nine and a half days go by, then the thirty of the table's own rule.
      agoMs = 0;
      await clickhouse.command(
        `ALTER TABLE ${names.offsets} UPDATE noted_at = noted_at - 2548800 WHERE 1 SETTINGS mutations_sync = 1`,
      );
      expect(await missing(audit)).toBeLessThanOrEqual(1n);
      await clickhouse.command(`ALTER TABLE ${names.offsets} DELETE WHERE 1 SETTINGS mutations_sync = 1`);
      publish(eventLog, 20, 'three', then.now());
      await becomes(() => committedOf(eventLog), 80);
      expect(await missing(audit)).toBeLessThanOrEqual(1n);
      await archiver.close();
    },
  );

  it("takes no good ticker for bad because of an analyst's view that cannot hold it", async () => {
    const table = 'viewed';
    const eventLog = await openLog();
    const { archiver, metrics } = await start(eventLog, table);
    publish(eventLog, 3, 'before', clock.now() - dayMs);
    await becomes(() => said(eventLog, table), 'Complete: all 3 messages are there, none twice');
    await clickhouse.command('CREATE TABLE crypto.mine (price Decimal32(6)) ENGINE = MergeTree ORDER BY price');
    await clickhouse.command(
      `CREATE MATERIALIZED VIEW crypto.mine_feed TO crypto.mine AS SELECT toDecimal32(close_price * 1000000, 6) AS price FROM crypto.${table}_rows`,
    );
    publish(eventLog, 20, 'after', clock.now());
    const clickHouseFault = () => archiver.dependencies.find(({ name }) => name === 'clickhouse')?.check();
    await becomes(async () => String(await clickHouseFault()).startsWith('rows: ClickHouse: '), true);
    expect(await metrics.text()).toContain('tickfolio_archiver_dead_letters_total 0');
    await clickhouse.command('DROP TABLE crypto.mine_feed');
    await becomes(() => said(eventLog, table), 'Complete: all 23 messages are there, none twice');
    expect((await eventLog.offsets(`${topic}.dlq`)).map(({ next }) => next)).toEqual(['0', '0', '0']);
    await archiver.close();
  });
});
