import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { StartError } from '@tickfolio/lib/errors';
import { lockFolder } from '@tickfolio/lib/folder-lock';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataFolder } from '../stores/data-folder.js';
import { restoreBackup } from './restore.js';
import { serveSnapshots } from './snapshots.js';
import { takeBackup } from './take.js';

// On files that are no database, which a backup takes as they are; with real stores in backup.loop.test.ts.

let place = '';
let dataFolder = '';
let backup = '';
const deps = { clock: systemClock, log: silentLogger(), signal: new AbortController().signal };
const take = (target = backup) => takeBackup(deps, dataFolder, target);
const restore = (folder = dataFolder) => restoreBackup(deps, { backup, dataFolder: folder });
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it was done',
    (err: unknown) => (err instanceof StartError ? err.message : `not in words: ${err}`),
  );

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'tickfolio backup '));
  dataFolder = join(place, "my 'data' folder");
  backup = join(place, 'backups', 'a backup');
  await mkdir(join(dataFolder, 'store', 'empty'), { recursive: true });
  await writeFile(join(dataFolder, 'jwt-secret'), 'secret');
  await writeFile(join(dataFolder, 'store', 'rows'), 'one, two');
  await symlink('rows', join(dataFolder, 'store', 'link'));
});
afterEach(() => rm(place, { recursive: true, force: true }));

describe('a backup', () => {
  it('brings back what was there, and keeps what is there now', async () => {
    await mkdir(join(dataFolder, 'auth_db.damaged'));
    const taken = await take();
    expect(taken).toMatchObject({ folder: backup, files: 2, bytes: 14, source: { setAside: ['auth_db.damaged'] } });
    await writeFile(join(dataFolder, 'store', 'rows'), 'one, two, three');
    const { kept } = await restore();
    expect(await readFile(join(dataFolder, 'store', 'rows'), 'utf8')).toBe('one, two');
    expect(await readFile(join(dataFolder, 'store', 'link'), 'utf8')).toBe('one, two');
    expect(await readFile(join(dataFolder, 'jwt-secret'), 'utf8')).toBe('secret');
    expect(existsSync(join(dataFolder, 'store', 'empty'))).toBe(true);
    expect(kept).toMatch(/my 'data' folder\.before-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d$/);
    expect(await readFile(join(kept ?? '', 'store', 'rows'), 'utf8')).toBe('one, two, three');
    // The folder is free, and a run can have it.
    await (await openDataFolder(dataFolder, systemClock)).close();
    expect((await readdir(place)).sort()).toEqual([
      'backups',
      "my 'data' folder",
      (kept ?? '').slice(place.length + 1),
    ]);
  });

  it('can be restored where there is no data folder', async () => {
    await take();
    const elsewhere = join(place, 'new machine', 'data');
    expect(await restore(elsewhere)).toMatchObject({ dataFolder: elsewhere, kept: undefined });
    expect(await readFile(join(elsewhere, 'store', 'rows'), 'utf8')).toBe('one, two');
  });

  it('never takes the place of another one, nor lies in the folder that it is of', async () => {
    await take();
    expect(await refusal(take())).toBe(
      `${backup} is there already, and a backup never takes the place of another one. BACKUP names another place.`,
    );
    expect(await refusal(take(join(dataFolder, 'backup')))).toMatch(/^A backup cannot lie in the folder that it is of/);
    expect(await readdir(join(place, 'backups'))).toEqual(['a backup']);
  });

  it('is not taken of a folder that is not there, or has nothing in it', async () => {
    await rename(dataFolder, `${dataFolder} away`);
    expect(await refusal(take())).toBe(`There is no data folder at ${dataFolder}. DATA_DIR sets it.`);
    await mkdir(dataFolder);
    expect(await refusal(take())).toMatch(/^The data folder is empty/);
    expect(existsSync(backup)).toBe(false);
  });

  it('that was killed in the middle is begun anew by the next one', async () => {
    const draft = `${backup}.unfinished`;
    await mkdir(join(draft, '.lock'), { recursive: true });
    await mkdir(join(draft, 'data', 'half'), { recursive: true });
    await take();
    expect(await readdir(join(place, 'backups'))).toEqual(['a backup']);
    expect((await readdir(join(backup, 'data'))).sort()).toEqual(['jwt-secret', 'store']);
  });

  it('waits for nobody: what holds the folder and gives no copy is named', async () => {
    const lock = await lockFolder(dataFolder);
    expect(await refusal(take())).toMatch(/is in use by process \d+.*\nIt gives no copy of its stores meanwhile/);
    await lock.close();
    expect(existsSync(`${backup}.unfinished`)).toBe(false);
  });
});

describe('a damaged backup', () => {
  const changed = (name: string) => join(backup, 'data', 'store', name);
  it.each<[string, () => Promise<void>, () => string]>([
    [
      'another content',
      () => writeFile(changed('rows'), 'one, 2wo'),
      () => `${changed('rows')} has another content than when the backup was taken`,
    ],
    ['a cut file', () => writeFile(changed('rows'), 'one'), () => `${changed('rows')} has 3 bytes instead of 8`],
    ['a missing file', () => rm(changed('rows')), () => `${changed('rows')} is missing`],
    [
      'a manifest that is none',
      () => writeFile(join(backup, 'manifest.json'), '{"format":'),
      () => `${join(backup, 'manifest.json')}: it is no JSON`,
    ],
    [
      'no manifest',
      () => rm(join(backup, 'manifest.json')),
      () => `${backup} is no backup: its manifest.json cannot be read (ENOENT).`,
    ],
  ])('is refused, naming the file, and nothing is changed: %s', async (_, damage, words) => {
    await take();
    await damage();
    await writeFile(join(dataFolder, 'store', 'rows'), 'now');
    expect(await refusal(restore())).toContain(words());
    expect(await readFile(join(dataFolder, 'store', 'rows'), 'utf8')).toBe('now');
    expect((await readdir(place)).sort()).toEqual(['backups', "my 'data' folder"]);
  });

  it('of a newer build is left to that one', async () => {
    await take();
    const manifest = join(backup, 'manifest.json');
    // Builds of before one database held all would bring back none of it, and call that a success.
    expect(JSON.parse(await readFile(manifest, 'utf8'))).toMatchObject({ format: 2 });
    const newer = { ...(JSON.parse(await readFile(manifest, 'utf8')) as object), format: 3, version: '9.0.0' };
    await writeFile(manifest, JSON.stringify(newer));
    expect(await refusal(restore())).toMatch(/is of a newer build \(9\.0\.0, format 3; this one reads up to 2\)/);
  });

  it('cannot write anywhere but into the data folder', async () => {
    await take();
    const manifest = join(backup, 'manifest.json');
    const text = await readFile(manifest, 'utf8');
    for (const [what, by] of [
      ['"store/rows"', '"../rows"'],
      ['"to": "rows"', '"to": "../../rows"'],
      ['"to": "rows"', '"to": "/etc"'],
    ] as const) {
      await writeFile(manifest, text.replaceAll(what, by));
      expect(await refusal(restore())).toMatch(/The backup is damaged: .*manifest\.json: /);
    }
  });
});

describe('a restore', () => {
  it('is refused while a run has the folder, and leaves no trace', async () => {
    await take();
    const folder = await openDataFolder(dataFolder, systemClock);
    expect(await refusal(restore())).toMatch(/is in use by process \d+/);
    await folder.close();
    expect((await readdir(place)).sort()).toEqual(['backups', "my 'data' folder"]);
  });

  it('says at once that a run has the folder, before it reads a backup of many gigabytes', async () => {
    await take();
    await writeFile(join(backup, 'data', 'store', 'rows'), 'one, 2wo');
    const folder = await openDataFolder(dataFolder, systemClock);
    expect(await refusal(restore())).toMatch(/is in use by process \d+/);
    await folder.close();
    expect(await refusal(restore())).toMatch(/^The backup is damaged/);
    // The folder is free again.
    await (await openDataFolder(dataFolder, systemClock)).close();
  });

  it('lets no run begin on the folder while it reads the backup', async () => {
    await take();
    const starts: string[] = [];
    const signal = Object.assign(new AbortController().signal, {
      throwIfAborted: () =>
        void refusal(openDataFolder(dataFolder, systemClock)).then((words) => void starts.push(words)),
    });
    await restoreBackup({ ...deps, signal }, { backup, dataFolder });
    await expect.poll(() => starts[0]).toMatch(/is in use by process \d+/);
  });

  it('that is ended in the middle leaves nothing of a folder that was not there', async () => {
    await take();
    let looks = 0;
    const signal = Object.assign(new AbortController().signal, {
      throwIfAborted: () => {
        // Both files have been proved by then.
        if (++looks > 2) throw new StartError('Interrupted.');
      },
    });
    const elsewhere = join(place, 'new machine', 'disk', 'data');
    expect(await refusal(restoreBackup({ ...deps, signal }, { backup, dataFolder: elsewhere }))).toBe('Interrupted.');
    expect((await readdir(place)).sort()).toEqual(['backups', "my 'data' folder"]);
  });

  it('that was killed between its last two steps is finished by the next start, which says so', async () => {
    await take();
    await cp(join(backup, 'data'), `${dataFolder}.restored`, { recursive: true });
    await rename(dataFolder, `${dataFolder}.before-1`);
    const folder = await openDataFolder(dataFolder, systemClock);
    expect(folder.finishedRestore).toBe(true);
    expect(await readFile(folder.part('store/rows'), 'utf8')).toBe('one, two');
    await folder.close();
  });

  it('is what a run has that was started between its last two steps, on a new folder that is in the way', async () => {
    await take();
    await cp(join(backup, 'data'), `${dataFolder}.restored`, { recursive: true });
    await rename(dataFolder, `${dataFolder}.before-1`);
    await mkdir(dataFolder);
    const folder = await openDataFolder(dataFolder, systemClock);
    expect([folder.finishedRestore, await readFile(folder.part('store/rows'), 'utf8')]).toEqual([true, 'one, two']);
    await folder.close();
  });

  it('that was killed before is done anew, whatever it left', async () => {
    await take();
    await writeFile(join(dataFolder, 'store', 'rows'), 'now');
    await mkdir(join(`${dataFolder}.restoring`, '.lock'), { recursive: true });
    await mkdir(join(`${dataFolder}.restoring`, 'half'));
    await cp(dataFolder, `${dataFolder}.restored`, { recursive: true });
    await writeFile(join(`${dataFolder}.restored`, '.restored'), '');
    const { kept } = await restore();
    expect(await readFile(join(dataFolder, 'store', 'rows'), 'utf8')).toBe('one, two');
    expect((await readdir(place)).sort()).toEqual([
      'backups',
      "my 'data' folder",
      (kept ?? '').slice(place.length + 1),
    ]);
  });

  it('leaves everything to a run that is started on a new folder in the moment in which it looks for one', async () => {
    await take();
    const other = join(place, 'new machine');
    const run = await lockFolder(other);
    const claim = (await readdir(join(other, '.lock')))[0] ?? '';
    const elsewhere = join(place, 'data');
    // The lock asks for the time once it has made the folder and before it looks for others: there the run gets it.
    let isBegun = false;
    const monotonic = () => {
      if (!isBegun && existsSync(elsewhere)) {
        isBegun = true;
        renameSync(join(other, '.lock', claim), join(elsewhere, '.lock', claim));
        writeFileSync(join(elsewhere, 'jwt-secret'), 'of the run');
      }
      return systemClock.monotonic();
    };
    const restoring = restoreBackup(
      { ...deps, clock: { ...systemClock, monotonic } },
      { backup, dataFolder: elsewhere },
    );
    expect(await refusal(restoring)).toMatch(/is in use by process \d+/);
    expect((await readdir(elsewhere)).sort()).toEqual(['.lock', 'jwt-secret']);
    expect(await readdir(join(elsewhere, '.lock'))).toEqual([claim]);
    await run.close();
  });

  it('touches no folder of somebody else that has its name', async () => {
    await take();
    await mkdir(`${dataFolder}.restoring`);
    await writeFile(join(`${dataFolder}.restoring`, 'mine'), '');
    expect(await refusal(restore())).toMatch(/\.restoring is in the way/);
    expect(await readdir(`${dataFolder}.restoring`)).toEqual(['mine']);
  });
});

describe('a run that is asked for its stores', () => {
  it('holds all of them at once while they are copied, lets go before the backup goes on, and removes the copies', async () => {
    const folder = await openDataFolder(dataFolder, systemClock);
    const events: string[] = [];
    const store = (name: string) => ({
      name,
      linked: false,
      hold: async <T>(work: (held: { copyTo(folder: string): Promise<void> }) => Promise<T>): Promise<T> => {
        events.push(`${name} stands still`);
        const result = await work({
          copyTo: async (target) => {
            events.push(`${name} is copied`);
            await mkdir(join(target, 'data'), { recursive: true });
            await writeFile(join(target, 'data', 'rows'), `rows of ${name}`);
          },
        });
        events.push(`${name} goes on`);
        return result;
      },
    });
    for (const name of ['a', 'b']) await mkdir(join(dataFolder, name, 'data'), { recursive: true });
    await writeFile(join(dataFolder, 'a', 'data', 'rows'), 'half written');
    const snapshots = await serveSnapshots({
      clock: systemClock,
      log: silentLogger(),
      dataFolder,
      stores: [store('a'), store('b')],
      elsewhere: ['the archive, in ClickHouse at x:1'],
    });
    const taken = await take();
    expect(taken.source.elsewhere).toEqual(['the archive, in ClickHouse at x:1']);
    expect(taken.source.heldMs).toBeGreaterThanOrEqual(0);
    expect(events).toEqual([
      'a stands still',
      'b stands still',
      'a is copied',
      'b is copied',
      'b goes on',
      'a goes on',
    ]);
    expect(await readFile(join(backup, 'data', 'a', 'data', 'rows'), 'utf8')).toBe('rows of a');
    expect(await readFile(join(backup, 'data', 'store', 'rows'), 'utf8')).toBe('one, two');
    expect(await readdir(dataFolder)).not.toContain('.snapshot');

    await snapshots.close();
    expect(await refusal(take(`${backup} 2`))).toMatch(/It gives no copy of its stores meanwhile/);
    await folder.close();
  });

  it('looks at the disk that the backup is written to, for as long as it is taken', async () => {
    const folder = await openDataFolder(dataFolder, systemClock);
    const events: string[] = [];
    const snapshots = await serveSnapshots({
      clock: systemClock,
      log: silentLogger(),
      dataFolder,
      stores: [],
      elsewhere: [],
      watch: ({ name, path }) => {
        events.push(`${name}, ${path}: looked at`);
        return () => void events.push('not any more');
      },
    });
    await take();
    await expect
      .poll(() => events)
      .toEqual([`the backup ${backup}.unfinished, ${backup}.unfinished: looked at`, 'not any more']);
    await snapshots.close();
    await folder.close();
  });

  it('goes on when they cannot be copied, and says why', async () => {
    const folder = await openDataFolder(dataFolder, systemClock);
    const hold = () => Promise.reject(new Error('the store is tired'));
    const snapshots = await serveSnapshots({
      clock: systemClock,
      log: silentLogger(),
      dataFolder,
      stores: [{ name: 'a', linked: true, hold }],
      elsewhere: [],
    });
    for (const _ of ['once', 'and again'])
      expect(await refusal(take())).toMatch(
        /is in use by process \d+.*\nIt was asked for a copy of its stores: .*tired/,
      );
    await snapshots.close();
    await folder.close();
    expect(existsSync(backup)).toBe(false);
  });
});
