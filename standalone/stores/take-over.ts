import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { lstat, readdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@tickfolio/lib/clock';
import { freeBytes, NoRoomError, wasOpened } from '@tickfolio/lib/embedded-store';
import { openPgliteEngine, pgliteNeedsBytes, takeOverDatabase } from '@tickfolio/lib/postgres/pglite';
import type { Logger } from '@tickfolio/lib/telemetry';
import { storeBytes, syncFolder } from '../backup/file-tree.js';
import { realPath } from '../backup/real-path.js';
import { readTakenOver, takenOverName } from '../backup/taken-over.js';
import { allDatabases } from './store-names.js';

// Until 0.1.0 each database of a run had an engine to itself. What those hold is copied into the one engine once, and they are kept until the next start.

/** One that had an engine to itself, in a folder of its name. */
export interface FormerDatabase {
  readonly name: string;
  readonly migrationsFolder: string;
}

export interface TakeOverDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly print: (text: string) => void;
  /** Ends it; the next start begins anew. */
  readonly signal: AbortSignal;
}

const has = (folder: string): boolean => existsSync(join(folder, 'data')) || wasOpened(folder);

/** Changes whenever somebody opens the database. */
const controlOf = (folder: string): string | undefined => {
  const file = join(folder, 'data/global/pg_control');
  return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : undefined;
};

/** Which former databases the next start of a run copies. */
const toTakeOver = <Former extends { readonly name: string }>(dataFolder: string, former: readonly Former[]): Former[] =>
  has(join(dataFolder, allDatabases)) ? [] : former.filter(({ name }) => has(join(dataFolder, name)));

/**
 * Copies former databases into one engine, in a folder made aside that gets its name when everything is in it: a kill at any moment leaves either
 * the former ones alone or all of it.
 * @returns whether there was anything to copy
 * @throws DamagedStoreError, NoRoomError, StartError
 */
export const takeOver = async (deps: TakeOverDeps, dataFolder: string, former: readonly FormerDatabase[]): Promise<boolean> => {
  const { clock, log, print, signal } = deps;
  const found = toTakeOver(dataFolder, former);
  const target = join(dataFolder, allDatabases);
  const draft = `${target}.new`;
  await rm(draft, { recursive: true, force: true });
  if (found.length === 0) return false;
  print(`Copying ${found.map(({ name }) => name).join(' and ')} into one database, once; both are kept until the next start ...`);
  await checkRoom(dataFolder, draft, found);
  const engine = await openPgliteEngine({ folder: draft, clock, log });
  try {
    for (const { name, migrationsFolder } of found) {
      const copied = await takeOverDatabase(engine, { folder: join(dataFolder, name), migrationsFolder, schema: name, clock, log, signal });
      log.info({ database: name, rows: copied.reduce((sum, { rows }) => sum + rows, 0) }, 'the database was copied into the one of all');
    }
  } finally {
    await engine.close();
  }
  const note = found.map(({ name }) => ({ name, control: controlOf(join(dataFolder, name)) ?? '' }));
  await writeFile(join(draft, takenOverName), `${JSON.stringify(note)}\n`, { mode: 0o600 });
  await syncFolder(draft);
  signal.throwIfAborted();
  await rm(target, { recursive: true, force: true }); // Made for its lock, and nothing else.
  await rename(draft, target);
  await syncFolder(dataFolder);
  return true;
};

/** @throws NoRoomError where the disk of the data folder has no room for the copies */
const checkRoom = async (dataFolder: string, draft: string, found: readonly FormerDatabase[]): Promise<void> => {
  let needed = pgliteNeedsBytes(draft);
  for (const { name } of found) needed += await storeBytes(dataFolder, name);
  if (freeBytes(dataFolder) < needed) throw new NoRoomError(dataFolder, needed);
};

/**
 * Removes former databases that were copied in an earlier start. One that was changed since, by an earlier build, is kept, and that is told.
 */
export const removeTakenOver = async (dataFolder: string, { log }: Pick<TakeOverDeps, 'log'>): Promise<void> => {
  const note = readTakenOver(join(dataFolder, allDatabases));
  if (note.length === 0) return;
  let kept = 0;
  for (const { name, control } of note) {
    const folder = join(dataFolder, name);
    const now = controlOf(folder);
    if (now !== undefined && now !== control) {
      kept++;
      log.warn(
        { database: name },
        `an earlier build has changed ${name} since its contents were copied into ${allDatabases}; it is not used, and kept: move it away`,
      );
    } else await remove(folder);
  }
  if (kept === 0) await unlink(join(dataFolder, allDatabases, takenOverName));
};

/** The folder, and what it is a link to. What a kill leaves of it has no control file, and is removed by the next start. */
const remove = async (folder: string): Promise<void> => {
  const isLink = (await lstat(folder).catch(() => undefined))?.isSymbolicLink() ?? false;
  if (!existsSync(folder)) return isLink ? unlink(folder) : undefined;
  const real = realPath(folder);
  const data = join(real, 'data');
  await rm(join(data, 'global'), { recursive: true, force: true });
  if (existsSync(data)) await rm(realPath(data), { recursive: true, force: true });
  for (const name of await readdir(real)) await rm(join(real, name), { recursive: true, force: true });
  await (isLink ? unlink(folder) : rmdir(folder));
};
