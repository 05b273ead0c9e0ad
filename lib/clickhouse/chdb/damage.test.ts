import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../clock/clock.js';
import { DamagedStoreError } from '../../embedded-store/embedded-store.js';
import { createLogger } from '../../telemetry/telemetry.js';
import { type ChdbClickHouse, openChdbClickHouse } from './chdb.js';

const place = mkdtempSync(join(tmpdir(), 'tickfolio-chdb-damage-'));
const whole = join(place, 'whole');
const lines: string[] = [];
const log = createLogger('test', 'warn', (line) => void lines.push(line));
const open = (path: string) => openChdbClickHouse({ path, clock: systemClock, log });
const numbers = async (clickhouse: ChdbClickHouse) =>
  (await clickhouse.query<{ n: number }>('SELECT n FROM vault.kept ORDER BY n')).map(({ n }) => n);

beforeAll(async () => {
  const clickhouse = await open(whole);
  await clickhouse.command('CREATE DATABASE vault');
  await clickhouse.command('CREATE TABLE vault.kept (n UInt32) ENGINE = MergeTree ORDER BY n');
  await clickhouse.command('CREATE TABLE vault.empty (n UInt32) ENGINE = MergeTree ORDER BY n');
  await clickhouse.command('CREATE VIEW vault.seen AS SELECT n FROM vault.kept');
  for (const n of [1, 2]) await clickhouse.insert('vault.kept', ['n'], [[n]]);
  await clickhouse.close();
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

let copies = 0;
const copy = () => {
  const path = join(place, `copy-${copies++}`);
  cpSync(whole, path, { recursive: true, verbatimSymlinks: true });
  return path;
};
/** A file or folder by the end of its path. */
const find = (path: string, end: RegExp): string => {
  const found = (readdirSync(path, { recursive: true }) as string[]).find((name) => end.test(name));
  if (found === undefined) throw new Error(`nothing like ${end} in ${path}`);
  return join(path, found);
};
const tableFolder = (path: string) => join(find(path, /store\/.*all_1_1_0$/), '..');
const remove = (end: RegExp) => (path: string) => rmSync(find(path, end), { recursive: true });

describe('a damaged archive', () => {
  it.each<[string, (path: string) => void, RegExp]>([
    ['metadata is missing', remove(/data\/metadata$/), /metadata is missing/],
    ['store is missing', remove(/data\/store$/), /store\/.* with the definitions of the tables of vault is missing/],
    [
      "a table's rows are missing",
      (path) => rmSync(tableFolder(path), { recursive: true }),
      /with the rows of vault\.kept is missing/,
    ],
    [
      "a table's definition is missing",
      remove(/kept\.sql$/),
      /the definition of the table whose rows lie in store\/.* is missing/,
    ],
    ["a table's definition is cut", (path) => truncateSync(find(path, /kept\.sql$/), 30), /kept\.sql is cut/],
    ['everything is missing', remove(/data$/), /metadata is missing/],
  ])('says what is broken, where the engine would begin anew without a word: %s', async (_, damage, why) => {
    const path = copy();
    damage(path);
    const before = readdirSync(path, { recursive: true });
    const refused = await open(path).catch((err: unknown) => err);
    expect(refused).toBeInstanceOf(DamagedStoreError);
    expect((refused as DamagedStoreError).folder).toBe(path);
    expect((refused as DamagedStoreError).why).toMatch(why);
    expect(readdirSync(path, { recursive: true })).toEqual(before);
  });

  it('goes on without a part that was cut, keeps it, and says which rows are missing, at every start', async () => {
    const path = copy();
    truncateSync(join(find(path, /store\/.*all_1_1_0$/), 'data.bin'), 10);
    for (const _ of ['the engine sets it aside', 'it is still there']) {
      const clickhouse = await open(path);
      expect(await numbers(clickhouse)).toEqual([2]);
      const [line, ...others] = lines.splice(0).map((text) => JSON.parse(text) as { msg: string; reason: string });
      expect(others).toEqual([]);
      expect(line?.msg).toMatch(/^parts of the archive cannot be read and were set aside/);
      expect(line?.reason).toMatch(/^1 rows of vault\.kept in \/.*\/detached\/broken-on-start_all_1_1_0\/?$/);
      await clickhouse.close();
    }
  });
});

describe('an archive that is held', () => {
  it('is copied as it is at that moment, also from another disk that it is a link to, while queries go on and writes wait', async () => {
    const path = copy();
    const bigDisk = join(place, 'big disk');
    renameSync(join(path, 'data'), bigDisk);
    symlinkSync(bigDisk, join(path, 'data'));
    const target = join(place, 'held copy');
    const clickhouse = await open(path);
    const order: string[] = [];
    const { written } = await clickhouse.hold(async ({ copyTo }) => {
      const written = clickhouse.insert('vault.kept', ['n'], [[3]]).then(() => void order.push('written'));
      expect(await numbers(clickhouse)).toEqual([1, 2]);
      await copyTo(target);
      order.push('copied');
      return { written };
    });
    await written;
    expect(order).toEqual(['copied', 'written']);
    expect(await numbers(clickhouse)).toEqual([1, 2, 3]);
    expect(existsSync(join(path, 'data/shadow'))).toBe(false);
    await clickhouse.close();

    const copied = await open(target);
    expect(await numbers(copied)).toEqual([1, 2]);
    await copied.insert('vault.empty', ['n'], [[7]]);
    expect(await copied.query('SELECT sum(n) AS n FROM vault.seen')).toEqual([{ n: '3' }]);
    expect(await copied.query('SELECT n FROM vault.empty')).toEqual([{ n: 7 }]);
    await copied.close();
    expect(readFileSync(find(target, /kept\.sql$/), 'utf8')).toBe(readFileSync(find(bigDisk, /kept\.sql$/), 'utf8'));
    expect(lines).toEqual([]);
  });
});
