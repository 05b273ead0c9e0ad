import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../clock/clock.js';
import { StartError } from '../../errors/errors.js';
import { startTestClickHouse } from '../../kit/clickhouse.js';
import { silentLogger } from '../../telemetry/telemetry.js';
import { describeClickHouse } from '../clickhouse.contract.js';
import { type ChdbClickHouseOptions, openChdbClickHouse } from './chdb.js';

const folder = mkdtempSync(join(tmpdir(), 'tickfolio-chdb-'));
const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const open = (name: string, options: Partial<ChdbClickHouseOptions> = {}) =>
  openChdbClickHouse({ path: join(folder, name), clock: systemClock, log: silentLogger(), ...options });

/** Another process with the folder; `lines` are what it says. */
const startHolder = (name: string, batchRows = 0) => {
  const file = fileURLToPath(new URL('../../dist/clickhouse/chdb/kit/holder.js', import.meta.url));
  const child = spawn(process.execPath, [file, join(folder, name), String(batchRows)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.add(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    line: async () => String((await lines.next()).value),
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    end: async () => {
      child.stdin.end();
      await once(child, 'exit');
      return child.exitCode;
    },
  };
};

const utcNow = () => new Date().toISOString().slice(0, 19).replace('T', ' ');

describeClickHouse('chdb', () => open('contract'));

describe('the embedded clickhouse', () => {
  it('keeps what was acknowledged, whole, when its process is killed', async () => {
    const holder = startHolder('killed', 500);
    expect(await holder.line()).toBe('held');
    let last = -1;
    for (let seen = 0; seen < 8; seen++) last = Number((await holder.line()).replace('stored ', ''));
    await holder.kill();
    const clickhouse = await open('killed');
    try {
      const batches = await clickhouse.query<{ batch: number; n: string }>(
        'SELECT batch, count() AS n FROM vault.kept GROUP BY batch ORDER BY batch',
      );
      expect(batches.map(({ batch }) => batch)).toEqual(batches.map((_, at) => at));
      expect(batches.length).toBeGreaterThan(last);
      expect(new Set(batches.map(({ n }) => n))).toEqual(new Set(['500']));
    } finally {
      await clickhouse.close();
    }
  });

  it('is for one process at a time, and says who has it', async () => {
    const holder = startHolder('held');
    expect(await holder.line()).toBe('held');
    const refused = await open('held').catch((err: unknown) => err);
    expect(refused).toBeInstanceOf(StartError);
    expect((refused as StartError).message).toMatch(/in use by process \d+/);
    const third = startHolder('held');
    expect(await third.line()).toMatch(/^refused StartError: The folder .+ is in use by process \d+/);
    expect(await holder.end()).toBe(0);
    const mine = await open('held');
    await expect(open('held')).rejects.toBeInstanceOf(StartError);
    await mine.close();
    const again = await open('held');
    expect(await again.check()).toBeUndefined();
    await again.close();
  });

  it('reads, prints and counts times in UTC on a computer in Kathmandu, and its port says in which zone an answer is', async () => {
    const server = await startTestClickHouse({ zone: 'Asia/Kathmandu', embedded: true });
    try {
      const ask = async (sql: string, search = '') => {
        const answer = await fetch(`http://${server.address.host}:${server.address.port}/${search}`, {
          method: 'POST',
          body: sql,
        });
        return [(await answer.text()).trim(), answer.headers.get('x-clickhouse-timezone')];
      };
      const noon = "toUnixTimestamp(toDateTime('2026-01-27 12:00:00'))";
      const noonS = Date.parse('2026-01-27T12:00:00Z') / 1_000;
      expect(
        await ask(
          `SELECT ${noon}, toDateTime(${noonS}), timezone(), abs(dateDiff('second', now(), toDateTime('${utcNow()}'))) < 60`,
        ),
      ).toEqual([`${noonS}\t2026-01-27 12:00:00\tUTC\t1`, 'UTC']);
      // Who asks for another zone gets it, and is told so.
      const tokyo = '?session_timezone=Asia/Tokyo';
      expect(await ask(`SELECT toDateTime(${noonS})`, tokyo)).toEqual(['2026-01-27 21:00:00', 'Asia/Tokyo']);
      expect(await ask(`SELECT toDateTime(${noonS})`, '?session_timezone=')).toEqual([
        '2026-01-27 17:45:00',
        'Asia/Kathmandu',
      ]);
    } finally {
      await server.close();
    }
  });

  it('says in words that its package is missing', async () => {
    const load = () =>
      Promise.reject(Object.assign(new Error("Cannot find package 'chdb'"), { code: 'ERR_MODULE_NOT_FOUND' }));
    const refused = await open('missing', { load }).catch((err: unknown) => err);
    expect(refused).toBeInstanceOf(StartError);
    expect((refused as StartError).message).toMatch(/package "chdb".+Cannot find package 'chdb'.+CLICKHOUSE_ADDR/);
  });

  it('leaves the event loop to others while it inserts and reads', async () => {
    const clickhouse = await open('loop');
    /** How often the event loop turned while a statement ran. */
    const turnsDuring = async (statement: Promise<unknown>): Promise<number> => {
      let [turns, isRunning] = [0, true];
      const turn = () => {
        turns++;
        if (isRunning) setImmediate(turn);
      };
      setImmediate(turn);
      await statement;
      isRunning = false;
      return turns;
    };
    const turns: number[] = [];
    try {
      await clickhouse.command('CREATE DATABASE vault');
      await clickhouse.command('CREATE TABLE vault.many (id UInt64, name String) ENGINE = MergeTree ORDER BY id');
      const rows = Array.from({ length: 10_000 }, (_, id) => [id, `name ${id}`]);
      for (let batch = 0; batch < 5; batch++)
        turns.push(await turnsDuring(clickhouse.insert('vault.many', ['id', 'name'], rows)));
      turns.push(
        await turnsDuring(clickhouse.query('SELECT count() FROM numbers(20000000) WHERE sipHash64(number) = 1')),
      );
    } finally {
      await clickhouse.close();
    }
    // Thousands; a loop that waits for the engine would have one or two.
    expect(Math.min(...turns), turns.join()).toBeGreaterThan(10);
  });

  it('kills what still runs when it has waited long enough for it', async () => {
    const clickhouse = await open('killing', { closeTimeoutMs: 50 });
    const endless = clickhouse
      .query('SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1')
      .catch((err: unknown) => err);
    await clickhouse.close();
    expect(await endless).toMatchObject({ code: 'unavailable' });
    await (await open('killing')).close();
  });

  it('lets a bounded number of statements wait', async () => {
    const clickhouse = await open('bounded', { maxReaders: 1, maxWaiting: 2 });
    const slow = 'SELECT count() FROM numbers(10000000) WHERE sipHash64(number) = 1';
    try {
      const started = Array.from({ length: 5 }, () =>
        clickhouse.query(slow).then(
          () => 'done',
          (err: { code: string }) => err.code,
        ),
      );
      expect((await Promise.all(started)).sort()).toEqual([
        'done',
        'done',
        'done',
        'resource_exhausted',
        'resource_exhausted',
      ]);
    } finally {
      await clickhouse.close();
    }
  });
});
