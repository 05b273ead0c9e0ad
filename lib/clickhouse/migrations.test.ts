import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import { type Logger, silentLogger } from '../telemetry/telemetry.js';
import { openChdbClickHouse } from './chdb/chdb.js';
import { applyRetention, type ClickHouse, runClickHouseMigrations } from './clickhouse.js';

const folder = mkdtempSync(join(tmpdir(), 'tickfolio-migrations-'));
const files = join(folder, 'migrations');
const log = silentLogger();
let clickhouse: ClickHouse;

beforeAll(async () => {
  mkdirSync(files);
  writeFileSync(
    join(files, '001_things.sql'),
    `-- A comment; with a semicolon
CREATE TABLE IF NOT EXISTS {database}.{thing}_rows (id UInt32, at DateTime64(3), word String DEFAULT 'a;b')
ENGINE = ReplacingMergeTree ORDER BY id;

CREATE VIEW IF NOT EXISTS {database}.{thing} AS SELECT id, at, word FROM {database}.{thing}_rows FINAL;
`,
  );
  writeFileSync(
    join(files, '002_counts.sql'),
    `CREATE TABLE IF NOT EXISTS {database}.{thing}_counts (id UInt32, n SimpleAggregateFunction(max, UInt32)) ENGINE = AggregatingMergeTree ORDER BY id;
CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.{thing}_feed TO {database}.{thing}_counts AS SELECT id, 1 AS n FROM {database}.{thing}_rows;
`,
  );
  writeFileSync(join(files, 'notes.txt'), 'not a migration');
  clickhouse = await openChdbClickHouse({ path: join(folder, 'data'), clock: systemClock, log });
});
afterAll(async () => {
  await clickhouse?.close();
  rmSync(folder, { recursive: true, force: true });
});

const migrate = (database: string, thing = 'thing', logger: Logger = log, engine: ClickHouse = clickhouse) =>
  runClickHouseMigrations(
    { clickhouse: engine, log: logger },
    { folder: files, database, names: { thing }, journal: `${thing}_migrations` },
  );
const engines = async (database: string) =>
  Object.fromEntries(
    (
      await clickhouse.query<{ name: string; engine: string }>(
        'SELECT name, engine FROM system.tables WHERE database = {database:String} ORDER BY name',
        { database },
      )
    ).map(({ name, engine }) => [name, engine]),
  );
const complete = {
  thing: 'View',
  thing_counts: 'AggregatingMergeTree',
  thing_feed: 'MaterializedView',
  thing_migrations: 'ReplacingMergeTree',
  thing_rows: 'ReplacingMergeTree',
};

describe('migrations', () => {
  it('make the database and everything in it, once', async () => {
    await migrate('one');
    expect(await engines('one')).toEqual(complete);
    await clickhouse.insert('one.thing_rows', ['id'], [[1]]);
    await migrate('one');
    expect(await clickhouse.query('SELECT name FROM one.thing_migrations ORDER BY name')).toEqual([
      { name: '001_things' },
      { name: '002_counts' },
    ]);
    expect(await clickhouse.query('SELECT id, word FROM one.thing')).toEqual([{ id: 1, word: 'a;b' }]);
    expect(await clickhouse.query('SELECT id, n FROM one.thing_counts')).toEqual([{ id: 1, n: 1 }]);
  });

  it('say in UTC when they were applied, also where an older version kept their times without a zone', async () => {
    const kept = '2026-01-27 10:00:00.000';
    await clickhouse.command('CREATE DATABASE noted');
    await clickhouse.command(
      'CREATE TABLE noted.thing_migrations (name String, applied_at DateTime64(3) DEFAULT now64(3)) ENGINE = ReplacingMergeTree ORDER BY name',
    );
    await clickhouse.insert('noted.thing_migrations', ['name', 'applied_at'], [['001_things', kept]]);
    await migrate('noted');
    const read =
      'SELECT applied_at, toTypeName(applied_at) AS type FROM noted.thing_migrations WHERE applied_at = {kept:String}';
    expect(await clickhouse.query(read, { kept })).toEqual([{ applied_at: kept, type: "DateTime64(3, 'UTC')" }]);
  });

  it('may be run by several starters at once', async () => {
    await Promise.all(Array.from({ length: 6 }, () => migrate('several')));
    expect(await engines('several')).toEqual(complete);
    await clickhouse.insert('several.thing_rows', ['id'], [[1]]);
    expect(await clickhouse.query('SELECT count() AS n FROM several.thing_counts')).toEqual([{ n: '1' }]);
  });

  it('make again what was removed by hand', async () => {
    await migrate('again');
    await clickhouse.command('DROP TABLE again.thing_feed');
    await migrate('again');
    expect(await engines('again')).toEqual(complete);
  });

  it('make a table again as it was, with what later files changed in it, and say so', async () => {
    const later = join(files, '003_marks.sql');
    writeFileSync(later, "ALTER TABLE {database}.{thing}_rows ADD COLUMN IF NOT EXISTS mark String DEFAULT 'x';\n");
    try {
      await migrate('whole');
      await clickhouse.command('DROP TABLE whole.thing_rows');
      const said: (readonly [string, string])[] = [];
      const info = ({ migration }: { migration: string }, words: string) => void said.push([migration, words]);
      await migrate('whole', 'thing', { ...log, info } as unknown as Logger);
      await clickhouse.insert('whole.thing_rows', ['id', 'mark'], [[1, 'y']]);
      expect(said).toEqual([
        ['001_things', 'a table was missing and has been made again'],
        ['002_counts', 'ran a migration again, after one before it'],
        ['003_marks', 'ran a migration again, after one before it'],
      ]);
    } finally {
      rmSync(later);
    }
  });

  it('end what they began when they are killed after the table was made again and before its later changes', async () => {
    const later = join(files, '003_marks.sql');
    writeFileSync(later, "ALTER TABLE {database}.{thing}_rows ADD COLUMN IF NOT EXISTS mark String DEFAULT 'x';\n");
    const killed = {
      ...clickhouse,
      command: (sql: string) =>
        sql.includes('ADD COLUMN') ? Promise.reject(new Error('killed')) : clickhouse.command(sql),
    };
    try {
      await migrate('cut');
      await clickhouse.command('DROP TABLE cut.thing_rows');
      await expect(migrate('cut', 'thing', log, killed)).rejects.toThrow('killed');
      await migrate('cut');
      await clickhouse.insert('cut.thing_rows', ['id', 'mark'], [[1, 'y']]);
    } finally {
      rmSync(later);
    }
  });

  it('refuse a table that somebody else made under one of the names', async () => {
    for (const [at, stranger] of [
      'TABLE strange_0.thing (id UInt32) ENGINE = MergeTree ORDER BY id',
      'VIEW strange_1.thing AS SELECT 1 AS id',
      'TABLE strange_2.thing_rows (id UInt32) ENGINE = Memory',
    ].entries()) {
      await clickhouse.command(`CREATE DATABASE strange_${at}`);
      await clickhouse.command(`CREATE ${stranger}`);
      const err = await migrate(`strange_${at}`).catch((thrown: unknown) => thrown);
      expect(err).toBeInstanceOf(AppError);
      expect(err).toMatchObject({
        code: 'failed_precondition',
        message: expect.stringMatching(/is not ours.+RENAME TABLE/),
      });
      expect(Object.keys(await engines(`strange_${at}`))).toHaveLength(1);
    }
  });

  it('refuse names that are none', async () => {
    for (const name of ['a b', "a'", 'a;DROP', '1a', '', 'a'.repeat(65), 'ü', 'a`b']) {
      await expect(migrate(name)).rejects.toMatchObject({ code: 'failed_precondition' });
      await expect(migrate('fine', name)).rejects.toMatchObject({ code: 'failed_precondition' });
    }
  });
});

describe('retention', () => {
  const ttl = async () => {
    const [found] = await clickhouse.query<{ engine: string }>(
      "SELECT engine_full AS engine FROM system.tables WHERE database = 'kept' AND name = 'thing_rows'",
    );
    return /TTL (.+?)(?: SETTINGS|$)/.exec(found?.engine ?? '')?.[1];
  };
  const apply = (days: number | undefined) =>
    applyRetention({ clickhouse, log }, 'kept', [{ table: 'thing_rows', time: 'at', days }]);

  it('is set, changed, left alone and taken away', async () => {
    await migrate('kept');
    await apply(undefined);
    expect(await ttl()).toBeUndefined();
    await apply(30);
    expect(await ttl()).toBe('toDateTime(at) + toIntervalDay(30)');
    await Promise.all([apply(7), apply(7), apply(7)]);
    expect(await ttl()).toBe('toDateTime(at) + toIntervalDay(7)');
    const commands: string[] = [];
    await applyRetention(
      { clickhouse: { ...clickhouse, command: async (sql) => void commands.push(sql) }, log },
      'kept',
      [{ table: 'thing_rows', time: 'at', days: 7 }],
    );
    expect(commands).toEqual([]);
    await apply(undefined);
    expect(await ttl()).toBeUndefined();
  });

  it('lets go of rows that are older', async () => {
    await migrate('kept');
    const now = new Date();
    const at = (daysAgo: number) =>
      new Date(now.getTime() - daysAgo * 86_400_000).toISOString().replace('T', ' ').slice(0, -1);
    await clickhouse.insert(
      'kept.thing_rows',
      ['id', 'at'],
      [
        [1, at(0)],
        [2, at(20)],
      ],
    );
    await apply(10);
    await clickhouse.command('OPTIMIZE TABLE kept.thing_rows FINAL');
    expect(await clickhouse.query('SELECT id FROM kept.thing')).toEqual([{ id: 1 }]);
  });
});
