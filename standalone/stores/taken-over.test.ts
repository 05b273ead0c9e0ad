import { existsSync } from 'node:fs';
import { mkdir, readlink, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { createLogger } from '@tickfolio/lib/telemetry';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { controlOf, takenOverIn } from '../backup/taken-over.js';
import { allDatabases } from './store-names.js';
import { removeTakenOver, takeOver } from './take-over.js';

// On files that are no databases: what is removed at a start is judged by one file of each.

let place: Awaited<ReturnType<typeof temporaryFolder>>;
let lines: string[] = [];
const log = createLogger('standalone', 'warn', (line) => void lines.push((JSON.parse(line) as { msg: string }).msg));
const at = (...names: string[]) => join(place.path, ...names);
const note = (text: string) => writeFile(at(allDatabases, 'taken-over.json'), text);
const makeFormer = async (folder: string) => {
  await mkdir(join(folder, 'data', 'global'), { recursive: true });
  await writeFile(join(folder, 'data', 'global', 'pg_control'), 'as it was copied');
};
beforeEach(async () => {
  lines = [];
  place = await temporaryFolder();
  await mkdir(at(allDatabases));
});
afterEach(() => place.remove());

it.each(['', '[{"name":"auth', '{}', '[{"name":"auth_db"}]'])(
  'starts although what says which databases were copied is empty or cut off, removes nothing, and leaves nothing out of a backup: %j',
  async (text) => {
    await makeFormer(at('auth_db'));
    await note(text);
    expect([...takenOverIn(place.path)]).toEqual([]);
    await removeTakenOver(place.path, { log });
    expect(lines).toEqual([expect.stringMatching(/cannot be read any more, so they are kept.*move them away/)]);
    expect(existsSync(at('auth_db', 'data', 'global', 'pg_control'))).toBe(true);
  },
);

it('keeps the link to a former database whose disk is not there, says so, and removes it once it is', async () => {
  const disk = at('other disk');
  await makeFormer(disk);
  await symlink(disk, at('auth_db'));
  await note(JSON.stringify([{ name: 'auth_db', control: controlOf(disk) }]));
  await rename(disk, at('away'));
  await removeTakenOver(place.path, { log });
  expect(lines).toEqual([expect.stringMatching(/^auth_db, whose contents are in databases, could not be removed/)]);
  expect(await readlink(at('auth_db'))).toBe(disk);
  await rename(at('away'), disk);
  await removeTakenOver(place.path, { log });
  expect([at('auth_db'), join(disk, 'data'), at(allDatabases, 'taken-over.json')].filter(existsSync)).toEqual([]);
});

it.each(['databases.new', 'databases.damaged'])(
  'has former databases in a backup while what was copied of them lies only in %s, which no backup has',
  async (aside) => {
    await makeFormer(at('auth_db'));
    await mkdir(at(aside));
    const copied = [{ name: 'auth_db', control: controlOf(at('auth_db')) }];
    await writeFile(at(aside, 'taken-over.json'), JSON.stringify(copied));
    expect([...takenOverIn(place.path)]).toEqual([]);
  },
);

it('says that accounts which an earlier build made after the old ones were removed are not used', async () => {
  for (const name of [allDatabases, 'auth_db', 'profile_db']) await makeFormer(at(name));
  const former = ['auth_db', 'profile_db'].map((name) => ({ name, migrationsFolder: '' }));
  const deps = { clock: systemClock, log, print: () => undefined, signal: new AbortController().signal };
  expect(await takeOver(deps, place.path, former)).toBe(false);
  expect(lines).toEqual(former.map(({ name }) => expect.stringMatching(`^${name} came .* is not used, and kept`)));
});
