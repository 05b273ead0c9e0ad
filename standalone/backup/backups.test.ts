import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@tickfolio/lib/clock';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBackups } from './backups.js';
import { manifestName } from './manifest.js';
import { takeBackup } from './take.js';

const before = process.cwd();
let place = '';
let dataFolder = '';
const backup = (name: string) => join(place, 'backups', name);
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'tickfolio-backups-'));
  dataFolder = join(place, 'data');
  await mkdir(dataFolder);
  await writeFile(join(dataFolder, 'jwt-secret'), 'secret');
  process.chdir(place);
});
afterEach(async () => {
  process.chdir(before);
  await rm(place, { recursive: true });
});
const take = (name: string, at: string) => {
  const clock = createManualClock(Date.parse(at));
  return takeBackup({ clock, log: silentLogger(), signal: new AbortController().signal }, dataFolder, backup(name));
};
const change = async (name: string, facts: object) => {
  const file = join(backup(name), manifestName);
  await writeFile(file, JSON.stringify({ ...(JSON.parse(await readFile(file, 'utf8')) as object), ...facts }));
};

describe('what is advised to restore', () => {
  it('is the newest good backup, whatever damaged ones, strange folders and newer builds lie beside it', async () => {
    await take('old', '2026-01-01T00:00:00.500Z');
    await take('good', '2026-01-02T00:00:00Z');
    for (const name of ['newer build', 'other folder', 'cut', 'null', 'a list', 'empty'])
      await cp(backup('good'), backup(name), { recursive: true });
    await change('newer build', { format: 99, takenAt: '2026-02-01T00:00:00Z' });
    await change('other folder', { dataFolder: '/elsewhere', takenAt: '2026-02-01T00:00:00Z' });
    await writeFile(join(backup('cut'), manifestName), '{"format": 1, "takenAt": "2026-02-01');
    await writeFile(join(backup('null'), manifestName), 'null');
    await writeFile(join(backup('a list'), manifestName), '[]');
    await writeFile(join(backup('empty'), manifestName), '');
    await mkdir(join(backup('a folder'), manifestName), { recursive: true });
    await writeFile(backup('a file'), '');
    await symlink('nowhere', backup('a link'));
    expect(findBackups(dataFolder)).toEqual({ folder: join(place, 'backups'), newest: backup('good') });
  });

  it('is the newest by its moment, however that is written', async () => {
    await take('first', '2026-01-01T00:00:00.000Z');
    await take('second', '2026-01-01T00:00:00.500Z');
    await change('first', { takenAt: '2026-01-01T00:00:00Z' });
    expect(findBackups(dataFolder).newest).toBe(backup('second'));
  });

  it('is found by either name of the data folder, also while there is none', async () => {
    await take('one', '2026-01-01T00:00:00Z');
    const link = join(place, 'link');
    await symlink(dataFolder, link);
    expect(findBackups(link).newest).toBe(backup('one'));
    await rename(dataFolder, `${dataFolder} away`);
    expect(existsSync(link)).toBe(false);
    expect(findBackups(link).newest).toBe(backup('one'));
  });

  it('is none where there are none', () => {
    expect(findBackups(dataFolder)).toEqual({ folder: join(place, 'backups'), newest: undefined });
  });
});
