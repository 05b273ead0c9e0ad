import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { restoreBackup } from './restore.js';
import { swapIn } from './swap.js';
import { takeBackup } from './take.js';

const deps = { clock: systemClock, log: silentLogger(), signal: new AbortController().signal };
let place: Awaited<ReturnType<typeof temporaryFolder>>;
let dataFolder = '';
const kept = () => `${dataFolder}.before-1`;
const rowsIn = (folder: string) => readFile(join(folder, 'rows'), 'utf8');
const names = async () => (await readdir(place.path)).sort();
/** The exchange asks for the time between its two names. */
const clockThat = (strikes: () => void) => ({
  ...systemClock,
  monotonic: () => {
    if (!existsSync(dataFolder) && existsSync(`${dataFolder}.restored`)) strikes();
    return systemClock.monotonic();
  },
});

beforeEach(async () => {
  place = await temporaryFolder();
  dataFolder = join(place.path, 'data');
  for (const [folder, rows] of [
    [dataFolder, 'of now'],
    [`${dataFolder}.restoring`, 'of the backup'],
  ] as const) {
    await mkdir(folder);
    await writeFile(join(folder, 'rows'), rows);
  }
});
afterEach(() => place.remove());

it('changes nothing where the data folder of before cannot be given its other name', async () => {
  await expect(swapIn(systemClock, dataFolder, join(place.path, 'nowhere', 'kept'))).rejects.toThrow('ENOENT');
  expect([await rowsIn(dataFolder), await names()]).toEqual(['of now', ['data', 'data.restoring']]);
});

it('leaves the data folder of before where what was restored cannot be given its name', async () => {
  const lose = () => renameSync(`${dataFolder}.restored`, join(place.path, 'lost'));
  await expect(swapIn(clockThat(lose), dataFolder, kept())).rejects.toThrow('ENOENT');
  expect([await rowsIn(dataFolder), await names()]).toEqual(['of now', ['data', 'lost']]);
});

it('says where everything is where the data folder of before cannot be given its name again either', async () => {
  const block = () => writeFileSync(dataFolder, '');
  await expect(swapIn(clockThat(block), dataFolder, kept())).rejects.toThrow(
    `Nothing is lost: see ${kept()} and ${dataFolder}.restored, and give the one that you want the name ${dataFolder}.`,
  );
  expect([await rowsIn(kept()), await rowsIn(`${dataFolder}.restored`)]).toEqual(['of now', 'of the backup']);
});

it('has no half of a folder under the name of a restored one, where it is killed while it removes one of before', async () => {
  const former = `${dataFolder}.restored`;
  await rm(`${dataFolder}.restoring`, { recursive: true });
  const backup = join(place.path, 'backup');
  await takeBackup(deps, dataFolder, backup);
  await mkdir(former);
  for (let n = 0; n < 300; n++) await writeFile(join(former, String(n)), '');
  await writeFile(join(former, '.restored'), '');
  const namesIn = () => {
    try {
      return `${readdirSync(former).length} names`;
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code !== 'ENOENT') throw err;
      return 'none'; // Not there in this moment.
    }
  };
  const seen = new Set<string>();
  let isOver = false;
  const watching = (async () => {
    for (; !isOver; await new Promise((resolve) => setImmediate(resolve))) seen.add(namesIn());
  })();
  await restoreBackup(deps, { backup, dataFolder });
  isOver = true;
  await watching;
  // All of before, or all of what is restored: its rows, its mark and its lock.
  expect([...seen].filter((count) => !['none', '301 names', '3 names'].includes(count))).toEqual([]);
  expect(await readdir(dataFolder)).toEqual(['.lock', 'rows']);
  expect(await names()).toEqual(['backup', 'data', expect.stringMatching('data.before-')]);
});
