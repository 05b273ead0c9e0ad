import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveTopics, startArchiver } from '@tickfolio/archiver/app';
import { createArchive } from '@tickfolio/archiver/archive';
import { createTickers, type MadeTicker } from '@tickfolio/archiver/kit/tickers';
import { migrateArchive } from '@tickfolio/archiver/schema';
import { readTickerLines, type TickerLines } from '@tickfolio/archiver/ticker-lines';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { type ChdbClickHouse, openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { systemClock as clock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import { createKafkaEventLog } from '@tickfolio/lib/event-log/kafka';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { archiveNames } from '@tickfolio/lib/events/archive';
import { miniTickers } from '@tickfolio/lib/events/mini-ticker';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { serveParent } from '../measure/child.js';
import { cpuBetween, readUsage } from '../measure/usage.js';

const log = silentLogger();
const topic = miniTickers.name;
const symbols = 300;
/** The tape begins here; a batch stays within one month, as batches of live tickers do. */
const startMs = Date.UTC(2026, 0, 5);
const sampleMs = 50;

export interface ArchiveRun {
  readonly rowsPerSecond: number;
  /** Of the whole process: client, archiver and the engine within. */
  readonly cpuUsPerRow: number;
  readonly peakRssBytes: number;
}

const folder = mkdtempSync(join(tmpdir(), 'tickfolio-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
let clickhouse: ChdbClickHouse | undefined;
let tables = 0;

const measured = async (rows: number, work: () => Promise<void>): Promise<ArchiveRun> => {
  const before = readUsage(true);
  let peakRssBytes = before.rssBytes;
  const sampling = clock.every(sampleMs, () => {
    peakRssBytes = Math.max(peakRssBytes, process.memoryUsage.rss());
  });
  await work();
  sampling.cancel();
  const after = readUsage();
  return {
    rowsPerSecond: (rows * 1_000) / (after.atMs - before.atMs),
    cpuUsPerRow: cpuBetween(before, after) / rows,
    peakRssBytes,
  };
};

const open = async () => {
  clickhouse ??= await openChdbClickHouse({ path: join(folder, 'engine'), clock, log });
  const table = `bench_${++tables}`;
  await migrateArchive({ clickhouse, log }, { database: 'crypto', table });
  return { clickhouse, table };
};

const openLog = (brokers: readonly string[] | null): EventLog => {
  const topics = archiveTopics(topic);
  const metrics = createMetrics('log');
  return brokers === null
    ? createMemoryEventLog({ clock, log, metrics, topics, maxMessages: 5_000_000 })
    : createKafkaEventLog({ brokers, clientId: 'bench', topics, clock, log, metrics });
};

/** Puts tickers on the log. */
const fill = async (eventLog: EventLog, rows: number) => {
  const next = createTickers('bench', startMs, symbols);
  const chunk = 2_000;
  for (let from = 0; from < rows; from += chunk) {
    const tickers: MadeTicker[] = Array.from({ length: Math.min(chunk, rows - from) }, next);
    await eventLog.append(
      topic,
      tickers.map(({ key, value }) => ({ key, value })),
    );
  }
};

const tasks = {
  /** The floor: the same rows in the same batches, made before the clock starts, one insert after the other. */
  bare: async (rows: number, batchRows: number): Promise<ArchiveRun> => {
    const { clickhouse, table } = await open();
    const archive = createArchive(clickhouse, archiveNames('crypto', table));
    const next = createTickers('bench', startMs, symbols);
    const made: TickerLines[] = [];
    for (let from = 0; from < rows; from += batchRows) {
      const messages = Array.from({ length: Math.min(batchRows, rows - from) }, (_, i) => {
        const { key, value } = next();
        return { offset: String(from + i), key, value: Buffer.from(value), headers: {}, timestampMs: 0 };
      });
      const { lines } = readTickerLines({ topic, partition: 0, messages, heartbeat: async () => undefined });
      made.push({ ...lines, messages: messages.map((message) => ({ ...message, value: Buffer.alloc(0) })) });
    }
    return measured(rows, async () => {
      for (const lines of made) await archive.store(lines);
    });
  },

  /** @param brokers of a real Kafka; null takes the log in memory */
  fill: async (rows: number, brokers: readonly string[]): Promise<void> => {
    const eventLog = openLog(brokers);
    await fill(eventLog, rows);
    await eventLog.close();
  },

  close: async (): Promise<void> => {
    await clickhouse?.close();
  },

  archive: async (rows: number, batchRows: number, brokers: readonly string[] | null): Promise<ArchiveRun> => {
    const { clickhouse, table } = await open();
    const eventLog = openLog(brokers);
    if (brokers === null) await fill(eventLog, rows);
    const metrics = createMetrics('archiver');
    let stored = 0;
    let done: () => void = () => undefined;
    const all = new Promise<void>((resolve) => {
      done = resolve;
    });
    // Counted here, because the archiver's metrics ask Kafka how far it is.
    const counting: ClickHouse = {
      ...clickhouse,
      insertLines: async (into, columns, lines, options) => {
        await clickhouse.insertLines(into, columns, lines, options);
        stored += lines.count;
        if (stored >= rows) done();
      },
    };
    const run = await measured(rows, async () => {
      const archiver = await startArchiver(
        { eventLog, clickhouse: counting, clock, log, metrics },
        {
          database: 'crypto',
          table,
          topic,
          group: `bench-${process.pid}-${table}`,
          batch: { minMessages: 100, maxMessages: batchRows, maxWaitMs: 1_000 },
          auditIntervalMs: 3_600_000,
        },
      );
      const failed = await Promise.race([all, archiver.failed]);
      if (failed) throw failed;
      await archiver.close();
    });
    const [seen] = await clickhouse.query<{ rows: string }>(`SELECT count() AS rows FROM crypto.${table}`);
    if (Number(seen?.rows) !== rows) throw new Error(`${seen?.rows} of ${rows} rows are there`);
    await eventLog.close();
    return run;
  },
};

export type ArchiveEngine = typeof tasks;
serveParent(tasks);
