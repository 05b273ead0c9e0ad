import { lstat, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { expect, it } from 'vitest';
import { openDataFolder } from './data-folder.js';

it('keeps a secret, and refuses a kept one that somebody made too short', async () => {
  const place = await temporaryFolder();
  const folder = await openDataFolder(place.path, systemClock);
  const made = await folder.secret('jwt-secret');
  expect(made.length).toBeGreaterThanOrEqual(64);
  expect(await folder.secret('jwt-secret')).toBe(made);
  const file = join(place.path, 'jwt-secret');
  await writeFile(file, 'junk\n');
  await expect(folder.secret('jwt-secret')).rejects.toThrow(
    `The secret in ${file} must be at least 32 characters long.`,
  );
  expect(await readFile(file, 'utf8')).toBe('junk\n');
  await folder.close();
  await place.remove();
});

it('is made with the folders it lies in, which are for their owner alone', async () => {
  const place = await temporaryFolder();
  const path = join(place.path, 'one', 'two');
  await (await openDataFolder(path, systemClock)).close();
  await (await openDataFolder(path, systemClock)).close();
  expect((await stat(join(place.path, 'one'))).mode & 0o777).toBe(0o700);
  await place.remove();
});

it.each(['/proc/x', '/proc/x/y/z'])(
  'says at once that it cannot be at %s, where nobody can make folders',
  async (path) => {
    await expect(openDataFolder(path, systemClock)).rejects.toThrow(
      /^The data folder cannot be used: .*'\/proc.*\. DATA_DIR sets it\.$/,
    );
  },
);

it('makes no new secret where the kept one is a link to a disk that is not mounted, or is empty', async () => {
  const place = await temporaryFolder();
  const folder = await openDataFolder(join(place.path, 'data'), systemClock);
  const link = folder.part('jwt-secret');
  await symlink(join(place.path, 'big disk', 'secret'), link);
  await expect(folder.secret('jwt-secret')).rejects.toThrow(
    /^The secret .*jwt-secret is a link to .*, where there is nothing: is that disk mounted\? Bring that file back first.*authenticator apps are lost/,
  );
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  await mkdir(join(place.path, 'big disk'));
  await writeFile(join(place.path, 'big disk', 'secret'), '');
  await expect(folder.secret('jwt-secret')).rejects.toThrow(
    /must be at least 32 characters long\. Bring that file back first/,
  );
  await writeFile(join(place.path, 'big disk', 'secret'), 's'.repeat(64));
  expect(await folder.secret('jwt-secret')).toBe('s'.repeat(64));
  await folder.close();
  await place.remove();
});

it('finishes a restore that was killed between its names also where the data folder is a link to an empty one', async () => {
  const place = await temporaryFolder();
  const real = join(place.path, 'big disk');
  await mkdir(join(real, '.lock'), { recursive: true });
  await symlink(real, join(place.path, 'data'));
  await mkdir(`${real}.restored`);
  await writeFile(join(`${real}.restored`, 'rows'), 'one');
  const folder = await openDataFolder(join(place.path, 'data'), systemClock);
  expect(folder.finishedRestore).toBe(true);
  expect(await readFile(join(real, 'rows'), 'utf8')).toBe('one');
  await folder.close();
  await place.remove();
});

it('tells of what a killed restore left beside a data folder that has something in it', async () => {
  const place = await temporaryFolder();
  const path = join(place.path, 'data');
  await mkdir(path);
  await writeFile(join(path, 'rows'), 'of now');
  await mkdir(`${path}.restored`);
  await writeFile(join(`${path}.restored`, '.restored'), '');
  await mkdir(join(`${path}.restoring`, '.lock'), { recursive: true });
  const folder = await openDataFolder(path, systemClock);
  expect([folder.finishedRestore, folder.left]).toEqual([false, [`${path}.restoring`, `${path}.restored`]]);
  expect(await readFile(join(path, 'rows'), 'utf8')).toBe('of now');
  await folder.close();
  await place.remove();
});
