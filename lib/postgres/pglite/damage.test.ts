import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../clock/clock.js';
import { DamagedStoreError } from '../../embedded-store/embedded-store.js';
import { createLogger } from '../../telemetry/telemetry.js';
import { openPglite } from './pglite.js';

const migrationsFolder = fileURLToPath(new URL('../kit/migrations', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tickfolio-damage-'));
const lines: string[] = [];
const open = () =>
  openPglite({
    folder,
    migrationsFolder,
    log: createLogger('test', 'info', (line) => void lines.push(line)),
    clock: systemClock,
  });

beforeAll(async () => {
  const postgres = await open();
  await postgres.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every file, how long it is and when it was written, but for those of the lock. */
const contents = () =>
  (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => !name.startsWith('.lock'))
    .map((name) => ({ name, stat: statSync(join(folder, name)) }))
    .filter(({ stat }) => stat.isFile())
    .map(({ name, stat }) => `${name} ${stat.size} ${stat.mtimeMs}`)
    .sort();

// Each gives back what takes the damage away again.
const away = (name: string) => () => {
  const [path, hidden] = [join(folder, name), join(folder, '..', `${name.replaceAll('/', '-')}-away`)];
  renameSync(path, hidden);
  return () => renameSync(hidden, path);
};
const change = (name: string, damage: (path: string) => void) => () => {
  const path = join(folder, name);
  const whole = readFileSync(path);
  damage(path);
  return () => writeFileSync(path, whole);
};
const cutLog = () => {
  const [name = ''] = readdirSync(join(folder, 'data/pg_wal')).filter((file) => file.startsWith('0'));
  return change(`data/pg_wal/${name}`, (path) => truncateSync(path, 100))();
};
const control = 'data/global/pg_control';

describe('a damaged database', () => {
  it.each<[string, () => () => void, RegExp]>([
    ['its log was cut', cutLog, /pg_wal\/0\w+ has 100 bytes instead of 16777216/],
    [
      'its control file was zeroed',
      change(control, (path) => writeFileSync(path, Buffer.alloc(8_192))),
      /pg_control has nothing but zeros/,
    ],
    ['its control file was cut', change(control, (path) => truncateSync(path, 10)), /pg_control has 10 bytes/],
    ['base is missing', away('data/base'), /base is missing/],
    ['global is missing', away('data/global'), /global is missing/],
    ['its version is missing', away('data/PG_VERSION'), /PG_VERSION is missing/],
    ['all of its files are missing', away('data'), /its folder "data" is missing/],
  ])('says what is broken and changes nothing, also where PGlite would begin anew: %s', async (_, damage, why) => {
    const mend = damage();
    const before = contents();
    const refused = await open().catch((err: unknown) => err);
    expect(contents()).toEqual(before);
    mend();
    expect(refused).toBeInstanceOf(DamagedStoreError);
    expect((refused as DamagedStoreError).folder).toBe(folder);
    expect((refused as DamagedStoreError).why).toMatch(why);
    expect(lines).toEqual([]);
  });

  it('that only PostgreSQL can tell from a whole one is told in its words', async () => {
    const flipped = readFileSync(join(folder, control));
    flipped[50] = (flipped[50] ?? 0) ^ 1;
    const mend = change(control, (path) => writeFileSync(path, flipped))();
    await expect(open()).rejects.toThrow('PostgreSQL says "incorrect checksum in control file"');
    mend();
  });
});
