import { existsSync, lstatSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataFolder } from '../stores/data-folder.js';
import { restoreBackup } from './restore.js';
import { serveSnapshots } from './snapshots.js';
import { takeBackup } from './take.js';

let place = '';
let dataFolder = '';
let backup = '';
let bigDisk = '';
const deps = { clock: systemClock, log: silentLogger(), signal: new AbortController().signal };
const take = (target = backup) => takeBackup(deps, dataFolder, target);
const restore = (folder = dataFolder) => restoreBackup(deps, { backup, dataFolder: folder });

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'tickfolio links '));
  [dataFolder, backup, bigDisk] = [join(place, 'data'), join(place, 'backups', '1'), join(place, 'big disk')];
  await mkdir(join(dataFolder, 'store'), { recursive: true });
  await mkdir(join(bigDisk, 'archive', 'deep'), { recursive: true });
  await writeFile(join(dataFolder, 'jwt-secret'), 'secret');
  await writeFile(join(bigDisk, 'archive', 'deep', 'rows'), 'one, two');
});
afterEach(() => rm(place, { recursive: true, force: true }));

describe('a backup of a data folder with links to another disk', () => {
  it('has the store that lies there, and brings it back after that disk is lost', async () => {
    await symlink(join(bigDisk, 'archive'), join(dataFolder, 'archive'));
    await symlink('deep/rows', join(bigDisk, 'archive', 'newest'));
    const { source } = await take();
    expect(source.followed).toEqual([{ path: 'archive', to: join(bigDisk, 'archive') }]);
    await rm(bigDisk, { recursive: true });
    await restore();
    expect(await readFile(join(dataFolder, 'archive', 'deep', 'rows'), 'utf8')).toBe('one, two');
    expect(await readFile(join(dataFolder, 'archive', 'newest'), 'utf8')).toBe('one, two');
    expect(lstatSync(join(dataFolder, 'archive')).isDirectory()).toBe(true);
  });

  it('has parts of a store, and single files, that lie there', async () => {
    await symlink('../../big disk/archive', join(dataFolder, 'store', 'part'));
    await symlink('../archive/deep', join(bigDisk, 'archive', 'around'));
    await rename(join(dataFolder, 'jwt-secret'), join(bigDisk, 'secret'));
    await symlink(join(bigDisk, 'secret'), join(dataFolder, 'jwt-secret'));
    await take();
    const elsewhere = join(place, 'new machine', 'data');
    await rename(bigDisk, `${bigDisk} away`);
    await restore(elsewhere);
    for (const way of ['deep', 'around'])
      expect(await readFile(join(elsewhere, 'store', 'part', way, 'rows'), 'utf8')).toBe('one, two');
    expect(await readFile(join(elsewhere, 'jwt-secret'), 'utf8')).toBe('secret');
  });

  it.each<[string, () => Promise<void>, RegExp]>([
    [
      'that is not mounted',
      () => symlink('/no such disk/store', join(dataFolder, 'a store')),
      /data\/a store is a link to \/no such disk\/store, where there is nothing: is that disk mounted\?$/,
    ],
    [
      'in a circle',
      () => symlink(place, join(bigDisk, 'archive', 'up')),
      /archive\/up is a link to .*, a folder that it lies in itself\.$/,
    ],
    [
      'and back',
      () => symlink(dataFolder, join(bigDisk, 'archive', 'back')),
      /archive\/back is a link to .*, a folder that it lies in itself/,
    ],
  ])('is refused in words where the link leads to a disk %s, and the folder is free again', async (_, link, words) => {
    await link();
    await symlink(join(bigDisk, 'archive'), join(dataFolder, 'archive'));
    await expect(take()).rejects.toThrow(words);
    expect(existsSync(`${backup}.unfinished`)).toBe(false);
    await (await openDataFolder(dataFolder, systemClock)).close();
  });

  it('cannot lie in a store that is a link, nor in the folder by its other name', async () => {
    await symlink(join(bigDisk, 'archive'), join(dataFolder, 'archive'));
    await symlink(dataFolder, join(place, 'other name'));
    for (const target of [join(bigDisk, 'archive', 'backup'), join(place, 'other name', 'backup')])
      await expect(take(target)).rejects.toThrow(/^A backup cannot lie in the folder that it is of/);
    await take(join(dataFolder, '..', '..backup'));
  });

  it('tells of a store that was set aside, also where it is a link', async () => {
    await symlink(join(bigDisk, 'archive'), join(dataFolder, 'archive.damaged'));
    expect((await take()).source).toMatchObject({ setAside: ['archive.damaged'], followed: [] });
  });

  it('is taken under a run, from copies that lie beside the data on their disk, of which a kill leaves none', async () => {
    await mkdir(join(bigDisk, 'archive', 'data'));
    await symlink(join(bigDisk, 'archive'), join(dataFolder, 'archive'));
    const copyOfArchive = join(bigDisk, 'archive', 'data.snapshot');
    // As a killed run leaves it.
    await mkdir(join(dataFolder, '.snapshot'));
    await mkdir(copyOfArchive);
    await symlink(copyOfArchive, join(dataFolder, '.snapshot', 'archive'));
    const folder = await openDataFolder(dataFolder, systemClock);
    const store = {
      name: 'archive',
      linked: true,
      hold: async <T>(work: (held: { copyTo(folder: string): Promise<void> }) => Promise<T>): Promise<T> =>
        work({
          copyTo: async (target) => {
            await mkdir(join(target, 'data'));
            // What gets a second name must be on the same disk.
            expect(await readdir(join(bigDisk, 'archive'))).toContain('data.snapshot');
            await writeFile(join(copyOfArchive, 'data', 'held'), 'held');
          },
        }),
    };
    const snapshots = await serveSnapshots({
      clock: systemClock,
      log: silentLogger(),
      dataFolder,
      stores: [store],
      elsewhere: [],
    });
    expect(existsSync(copyOfArchive)).toBe(false);
    await take();
    expect(await readFile(join(backup, 'data', 'archive', 'data', 'held'), 'utf8')).toBe('held');
    expect(await readFile(join(backup, 'data', 'archive', 'deep', 'rows'), 'utf8')).toBe('one, two');
    await snapshots.close();
    await folder.close();
    expect(await readdir(join(bigDisk, 'archive'))).toEqual(['data', 'deep']);
    expect(await readdir(dataFolder)).not.toContain('.snapshot');
  });
});

describe('a data folder that is a link', () => {
  const other = () => join(place, 'link');
  beforeEach(() => symlink(dataFolder, other()));
  /** What a restore leaves that is killed after the old folder got its other name. */
  const kill = () => rename(dataFolder, `${dataFolder}.restored`);

  it('is the restored one after a restore that was killed between its two names', async () => {
    await kill();
    const opened = await openDataFolder(other(), systemClock);
    expect(opened.finishedRestore).toBe(true);
    expect(existsSync(join(other(), 'jwt-secret'))).toBe(true);
    await opened.close();
  });

  it('is restored by the next restore after one that was killed so, and both are kept', async () => {
    await take();
    await kill();
    const { kept, dataFolder: restored } = await restore(other());
    expect(restored).toBe(dataFolder);
    expect(await readFile(join(kept ?? '', 'jwt-secret'), 'utf8')).toBe('secret');
    expect(lstatSync(other()).isSymbolicLink()).toBe(true);
    expect(existsSync(join(other(), 'jwt-secret'))).toBe(true);
  });

  it.each([
    ['a circle', () => symlink('circle', join(place, 'circle')), 'circle'],
    ['a file', () => writeFile(join(place, 'file'), ''), 'file/data'],
  ])('that leads to %s is refused in words at the start and at a restore', async (_, make, name) => {
    await take();
    await make();
    const words = /(circle|file\/data) cannot be used: (ELOOP|ENOTDIR).*[^.]\.( DATA_DIR sets it\.)?$/;
    await expect(openDataFolder(join(place, name), systemClock)).rejects.toThrow(words);
    await expect(restore(join(place, name))).rejects.toThrow(words);
  });

  it('to a disk that is not mounted ends the start in words, and nothing is made there', async () => {
    await rm(dataFolder, { recursive: true });
    await expect(openDataFolder(other(), systemClock)).rejects.toThrow(
      /^The data folder .*link is a link to .*data, where there is nothing: is that disk mounted\? DATA_DIR sets it\.$/,
    );
    expect(existsSync(dataFolder)).toBe(false);
  });
});
