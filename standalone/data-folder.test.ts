import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { expect, it } from 'vitest';
import { openDataFolder } from './data-folder.js';
import { temporaryFolder } from './test-all-in-one.js';

it('keeps a secret, and refuses a kept one that somebody made too short', async () => {
  const place = await temporaryFolder();
  const folder = await openDataFolder(place.path, systemClock);
  const made = await folder.secret('jwt-secret');
  expect(made.length).toBeGreaterThanOrEqual(64);
  expect(await folder.secret('jwt-secret')).toBe(made);
  const file = join(place.path, 'jwt-secret');
  await writeFile(file, 'junk\n');
  await expect(folder.secret('jwt-secret')).rejects.toThrow(`The secret in ${file} must be at least 32 characters long.`);
  expect(await readFile(file, 'utf8')).toBe('junk\n');
  await folder.close();
  await place.remove();
});
