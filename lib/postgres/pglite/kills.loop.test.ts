import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { systemClock } from '../../clock/clock.js';
import { countOf } from '../../kit/counts.js';
import { silentLogger } from '../../telemetry/telemetry.js';
import { openPglite } from './pglite.js';

const kills = countOf('KILLS', 10);
const rowsEach = 150;

it(`PGlite keeps every acknowledged row through ${kills} kills (-9)`, {
  timeout: 30_000 + kills * 20_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-pglite-'));
  const migrationsFolder = fileURLToPath(new URL('../kit/migrations', import.meta.url));
  const writer = fileURLToPath(new URL('../../dist/postgres/pglite/kit/writer.js', import.meta.url));
  const acknowledged: string[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const child = spawn(process.execPath, [writer, folder, migrationsFolder, `kill-${kill}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    let seen = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line);
      if (++seen === rowsEach) child.kill('SIGKILL');
    }
    expect(await ended).toBe('SIGKILL');
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(kills * rowsEach);
  const postgres = await openPglite({ folder, migrationsFolder, log: silentLogger(), clock: systemClock });
  const { rows } = (await postgres.db.execute(sql`select name from vaults`)) as unknown as { rows: { name: string }[] };
  await postgres.close();
  const names = new Set(rows.map(({ name }) => name));
  expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});
