import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { openServerClickHouse } from '@tickfolio/lib/clickhouse/server';
import { systemClock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import { createKafkaEventLog } from '@tickfolio/lib/event-log/kafka';
import { archiveNames } from '@tickfolio/lib/events/archive';
import { tickerColumns } from '@tickfolio/lib/events/mini-ticker';
import { startTestClickHouse, type TestClickHouse } from '@tickfolio/lib/kit/clickhouse';
import { countOf, seed } from '@tickfolio/lib/kit/counts';
import { startTestKafka, type TestKafka } from '@tickfolio/lib/kit/kafka';
import { createRandom } from '@tickfolio/lib/kit/random';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuditDeps, auditAll } from './audit/audit.js';
import { auditTable, verdict } from './audit/table.js';
import { createArchiverProcess, pause, poisonOf, produce, runAudit } from './kit/pipeline.js';
import { createTickers } from './kit/tickers.js';
import type { TickerRow } from './ticker-row.js';
import { archiveTopics } from './topics.js';

// The long loop is `make kills KILLS=100 SEED=1`, and KAFKA=3.9.1 tries the other line.
const kills = countOf('KILLS', 12);
const kafkaVersion = process.env.KAFKA === '3.9.1' ? '3.9.1' : '4.1.0';
/** Each run has a topic, a group and a table of its own. */
const topicOf = (archivers: number) => `binance.miniticker-${archivers}`;

/** What can be killed, and come back. */
interface Part {
  readonly name: string;
  readonly kill: () => Promise<unknown>;
  readonly restart: () => Promise<unknown>;
  readonly leave?: () => Promise<unknown>;
}

interface Pipeline {
  readonly kafka: TestKafka;
  readonly server: TestClickHouse;
  readonly clickhouse: ClickHouse;
  readonly eventLog: EventLog;
}

const settled = async (deps: AuditDeps, patienceMs: number) => {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    const audits = await auditAll(deps).catch((err: unknown) => err);
    const done = Array.isArray(audits) && audits.every((audit) => audit.waiting === 0n && audit.missing === 0n);
    if (done || performance.now() > untilMs) {
      if (audits instanceof Error) throw audits;
      return audits as Awaited<ReturnType<typeof auditAll>>;
    }
    await pause(250);
  }
};

describe('the pipeline under kill -9', () => {
  let pipeline: Pipeline | undefined;

  beforeAll(async () => {
    const kafka = await startTestKafka(kafkaVersion);
    if (!kafka) return;
    const server = await startTestClickHouse();
    const clickhouse = openServerClickHouse({
      address: server.address,
      user: 'default',
      password: '',
      log: silentLogger(),
      clock: systemClock,
    });
    const eventLog = createKafkaEventLog({
      brokers: kafka.brokers,
      clientId: 'producer',
      topics: [1, 2].flatMap((archivers) => archiveTopics(topicOf(archivers))),
      clock: systemClock,
      log: silentLogger(),
      metrics: createMetrics('producer'),
    });
    pipeline = { kafka, server, clickhouse, eventLog };
  });
  afterAll(async () => {
    await pipeline?.eventLog.close();
    await pipeline?.clickhouse.close();
    await pipeline?.server.close();
    await pipeline?.kafka.close();
  });

  const envOf = ({ kafka, server }: Pipeline, more: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
    ENV: 'local',
    KAFKA_BROKERS: kafka.brokers.join(','),
    CLICKHOUSE_ADDR: `${server.address.host}:${server.address.port}`,
    METRICS_ADDR: 'off',
    BATCH_TIMEOUT: '300ms',
    AUDIT_INTERVAL: '5s',
    LOG_LEVEL: 'info',
    ...more,
  });

  /** Count, distinct ids and every column, as the saved queries see them, against what was produced. */
  const expectExact = async ({ clickhouse }: Pipeline, view: string, made: readonly TickerRow[]) => {
    const [counted] = await clickhouse.query<{ rows: string; ids: string }>(
      `SELECT count() AS rows, uniqExact(message_id) AS ids FROM ${view}`,
    );
    expect({ rows: Number(counted?.rows), ids: Number(counted?.ids) }).toEqual({ rows: made.length, ids: made.length });
    const symbols = [...new Set(made.map((row) => row[4]))];
    for (const symbol of symbols) {
      const columns = tickerColumns.map((name) => `toString(${name}) AS ${name}_text`).join(', ');
      const rows = await clickhouse.query<Record<string, string>>(
        `SELECT ${columns} FROM ${view} WHERE symbol = {symbol:String} ORDER BY event_time`,
        { symbol },
      );
      const stored = rows.map((row) => tickerColumns.map((name) => row[`${name}_text`]));
      const expected = made
        .filter((row) => row[4] === symbol)
        .map((row) => row.map((text, at) => (at < 5 ? text : shortened(text))));
      expect(stored).toEqual(expected);
    }
  };

  /**
   * Every message that is no ticker is a dead letter, with its bytes and its origin; a kill may have sent it there
   * twice.
   */
  const expectDead = async ({ eventLog }: Pipeline, topic: string, poison: number) => {
    const origins = new Map<string, string>();
    const letters = await eventLog.consume(
      `${topic}.dlq`,
      { group: `people-of-${topic}`, minBatchMessages: 1, maxBatchMessages: 1_000, maxBatchWaitMs: 50 },
      async ({ messages }) => {
        for (const { value, headers } of messages) {
          expect(headers.reason).toBe('the message is not JSON');
          origins.set(`${headers['origin-partition']}/${headers['origin-offset']}`, value.toString());
        }
      },
    );
    await expect.poll(() => new Set(origins.values()).size).toBe(poison);
    await letters.close();
    expect([...new Set(origins.values())].sort()).toEqual(
      Array.from({ length: poison }, (_, count) => poisonOf(count)).sort(),
    );
  };

  it.each([
    ['one archiver', 1],
    ['two archivers that share the partitions', 2],
  ])(
    '%s: archiver, broker and ClickHouse killed at random moments; nothing missing, nothing twice',
    { timeout: 120_000 + kills * 20_000 },
    async (_name, archivers) => {
      if (!pipeline) return; // NOT COVERED was said at the start.
      const { kafka, server, clickhouse, eventLog } = pipeline;
      const random = createRandom(`${seed}-${archivers}`);
      const topic = topicOf(archivers);
      const table = `tickers_${archivers}`;
      const group = `group-${archivers}`;
      const names = archiveNames('crypto', table);
      const env = envOf(pipeline, { CLICKHOUSE_TABLE: table, KAFKA_GROUP_ID: group, KAFKA_TOPIC: topic });
      const processes = Array.from({ length: archivers }, (_, i) => createArchiverProcess(`archiver ${i + 1}`, env));
      const kinds: readonly (readonly Part[])[] = [
        processes,
        [{ name: 'broker', kill: kafka.kill, restart: kafka.restart }],
        [{ name: 'ClickHouse', kill: server.kill, restart: server.restart }],
      ];
      const producer = produce(
        eventLog,
        topic,
        createTickers(`${seed}-${archivers}`, Date.UTC(2026, 0, 31, 23, 50)),
        200,
        50,
      );
      const killed: Record<string, number> = {};
      try {
        for (let round = 0; round < kills; round++) {
          await pause(random() * 1_500);
          const kind = kinds[Math.floor(random() * kinds.length)] ?? [];
          const part = kind[Math.floor(random() * kind.length)];
          if (!part) throw new Error('no part');
          // With two, every third end of an archiver is an orderly leaving, in mid-batch of the other.
          const leave = archivers > 1 && random() < 1 / 3 ? part.leave : undefined;
          const what = leave ? `${part.name} leaving` : part.name;
          await (leave ?? part.kill)();
          killed[what] = (killed[what] ?? 0) + 1;
          await pause(random() * 500);
          await part.restart();
          for (const archiver of processes)
            if (archiver.gaveUp) throw new Error(`${archiver.name} gave up:\n${archiver.said}`);
        }
        const { made, poison } = await producer.stop();
        const deps: AuditDeps = { clickhouse, eventLog, names, topic, group, clock: systemClock };
        const audits = await settled(deps, 60_000);
        console.log(
          `Kafka ${kafka.version}, seed ${seed}: ${made.length} rows and ${poison} that are none, kills ${JSON.stringify(killed)}\n${auditTable(audits)}`,
        );
        expect(verdict(audits)).toMatch(/^Complete/);
        await expectExact(pipeline, names.view, made);
        await expectDead(pipeline, topic, poison);
        const auditEnv = { ...env, LOG_LEVEL: 'error' };
        const right = await runAudit(auditEnv);
        expect([right.code, right.text]).toEqual([0, expect.stringContaining('Complete: ')]);
        await clickhouse.command(
          `ALTER TABLE ${names.rows} DELETE WHERE message_id = {id:String} SETTINGS mutations_sync = 1`,
          {
            id: made[0]?.[0] ?? '',
          },
        );
        for (const archiver of processes) await archiver.leave();
        const wrong = await runAudit(auditEnv, '--wait', '0');
        expect([wrong.code, wrong.text]).toEqual([
          1,
          expect.stringMatching(/NOT complete: [1-9]\d* missing, 0 duplicate/),
        ]);
      } catch (err) {
        console.log(processes.map(({ name, said }) => `${name}:\n${said.slice(-4_000)}`).join('\n'));
        throw err;
      } finally {
        await producer.stop();
        for (const archiver of processes) await archiver.kill();
      }
    },
  );
});

/** As ClickHouse prints a Decimal: without trailing zeros. */
const shortened = (text: string | null): string | undefined => text?.replace(/\.?0+$/, '');
