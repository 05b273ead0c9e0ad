import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../clock/clock.js';
import { openTestPglite } from '../../kit/pglite.js';
import { silentLogger } from '../../telemetry/telemetry.js';
import { describePostgres } from '../postgres.contract.js';
import type { Postgres } from '../postgres.js';
import { openPglite } from './pglite.js';

const writer = fileURLToPath(new URL('../../dist/postgres/pglite/kit/writer.js', import.meta.url));
const migrationsFolder = fileURLToPath(new URL('../kit/migrations', import.meta.url));
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
      const child = spawn(process.execPath, [writer, folder, migrationsFolder, 'early'], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      while (child.exitCode === null && !existsSync(draft) && !existsSync(made))
        await new Promise((resolve) => setImmediate(resolve));
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
    let [turns, isRunning] = [0, true];
    const turn = () => {
      turns++;
      if (isRunning) setImmediate(turn);
    };
    setImmediate(turn);
    await postgres.db.execute(sql`select count(*) from generate_series(1, 3000000)`);
    isRunning = false;
    expect(turns).toBeGreaterThan(10); // Thousands; a blocked loop would have one or two.
  });

  it('is refused a second time on the same folder, and opens again once closed', async () => {
    postgres = await open(folder);
    await expect(open(folder)).rejects.toThrow(`is in use by process ${process.pid}`);
    await postgres.close();
    postgres = await open(folder);
    await postgres.ping();
  });
});
