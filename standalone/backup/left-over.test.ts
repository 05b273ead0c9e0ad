import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { StartError } from '@tickfolio/lib/errors';
import { lockFolder } from '@tickfolio/lib/folder-lock';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { restoreBackup } from './restore.js';
import { takeBackup } from './take.js';

const deps = { clock: systemClock, log: silentLogger(), signal: new AbortController().signal };
let place: Awaited<ReturnType<typeof temporaryFolder>>;
let dataFolder = '';
const at = (...names: string[]) => join(place.path, 'backups', ...names);

beforeEach(async () => {
  place = await temporaryFolder();
  dataFolder = join(place.path, 'data');
  await mkdir(join(dataFolder, 'store'), { recursive: true });
  await writeFile(join(dataFolder, 'jwt-secret'), 'secret');
});
afterEach(() => place.remove());

/** None where it is not there, or goes just now. */
const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** A draft of a computer that was turned off, or of another one that goes on. @param changedMs its newest file, ago */
const makeDraft = async (name: string, changedMs: number) => {
  await mkdir(at(name, '.lock'), { recursive: true });
  await mkdir(at(name, 'data'));
  await writeFile(at(name, 'data', 'secret'), 'theirs');
  const day = 24 * 3_600_000;
  for (const [path, agoMs] of [
    ['data/secret', changedMs],
    ['data', day],
    ['.lock', day],
    ['', day],
  ] as const)
    await utimes(at(name, path), new Date(), new Date(Date.now() - agoMs));
};

it('leaves nothing of a backup of last night that was killed, when that of tonight is made', async () => {
  await makeDraft('2026-01-01T03-00-00.unfinished', 13 * 3_600_000);
  await takeBackup(deps, dataFolder, at('2026-01-02T03-00-00'));
  expect(await readdir(at())).toEqual(['2026-01-02T03-00-00']);
});

it('leaves alone what another computer is writing to the same disk, however long ago it began', async () => {
  await makeDraft('other.unfinished', 11 * 3_600_000);
  await takeBackup(deps, dataFolder, at('mine'));
  expect(await readFile(at('other.unfinished', 'data', 'secret'), 'utf8')).toBe('theirs');
  expect(await readdir(at())).toEqual(['mine', 'other.unfinished']);
});

it('leaves alone what another backup is writing, and what is no backup', async () => {
  const running = await lockFolder(at('running.unfinished'));
  await mkdir(at('running.unfinished', 'data'));
  await mkdir(at('mine.unfinished', '.lock'), { recursive: true });
  await writeFile(at('mine.unfinished', 'thesis'), '');
  await mkdir(at('unmarked.unfinished', 'data'), { recursive: true });
  await writeFile(at('file.unfinished'), '');
  await takeBackup(deps, dataFolder, at('1'));
  await running.close();
  expect(await readdir(at())).toEqual([
    '1',
    'file.unfinished',
    'mine.unfinished',
    'running.unfinished',
    'unmarked.unfinished',
  ]);
  expect(await readdir(at('running.unfinished'))).toContain('data');
});

it('restores after a restore that was killed at any moment while it removed what it had copied', async () => {
  const files = 300;
  for (let n = 1; n < files; n++) await writeFile(join(dataFolder, 'store', String(n)), '');
  await takeBackup(deps, dataFolder, at('1'));
  const aside = `${dataFolder}.restoring`;
  // Every file is looked at when it is proved, and again when it is copied.
  let looks = 0;
  const throwIfAborted = () => {
    if (++looks > 2 * files - 10) throw new StartError('Interrupted.');
  };
  const signal = Object.assign(new AbortController().signal, { throwIfAborted });
  const seen = { marked: 0, unmarked: 0 };
  let isOver = false;
  const watching = (async () => {
    for (; !isOver; await new Promise((resolve) => setImmediate(resolve))) {
      // The mark is looked for last: it may go while the folder is read.
      const names = namesIn(aside);
      if (!names.includes('store')) continue;
      if (names.includes('.lock')) seen.marked++;
      else seen.unmarked++;
    }
  })();
  await expect(restoreBackup({ ...deps, signal }, { backup: at('1'), dataFolder })).rejects.toThrow('Interrupted.');
  isOver = true;
  await watching;
  expect(seen).toEqual({ marked: expect.any(Number), unmarked: 0 });
  expect(seen.marked).toBeGreaterThan(0);
  expect(existsSync(aside)).toBe(false);
  // The last moment of all: its mark is gone, and the folder is not.
  await mkdir(aside);
  await restoreBackup(deps, { backup: at('1'), dataFolder });
  expect(await readFile(join(dataFolder, 'jwt-secret'), 'utf8')).toBe('secret');
});
