import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { openServerClickHouse } from '@tickfolio/lib/clickhouse/server';
import { systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { startTestClickHouse, type TestClickHouse } from '@tickfolio/lib/kit/clickhouse';
import { countOf, seed } from '@tickfolio/lib/kit/counts';
import { createRandom } from '@tickfolio/lib/kit/random';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addTickers, contentOf, inZone, recordingLog, table, writeArchive } from '../kit/old-archive.js';
import { migrateArchive } from '../schema.js';

const host = 'Asia/Kathmandu';

describe('archives of before times had zones, on a server in Kathmandu', () => {
  let server: TestClickHouse;
  let clickhouse: ClickHouse;
  let truth: Awaited<ReturnType<typeof contentOf>>;
  beforeAll(async () => {
    server = await startTestClickHouse({ zone: host });
    const { address } = server;
    clickhouse = openServerClickHouse({
      address,
      user: 'default',
      password: '',
      clock: systemClock,
      log: silentLogger(),
    });
    await writeArchive(clickhouse, 'truth', true);
    truth = await contentOf(clickhouse, 'truth');
  });
  afterAll(async () => {
    await clickhouse?.close();
    await server?.close();
  });
  const migrate = async (database: string, more: { readonly writtenIn?: string; readonly from?: ClickHouse } = {}) => {
    const { log, told } = recordingLog();
    await migrateArchive({ clickhouse: more.from ?? clickhouse, log }, { database, table, writtenIn: more.writtenIn });
    return told;
  };

  it.each([
    ['Asia/Shanghai', '+8 h'],
    ['Asia/Kolkata', '+5.5 h'],
    ['Europe/Berlin', '+1 h to +2 h'],
  ])('show the right times when they come from a computer in %s and the setting says so', async (zone, by) => {
    const database = `from_${zone.replace(/\W/g, '_')}`;
    await writeArchive(inZone(clickhouse, zone), database, false);
    expect((await migrate(database, { writtenIn: zone })).at(-1)).toContain(`were moved by ${by}`);
    expect(await contentOf(clickhouse, database)).toEqual(truth);
  });

  it('are whole however often the takeover is interrupted, after a statement or in the middle of one', async () => {
    await writeArchive(inZone(clickhouse, host), 'interrupted', false);
    let attempts = 0;
    for (let finished = false; !finished; attempts++) {
      let left = attempts;
      const command: ClickHouse['command'] = async (sql, params, options) => {
        const dies = left-- === 0;
        // A part of what an INSERT would have written is there, or all of it.
        const partly =
          dies && attempts % 2 === 0 && /^INSERT INTO \S+ \(.+ SELECT /s.test(sql) ? `${sql} LIMIT 7` : sql;
        await clickhouse.command(partly, params, options);
        if (dies) throw new Error('killed by the test');
      };
      finished = await migrate('interrupted', { from: { ...clickhouse, command } }).then(
        () => true,
        (err: Error) => {
          if (err.message !== 'killed by the test') throw err;
          return false;
        },
      );
    }
    expect(attempts).toBeGreaterThan(10);
    expect(await contentOf(clickhouse, 'interrupted')).toEqual(truth);
  });

  it('are whole when three archivers start at the same time', async () => {
    await writeArchive(inZone(clickhouse, host), 'shared', false);
    // As the archiver does: what fails is tried again.
    const starter = async () => {
      for (let attempt = 0; attempt < 50; attempt++) {
        const fault = await migrate('shared').then(
          () => undefined,
          (err: unknown) => err,
        );
        if (fault === undefined) return;
        if (!(fault instanceof AppError)) throw fault;
      }
      throw new Error('it never ended');
    };
    await Promise.all([starter(), starter(), starter()]);
    expect(await contentOf(clickhouse, 'shared')).toEqual(truth);
  });

  it('go on as they should after a restart of the server', async () => {
    await server.restart();
    const startMs = Date.parse('2026-11-20T18:00:00Z');
    const more = Array.from({ length: 30 }, (_, at) => ({
      symbol: 'ADAUSDT',
      eventMs: startMs + at * 7 * 60_000,
      price: `${at + 1}.5`,
      offset: 5_000 + at,
    }));
    for (const database of ['interrupted', 'shared', 'truth']) {
      await migrate(database);
      await addTickers(clickhouse, database, more);
    }
    truth = await contentOf(clickhouse, 'truth');
    const hours = truth.hours.filter(({ symbol }) => symbol === 'ADAUSDT').map(({ start }) => start);
    expect(hours).toEqual([18, 19, 20, 21].map((hour) => `2026-11-20 ${hour}:00:00`));
    for (const database of ['interrupted', 'shared']) expect(await contentOf(clickhouse, database)).toEqual(truth);
  });
});

describe('the data folder of a computer in Shanghai', () => {
  const program = fileURLToPath(new URL('../dist/kit/takeover-process.js', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-takeover-'));
  const children = new Set<ChildProcess>();
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const start = (...args: string[]) => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...process.env, TZ: 'Asia/Shanghai' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.add(child);
    return { child, lines: createInterface({ input: child.stdout }) };
  };
  const kills = countOf('KILLS', 5);
  const rows = 300_000;
  const startMs = Date.parse('2026-10-31T12:00:00Z');

  it(`is set right by whoever starts next, though it is killed again and again (seed ${seed})`, async () => {
    const path = join(folder, 'engine');
    const writer = start('write', path, String(rows), String(startMs));
    await once(writer.child, 'exit');
    const random = createRandom(seed);
    let killed = 0;
    for (; killed < kills; killed++) {
      const { child, lines } = start('take over', path);
      let ended = false;
      for await (const line of lines) {
        if (line === 'done') ended = true;
        // The first one so soon that the fastest machine is not done; later ones anywhere.
        if (line === 'begun')
          setTimeout(() => child.kill('SIGKILL'), killed === 0 ? random() * 50 : 100 + random() * 1_500);
      }
      if (ended) break;
    }
    const last = start('take over', path);
    const said: string[] = [];
    for await (const line of last.lines) said.push(line);
    expect(said.at(-1)).toBe('done');
    expect(killed).toBeGreaterThan(0);

    const clickhouse = await openChdbClickHouse({ path, clock: systemClock, log: silentLogger() });
    try {
      const read = (sql: string) => clickhouse.query(sql, { start: startMs });
      expect(
        await read(`SELECT count() AS n, uniqExact(message_id) AS ids, sum(close_price) AS prices, countIf(toString(toUnixTimestamp64Milli(event_time)) != splitByChar('-', message_id)[2]) AS off,
          toUnixTimestamp64Milli(min(event_time)) - {start:Int64} AS first FROM crypto.market_tickers`),
      ).toEqual([
        { n: String(rows), ids: String(rows), prices: String((rows * (rows + 1)) / 2), off: '0', first: '0' },
      ]);
      for (const size of ['1m', '1h'])
        expect(
          await read(
            `SELECT sum(tickers) AS n, toUnixTimestamp(min(start)) * 1000 - {start:Int64} AS first FROM crypto.market_ohlc_${size}`,
          ),
        ).toEqual([{ n: String(rows), first: '0' }]);
      expect(await read('SELECT count() AS n FROM crypto.market_tickers_offsets FINAL')).toEqual([{ n: String(rows) }]);
      expect(await read("SELECT name FROM system.tables WHERE database = 'crypto' AND name LIKE '%zone%'")).toEqual([]);
    } finally {
      await clickhouse.close();
    }
  });
});
