import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { restoreBackup } from './restore.js';
import { takeBackup } from './take.js';

const deps = { clock: systemClock, log: silentLogger(), signal: new AbortController().signal };

it.each([
  ['discarded', undefined],
  ['restored', 'data.restored is in the way: it is not what a killed restore leaves. Move it. Nothing was changed.'],
])('leaves alone the folder that somebody called data.%s, when a backup is restored', async (ending, refusal) => {
  const place = await temporaryFolder();
  try {
    const dataFolder = join(place.path, 'data');
    const theirs = `${dataFolder}.${ending}`;
    for (const folder of [dataFolder, theirs]) await mkdir(folder);
    await writeFile(join(dataFolder, 'jwt-secret'), 'secret');
    await writeFile(join(theirs, 'jwt-secret'), 'of last year');
    await takeBackup(deps, dataFolder, join(place.path, 'backup'));
    const restored = restoreBackup(deps, { backup: join(place.path, 'backup'), dataFolder });
    if (refusal === undefined) await restored;
    else await expect(restored).rejects.toThrow(refusal);
    expect(await readFile(join(theirs, 'jwt-secret'), 'utf8')).toBe('of last year');
  } finally {
    await place.remove();
  }
});
