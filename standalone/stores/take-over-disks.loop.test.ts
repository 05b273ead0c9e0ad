import { existsSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { freeBytes } from '@tickfolio/lib/embedded-store';
import { mountSmallDisk } from '@tickfolio/lib/kit/small-disk';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { createLogger, silentLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { takenOverIn } from '../backup/taken-over.js';
import { allContents, former, formerContents, makeFormerDatabases } from '../kit/former-databases.js';
import { allDatabases } from './store-names.js';
import { removeTakenOver, takeOver } from './take-over.js';

const deps = {
  clock: systemClock,
  log: silentLogger(),
  print: () => undefined,
  signal: new AbortController().signal,
};

it('says how much room is needed where the disk becomes full while databases are copied, leaves the old ones whole, and copies them later', async ({
  skip,
}) => {
  const disk = mountSmallDisk({ megabytes: 600, files: 100_000 });
  if (!disk) return skip();
  try {
    await makeFormerDatabases(disk.path, 20);
    const before = await formerContents(disk.path);
    const ballast = join(disk.path, 'ballast.damaged');
    // Somebody else writes once the first one has been copied.
    const log = createLogger('standalone', 'info', (line) => {
      if (line.includes('was copied into the one of all') && !existsSync(ballast))
        writeFileSync(ballast, Buffer.alloc(freeBytes(disk.path)));
    });
    await expect(takeOver({ ...deps, log }, disk.path, former)).rejects.toThrow(
      /^The disk of \S+ is full: \d+ MB are free, 1\d\d MB are needed\. Free some of it and start again; nothing that is stored already is lost\.$/,
    );
    expect([allDatabases, `${allDatabases}.new`].filter((name) => existsSync(join(disk.path, name)))).toEqual([]);
    await rm(ballast);
    expect(await formerContents(disk.path)).toEqual(before);
    expect(await takeOver(deps, disk.path, former)).toBe(true);
    expect(await allContents(disk.path)).toEqual(before);
  } finally {
    disk.close();
  }
});

it('starts although a former database cannot be removed, has it in no backup, and removes it at the first start that can', async ({
  skip,
}) => {
  const place = await temporaryFolder();
  await makeFormerDatabases(place.path, 2);
  const before = await formerContents(place.path);
  await takeOver(deps, place.path, former);
  const inTheWay = join(place.path, 'auth_db', 'data', 'base', 'in use');
  await mkdir(inTheWay);
  const disk = mountSmallDisk({ megabytes: 1, files: 10 }, inTheWay);
  if (!disk) return skip();
  const lines: string[] = [];
  const log = createLogger('standalone', 'warn', (line) => void lines.push((JSON.parse(line) as { msg: string }).msg));
  const left = () =>
    [...former.map(({ name }) => name), 'databases/taken-over.json'].filter((name) =>
      existsSync(join(place.path, name)),
    );
  try {
    for (const _start of ['first', 'second']) {
      await removeTakenOver(place.path, { log });
      expect(lines.splice(0)).toEqual([
        expect.stringMatching(/^auth_db, whose contents are in databases, could not be removed/),
      ]);
      expect(left()).toEqual(['auth_db', 'databases/taken-over.json']);
      expect([...takenOverIn(place.path)]).toEqual(['auth_db', 'profile_db']);
    }
  } finally {
    disk.close();
  }
  await removeTakenOver(place.path, { log });
  expect([left(), lines]).toEqual([[], []]);
  expect(await allContents(place.path)).toEqual(before);
  await place.remove();
});
