import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.js';
import { DamagedStoreError } from '../embedded-store/embedded-store.js';
import { createLogger } from '../telemetry/telemetry.js';
import { openPglite, type PglitePostgres } from './pglite.js';
import { fromPostgresError } from './postgres.js';

const migrationsFolder = fileURLToPath(new URL('./test-migrations', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'tickfolio-damage-'));
const whole = join(place, 'whole');
const lines: string[] = [];
const log = createLogger('test', 'info', (line) => void lines.push(line));
const open = (folder: string) => openPglite({ folder, migrationsFolder, log, clock: systemClock });
const names = async ({ db }: PglitePostgres) =>
  ((await db.execute(sql`select name from vaults order by name`)) as unknown as { rows: { name: string }[] }).rows.map(({ name }) => name);
const add = ({ db }: PglitePostgres, name: string) => db.execute(sql`insert into vaults (name, amount) values (${name}, 1)`);

beforeAll(async () => {
  const postgres = await open(whole);
  await add(postgres, 'kept');
  await postgres.close();
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

let copies = 0;
const copy = () => {
  const folder = join(place, `copy-${copies++}`);
  cpSync(whole, folder, { recursive: true });
  return folder;
};
/** Every file and what is in it, but for those of the lock. */
const contents = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path} ${createHash('md5').update(readFileSync(path)).digest('hex')}`)
    .sort();

const remove = (name: string) => (folder: string) => rmSync(join(folder, name), { recursive: true });
const cutLog = (folder: string) => {
  for (const name of readdirSync(join(folder, 'data/pg_wal')))
    if (name.startsWith('0')) truncateSync(join(folder, 'data/pg_wal', name), 100);
};

describe('a damaged database', () => {
  it.each<[string, (folder: string) => void, RegExp]>([
    ['its log was cut', cutLog, /pg_wal\/0\w+ has 100 bytes instead of 16777216/],
    [
      'its control file was zeroed',
      (folder) => writeFileSync(join(folder, 'data/global/pg_control'), Buffer.alloc(8_192)),
      /pg_control has nothing but zeros/,
    ],
    ['its control file was cut', (folder) => truncateSync(join(folder, 'data/global/pg_control'), 10), /pg_control has 10 bytes/],
    ['base is missing', remove('data/base'), /base is missing/],
    ['global is missing', remove('data/global'), /global is missing/],
    ['its version is missing', remove('data/PG_VERSION'), /PG_VERSION is missing/],
    ['all of its files are missing', remove('data'), /its folder "data" is missing/],
  ])('says what is broken and changes nothing, also where PGlite would begin anew: %s', async (_, damage, why) => {
    const folder = copy();
    damage(folder);
    const before = contents(folder);
    const refused = await open(folder).catch((err: unknown) => err);
    expect(refused).toBeInstanceOf(DamagedStoreError);
    expect((refused as DamagedStoreError).folder).toBe(folder);
    expect((refused as DamagedStoreError).why).toMatch(why);
    expect(contents(folder)).toEqual(before);
    expect(lines).toEqual([]);
  });

  it('that only PostgreSQL can tell from a whole one is told in its words', async () => {
    const folder = copy();
    const control = join(folder, 'data/global/pg_control');
    const bytes = readFileSync(control);
    bytes[50] = (bytes[50] ?? 0) ^ 1;
    writeFileSync(control, bytes);
    await expect(open(folder)).rejects.toThrow('PostgreSQL says "incorrect checksum in control file"');
  });
});

describe('a database that breaks while it is open', () => {
  /** PostgreSQL cannot go on without the folder of its log. It is put back at once, and everything is on the disk. */
  const breakIt = async ({ db }: Pick<PglitePostgres, 'db'>, folder: string): Promise<unknown> => {
    const [logFolder, away] = [join(folder, 'data/pg_wal'), join(folder, 'data/pg_wal.away')];
    renameSync(logFolder, away);
    try {
      await db.execute(sql`select pg_switch_wal()`);
      return await db.execute(sql`insert into vaults (name, amount) values ('lost', 1)`);
    } catch (err) {
      return err;
    } finally {
      renameSync(away, logFolder);
    }
  };

  it('is opened anew once, with all that it had acknowledged; when it breaks again soon, it says so for good', async () => {
    const folder = copy();
    const postgres = await open(folder);
    await add(postgres, 'before');
    expect(fromPostgresError(await breakIt(postgres, folder)).code).toBe('unavailable');
    await add(postgres, 'after');
    expect(await names(postgres)).toEqual(['after', 'before', 'kept']);
    const told = lines.splice(0).map((line) => JSON.parse(line) as { msg: string; err?: { message: string } });
    expect(told.map(({ msg }) => msg)).toEqual([
      'the embedded database has stopped; it is opened anew',
      'the embedded database is open again; what it had acknowledged is there',
    ]);
    expect(told[0]?.err?.message).toMatch(/pg_wal/);

    await breakIt(postgres, folder);
    const failed = await postgres.failed;
    expect(failed).toBeInstanceOf(DamagedStoreError);
    expect(failed.message).toMatch(/PostgreSQL says ".*pg_wal/);
    expect(fromPostgresError(await postgres.ping().catch((err: unknown) => err)).code).toBe('unavailable');
    await postgres.close();
    lines.length = 0;
  });

  it('takes an open transaction along: nothing of it is written on the connection that follows', async () => {
    const folder = copy();
    const postgres = await open(folder);
    const cut = await postgres.db
      .transaction(async (tx) => {
        await tx.execute(sql`insert into vaults (name, amount) values ('first half', 1)`);
        await breakIt({ db: tx }, folder);
        await tx.execute(sql`insert into vaults (name, amount) values ('second half', 1)`);
      })
      .catch((err: unknown) => err);
    expect(fromPostgresError(cut).code).toBe('unavailable');
    expect(await names(postgres)).toEqual(['kept']);
    await postgres.close();
    lines.length = 0;
  });
});
