import { mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { createManualClock, systemClock } from '../../clock/clock.js';
import { createLogger } from '../../telemetry/telemetry.js';
import { fromPostgresError } from '../postgres.js';
import { openPglite, type PgliteOptions, type PglitePostgres } from './pglite.js';

// What becomes of an embedded database while it is open.

const migrationsFolder = fileURLToPath(new URL('../kit/migrations', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'tickfolio-open-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const lines: string[] = [];
const log = createLogger('test', 'warn', (line) => void lines.push(line));
let folder = '';
let postgres: PglitePostgres;
const open = async (options: Partial<PgliteOptions> = {}) => {
  postgres = await openPglite({ folder, migrationsFolder, log, clock: systemClock, ...options });
};
let folders = 0;
beforeEach(() => {
  lines.length = 0;
  folder = join(place, `${folders++}`);
});
afterEach(() => postgres.close());

const add = (name: string, db: Pick<PglitePostgres['db'], 'execute'> = postgres.db) =>
  db.execute(sql`insert into vaults (name, amount) values (${name}, 1)`);
const names = async () =>
  (
    (await postgres.db.execute(sql`select name from vaults order by name`)) as unknown as { rows: { name: string }[] }
  ).rows.map(({ name }) => name);

/** PostgreSQL cannot go on without the folder of its log. It is put back at once, and everything is on the disk. */
const breakIt = async (): Promise<unknown> => {
  const [logFolder, away] = [join(folder, 'data/pg_wal'), join(folder, 'data/pg_wal.away')];
  renameSync(logFolder, away);
  try {
    await postgres.db.execute(sql`select pg_switch_wal()`);
    return await add('lost');
  } catch (err) {
    return err;
  } finally {
    renameSync(away, logFolder);
  }
};

it('a database that breaks is opened anew once, with all that it had acknowledged; when it breaks again soon, it says so for good', async () => {
  await open();
  await add('before');
  expect(fromPostgresError(await breakIt()).code).toBe('unavailable');
  await add('after');
  expect(await names()).toEqual(['after', 'before']);
  const told = lines.map((line) => JSON.parse(line) as { msg: string; err?: { message: string } });
  expect(told.map(({ msg }) => msg)).toEqual([
    'the embedded database has stopped; it is opened anew',
    'the embedded database is open again; what it had acknowledged is there',
  ]);
  expect(told[0]?.err?.message).toMatch(/pg_wal/);

  await breakIt();
  expect((await postgres.failed).message).toMatch(
    /stopped again soon after it was opened anew: .*pg_wal.* another start recovers that/,
  );
  expect(fromPostgresError(await postgres.ping().catch((err: unknown) => err)).code).toBe('unavailable');
});

it('a database that does not answer any more is given up and takes its open transaction along', async () => {
  const clock = createManualClock();
  await open({ clock, answerTimeoutMs: 60_000, transactionTimeoutMs: 600_000 });
  const cut = await postgres.db
    .transaction(async (tx) => {
      await add('first half', tx);
      const silent = tx.execute(sql`select pg_sleep(600)`).catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve)); // Until it is asked.
      clock.advance(60_000);
      await silent;
      await add('second half', tx);
    })
    .catch((err: unknown) => err);
  expect(fromPostgresError(cut).code).toBe('unavailable');
  expect(await names()).toEqual([]);
});

it('a database that runs for long does not fill the disk with its log', async () => {
  const clock = createManualClock();
  await open({ clock });
  for (let round = 0; round < 8; round++) {
    // Three files of 16 MB, as some 48 MB of changes write them.
    for (let file = 0; file < 3; file++) {
      await add(`${round}-${file}`);
      await postgres.db.execute(sql`select pg_switch_wal()`);
    }
    clock.advance(30_000);
    await postgres.ping(); // Comes after it.
  }
  expect(readdirSync(join(folder, 'data/pg_wal')).filter((name) => name.startsWith('0')).length).toBeLessThanOrEqual(8);
});

it('a database that is held is copied as it is at that moment, also from another disk that it is a link to, while statements wait', async () => {
  const copy = join(place, 'held copy');
  await open();
  await postgres.close();
  renameSync(join(folder, 'data'), join(place, 'big disk'));
  symlinkSync(join(place, 'big disk'), join(folder, 'data'));
  await open();
  await add('before');
  const { later } = await postgres.hold(async ({ copyTo }) => {
    const later = add('after');
    await copyTo(copy);
    return { later };
  });
  await later;
  await postgres.close();
  await open({ folder: copy });
  expect(await names()).toEqual(['before']);
});
