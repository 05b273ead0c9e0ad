import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../clock/clock.js';
import { silentLogger } from '../../telemetry/telemetry.js';
import { describePostgres } from '../postgres.contract.js';
import type { Database } from '../postgres.js';
import { openPgliteEngine, type PgliteEngine } from './engine.js';
import { vacuumOnce } from './vacuum.js';

const migrationsFolder = fileURLToPath(new URL('../kit/migrations', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tickfolio-engine-'));
let engine: PgliteEngine;
beforeAll(async () => {
  engine = await openPgliteEngine({ folder, log: silentLogger(), clock: systemClock });
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

describePostgres('one of several databases of a PGlite', async () => {
  await engine.database({ schema: 'neighbour', migrationsFolder });
  return engine.database({ schema: 'a-Database', migrationsFolder });
});

describe('databases of one PGlite', () => {
  const add = (db: Pick<Database, 'execute'>, name: string) =>
    db.execute(sql`insert into vaults (name, amount) values (${name}, 1)`);
  const names = async (db: Pick<Database, 'execute'>) => {
    const { rows } = (await db.execute(sql`select name from vaults order by name`)) as unknown as {
      rows: { name: string }[];
    };
    return rows.map(({ name }) => name);
  };

  it('do not see each other, also when their statements and transactions take turns, and one is rolled back', async () => {
    const [one, other] = await Promise.all(
      ['one', 'other'].map((schema) => engine.database({ schema, migrationsFolder })),
    );
    if (!one || !other) return expect.unreachable();
    const back = one.db
      .transaction(async (tx) => {
        await add(tx, 'back');
        throw new Error('back');
      })
      .catch(() => undefined);
    await Promise.all([back, add(other.db, 'b'), one.db.transaction((tx) => add(tx, 'a')), add(other.db, 'c')]);
    expect([await names(one.db), await names(other.db)]).toEqual([['a'], ['b', 'c']]);
    await one.close();
    await expect(names(one.db)).rejects.toThrow();
    expect(await names(other.db)).toEqual(['b', 'c']);
  });

  it('keep what one acknowledged although another one was closed in the middle of its transaction', async () => {
    const [one, other] = await Promise.all(
      ['closed', 'beside'].map((schema) => engine.database({ schema, migrationsFolder })),
    );
    if (!one || !other) return expect.unreachable();
    const cut = one.db.transaction(async (tx) => {
      await add(tx, 'a');
      await one.close();
      await add(tx, 'b');
    });
    await cut.catch(() => undefined);
    await add(other.db, 'acknowledged');
    // A transaction that is still open here would refuse it.
    await engine.session.query('vacuum beside.vaults');
    expect(await names(other.db)).toEqual(['acknowledged']);
  });

  it('are not larger after each filling and emptying', async () => {
    const { db } = await engine.database({ schema: 'queue', migrationsFolder });
    const sizes: number[] = [];
    for (let round = 0; round < 6; round++) {
      await db.execute(sql`insert into vaults (name, amount) select 'row ' || n, 1 from generate_series(1, 2000) n`);
      await db.execute(sql`delete from vaults`);
      expect(await vacuumOnce(engine.session)).toContain('queue.vaults');
      const { rows } = await engine.session.query(`select pg_total_relation_size('queue.vaults')::int as bytes`);
      sizes.push((rows as { bytes: number }[])[0]?.bytes ?? 0);
    }
    // Pages of an index are used again one round later.
    expect(sizes.at(-1), sizes.join()).toBeLessThanOrEqual((sizes[1] ?? 0) * 1.1);
  });
});
