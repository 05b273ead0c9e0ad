import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createManualClock, systemClock } from '../clock/clock.js';
import { silentLogger } from '../telemetry/telemetry.js';
import { openPglite, type PglitePostgres } from './pglite.js';
import { describePostgres } from './postgres.contract.js';
import type { Postgres } from './postgres.js';
import { openTestPglite } from './test-pglite.js';

const writer = fileURLToPath(new URL('../dist/postgres/test-writer.js', import.meta.url));
const migrationsFolder = fileURLToPath(new URL('./test-migrations', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tickfolio-pglite-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const open = (folder: string) => openPglite({ folder, migrationsFolder, log: silentLogger(), clock: systemClock });

describePostgres('PGlite', () => openTestPglite(migrationsFolder));

describe('PGlite', () => {
  let postgres: Postgres | undefined;
  afterEach(async () => {
    await postgres?.close();
    postgres = undefined;
  });

  it('is made anew after a kill -9 in the middle of being made', async () => {
    const draft = join(folder, 'data.new');
    const made = join(folder, 'data');
    // To make one takes a fraction of a second: where the kill came too late, once more.
    for (let attempt = 0; attempt < 20 && !existsSync(draft); attempt++) {
      rmSync(made, { recursive: true, force: true });
      const child = spawn(process.execPath, [writer, folder, migrationsFolder, 'early'], { stdio: ['ignore', 'ignore', 'inherit'] });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      while (child.exitCode === null && !existsSync(draft) && !existsSync(made)) await new Promise((resolve) => setImmediate(resolve));
      child.kill('SIGKILL');
      await ended;
    }
    expect([existsSync(draft), existsSync(made)]).toEqual([true, false]);
    postgres = await open(folder);
    await postgres.ping();
    expect([existsSync(draft), existsSync(made)]).toEqual([false, true]);
  });

  it('leaves the event loop free while a statement runs', async () => {
    postgres = await open(folder);
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 5);
    const startMs = performance.now();
    await postgres.db.execute(sql`select count(*) from generate_series(1, 3000000)`);
    const tookMs = performance.now() - startMs;
    clearInterval(timer);
    expect(tookMs).toBeGreaterThan(100);
    expect(ticks).toBeGreaterThan(tookMs / 5 / 5); // A blocked loop would see one or two.
  });

  it('does not fill the disk with its log, however long it runs', async () => {
    const clock = createManualClock();
    const place = join(folder, 'long');
    postgres = await openPglite({ folder: place, migrationsFolder, log: silentLogger(), clock });
    const files = () => readdirSync(join(place, 'data/pg_wal')).filter((name) => name.startsWith('0')).length;
    for (let round = 0; round < 8; round++) {
      // Three files of 16 MB, as some 48 MB of changes write them.
      for (let file = 0; file < 3; file++) {
        await postgres.db.execute(sql`insert into vaults (name, amount) values (${`${round}-${file}`}, 1)`);
        await postgres.db.execute(sql`select pg_switch_wal()`);
      }
      clock.advance(30_000);
      await postgres.ping(); // Comes after it.
    }
    expect(files()).toBeLessThanOrEqual(8);
  });

  it('is copied as it is at a moment, while it is open and statements wait', async () => {
    const place = join(folder, 'held');
    const copy = join(folder, 'held copy');
    const insert = (name: string) => sql`insert into vaults (name, amount) values (${name}, 1)`;
    postgres = await open(place);
    const { db, hold } = postgres as PglitePostgres;
    await db.execute(insert('before'));
    const { later } = await hold(async ({ copyTo }) => {
      const later = db.execute(insert('after'));
      await copyTo(copy);
      return { later };
    });
    await later;
    await postgres.close();
    postgres = await open(copy);
    const { rows } = (await postgres.db.execute(sql`select name from vaults`)) as unknown as { rows: unknown[] };
    expect(rows).toEqual([{ name: 'before' }]);
  });

  it('is refused a second time on the same folder, and opens again once closed', async () => {
    postgres = await open(folder);
    await expect(open(folder)).rejects.toThrow(`is in use by process ${process.pid}`);
    await postgres.close();
    postgres = await open(folder);
    await postgres.ping();
  });
});
