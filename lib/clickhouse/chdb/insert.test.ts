import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../clock/clock.js';
import { silentLogger } from '../../telemetry/telemetry.js';
import { type ChdbClickHouse, openChdbClickHouse } from './chdb.js';

const folder = mkdtempSync(join(tmpdir(), 'tickfolio-insert-'));
let clickhouse: ChdbClickHouse;
beforeAll(async () => {
  clickhouse = await openChdbClickHouse({ path: join(folder, 'engine'), clock: systemClock, log: silentLogger() });
  await clickhouse.command('CREATE DATABASE vault');
  await clickhouse.command('CREATE TABLE vault.victim (a String) ENGINE = MergeTree ORDER BY tuple()');
  await clickhouse.command('CREATE TABLE vault.one (a String) ENGINE = MergeTree ORDER BY tuple()');
});
afterAll(async () => {
  await clickhouse?.close();
  rmSync(folder, { recursive: true, force: true });
});
const victims = () =>
  clickhouse.query("SELECT count() AS n FROM system.tables WHERE database = 'vault' AND name = 'victim'");
const run = (sql: string, body: string) => clickhouse.engine.run({ sql, body: Buffer.from(body) }).answer;

describe('rows for the embedded engine', () => {
  it('are never run as SQL', async () => {
    for (const sql of [
      'INSERT INTO vault.one (a) FORMAT TabSeparated',
      'INSERT INTO vault.one FORMAT TSV',
      'INSERT INTO vault.one FORMAT LineAsString',
    ]) {
      await expect(run(sql, 'x\n\nDROP TABLE vault.victim\n')).rejects.toMatchObject({
        type: 'CANNOT_PARSE_INPUT_ASSERTION_FAILED',
      });
    }
    for (const sql of ['INSERT INTO vault.one (a) FORMAT JSONEachRow', 'INSERT INTO vault.one FORMAT JSONEachRow']) {
      await expect(run(sql, '{"a":"x"}\n\nDROP TABLE vault.victim\n')).rejects.toMatchObject({
        name: 'ClickHouseFault',
      });
      await run(sql, '{"a":"ü"}\n\n\n{"a":"two"}\n\n');
    }
    expect(await clickhouse.query('SELECT a, count() AS n FROM vault.one GROUP BY a ORDER BY a')).toEqual([
      { a: 'two', n: '2' },
      { a: 'ü', n: '2' },
    ]);
    expect(await victims()).toEqual([{ n: '1' }]);
  });

  it('stay what they are, whatever texts they hold', async () => {
    await clickhouse.command('CREATE TABLE vault.two (id UInt32, a String, b String) ENGINE = MergeTree ORDER BY id');
    const text = fc.oneof(
      fc.string({
        unit: fc.constantFrom('\n', '\r', '\t', '\\', ';', "'", '"', '`', ' ', 'N', 'a', '\0', '🪙', '-', '/', '*'),
        maxLength: 8,
      }),
      fc.constantFrom('', '\n\nDROP TABLE vault.victim', ';\nDROP TABLE vault.victim;', '\\N'),
    );
    let id = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 20 }), async (pairs) => {
        const rows = pairs.map(([a, b]) => [++id, a, b]);
        await clickhouse.insert('vault.two', ['id', 'a', 'b'], rows);
        await clickhouse.insert(
          'vault.one',
          ['a'],
          pairs.map(([a]) => [a]),
        );
        const first = Number(rows[0]?.[0]);
        expect(
          await clickhouse.query('SELECT id, a, b FROM vault.two WHERE id >= {first:UInt32} ORDER BY id', { first }),
        ).toEqual(rows.map(([id, a, b]) => ({ id, a, b })));
      }),
      { numRuns: 40 },
    );
    expect(await victims()).toEqual([{ n: '1' }]);
  });
});
