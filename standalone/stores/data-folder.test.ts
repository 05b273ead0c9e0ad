import { readFile, stat, writeFile } from 'node:fs/promises';
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
