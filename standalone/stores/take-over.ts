import { existsSync, statSync } from 'node:fs';
import { lstat, open, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@tickfolio/lib/clock';
import { freeBytes, lacksRoom, NoRoomError, wasOpened } from '@tickfolio/lib/embedded-store';
import { StartError } from '@tickfolio/lib/errors';
import { openPgliteEngine, pgliteNeedsBytes, takeOverDatabase } from '@tickfolio/lib/postgres/pglite';
import type { Logger } from '@tickfolio/lib/telemetry';
import { storeBytes, syncFolder } from '../backup/file-tree.js';
import { realPath } from '../backup/real-path.js';
import { isKept } from '../backup/stores.js';
import { controlOf, readTakenOver, takenOverName } from '../backup/taken-over.js';
import { allDatabases } from './store-names.js';

// Until 0.1.0 each database of a run had an engine to itself. What those hold is copied into the one engine once, and
// they are kept until the next start.

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

/** Which former databases the next start of a run copies. */
const toTakeOver = <Former extends { readonly name: string }>(
  dataFolder: string,
  former: readonly Former[],
): Former[] => (has(join(dataFolder, allDatabases)) ? [] : former.filter(({ name }) => has(join(dataFolder, name))));

/**
 * Copies former databases into one engine, in a folder made aside that gets its name when everything is in it: a kill
 * at any moment leaves either the former ones alone or all of it.
 * @returns whether there was anything to copy
 * @throws DamagedStoreError, NoRoomError, StartError
 */
export const takeOver = async (
  deps: TakeOverDeps,
  dataFolder: string,
  former: readonly FormerDatabase[],
): Promise<boolean> => {
  const { print, signal } = deps;
  const found = toTakeOver(dataFolder, former);
  const target = join(dataFolder, allDatabases);
  const draft = `${target}.new`;
  await rm(draft, { recursive: true, force: true });
  if (has(target)) tellUnused(deps, dataFolder, former);
  else await refuseUnnamed(dataFolder, former);
  if (found.length === 0) return false;
  print(
    `Copying ${found.map(({ name }) => name).join(' and ')} into one database, once; both are kept until the next start ...`,
  );
  const neededBytes = await checkRoom(dataFolder, draft, found);
  try {
    await copy(deps, dataFolder, draft, found);
    signal.throwIfAborted();
  } catch (err) {
    await rm(draft, { recursive: true, force: true }); // Its room is needed, by an earlier build as well.
    throw lacksRoom(err) ? noRoom(err, dataFolder, neededBytes) : err;
  }
  await removeEmptyTarget(target);
  await rename(draft, target);
  await syncFolder(dataFolder);
  return true;
};

/** What came after the copy: an earlier build made it anew, or somebody put it there. */
const tellUnused = ({ log }: TakeOverDeps, dataFolder: string, former: readonly FormerDatabase[]): void => {
  const copied = new Set(readTakenOver(join(dataFolder, allDatabases))?.map(({ name }) => name));
  for (const { name } of former)
    if (!copied.has(name) && has(join(dataFolder, name)))
      log.warn(
        { database: name },
        `${name} came into the data folder after databases were copied into ${allDatabases}; it is not used, and kept: move it away`,
      );
};

/**
 * @throws StartError where the folder has a database that no setting names: once the others are copied it would never
 * be
 */
const refuseUnnamed = async (dataFolder: string, former: readonly FormerDatabase[]): Promise<void> => {
  const names = new Set([allDatabases, ...former.map(({ name }) => name)]);
  const unnamed = (await readdir(dataFolder)).filter(
    (name) => isKept(name) && !names.has(name) && existsSync(join(dataFolder, name, 'data/PG_VERSION')),
  );
  if (unnamed.length > 0)
    throw new StartError(
      `${unnamed.join(' and ')} in ${dataFolder} is a database that neither AUTH_POSTGRES_DB nor PROFILE_POSTGRES_DB names, and databases are ` +
        'copied into one only once. Set the name that it had, or move it out of the folder.',
    );
};

/** Made for its lock, and nothing else. */
const removeEmptyTarget = async (target: string): Promise<void> => {
  await rm(join(target, '.lock'), { recursive: true, force: true });
  await rmdir(target).catch((err: NodeJS.ErrnoException) => {
    if (err.code !== 'ENOENT')
      throw new StartError(`${target} is in the way of the databases: it is not empty, or a link. Move it.`);
  });
};

const copy = async (
  { clock, log, signal }: TakeOverDeps,
  dataFolder: string,
  draft: string,
  found: readonly FormerDatabase[],
) => {
  const engine = await openPgliteEngine({ folder: draft, clock, log });
  try {
    for (const { name, migrationsFolder } of found) {
      const copied = await takeOverDatabase(engine, {
        folder: join(dataFolder, name),
        migrationsFolder,
        schema: name,
        clock,
        log,
        signal,
      });
      log.info(
        { database: name, rows: copied.reduce((sum, { rows }) => sum + rows, 0) },
        'the database was copied into the one of all',
      );
    }
  } finally {
    await engine.close();
  }
  const note = found.map(({ name }) => ({ name, control: controlOf(join(dataFolder, name)) ?? '' }));
  const file = await open(join(draft, takenOverName), 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(note)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(draft);
};

/** @returns the bytes that the copies need @throws NoRoomError where the disk of the data folder has no room for them */
const checkRoom = async (dataFolder: string, draft: string, found: readonly FormerDatabase[]): Promise<number> => {
  let needed = pgliteNeedsBytes(draft);
  for (const { name } of found) needed += await storeBytes(dataFolder, name);
  if (freeBytes(dataFolder) < needed) throw new NoRoomError(dataFolder, needed);
  return needed;
};

/** A full disk in the middle, said of all copies together: whichever file met it would name its own few bytes. */
const noRoom = (err: unknown, dataFolder: string, neededBytes: number): unknown => {
  const disk = (folder: string) => statSync(folder, { throwIfNoEntry: false })?.dev;
  const met = err instanceof NoRoomError ? disk(err.folder) : undefined;
  if (met !== undefined && met !== disk(dataFolder)) return err; // A former database that is a link to another disk.
  // What is free now, without the copies, did not do.
  return new NoRoomError(dataFolder, Math.max(neededBytes, freeBytes(dataFolder) + 1));
};

/**
 * Removes former databases that were copied in an earlier start. One that was changed since, by an earlier build, is
 * kept, and so is what cannot be removed, which is tried again at every start; both are told.
 */
export const removeTakenOver = async (dataFolder: string, { log }: Pick<TakeOverDeps, 'log'>): Promise<void> => {
  const note = readTakenOver(join(dataFolder, allDatabases));
  if (note === undefined) {
    log.warn(
      { file: join(dataFolder, allDatabases, takenOverName) },
      'which former databases were copied cannot be read any more, so they are kept, and are in every backup: move them away, and then that file',
    );
    return;
  }
  if (note.length === 0) return;
  let kept = 0;
  for (const { name, control } of note) {
    const folder = join(dataFolder, name);
    try {
      const now = controlOf(folder);
      if (now === undefined || now === control) {
        await remove(folder);
        continue;
      }
      log.warn(
        { database: name },
        `an earlier build has changed ${name} since its contents were copied into ${allDatabases}; it is not used, and kept: move it away`,
      );
    } catch (err) {
      log.warn({ err, database: name }, `${name}, whose contents are in ${allDatabases}, could not be removed`);
    }
    kept++;
  }
  if (kept === 0) await unlink(join(dataFolder, allDatabases, takenOverName));
};

/**
 * The folder, and what it is a link to. What a kill leaves of it has no control file, and is removed by the next start.
 */
const remove = async (folder: string): Promise<void> => {
  const isLink = (await lstat(folder).catch(() => undefined))?.isSymbolicLink() ?? false;
  if (!existsSync(folder)) {
    if (isLink) throw new StartError(`${folder} is a link to where there is nothing: is that disk mounted?`);
    return;
  }
  const real = realPath(folder);
  const data = join(real, 'data');
  await rm(join(data, 'global'), { recursive: true, force: true });
  if (existsSync(data)) await rm(realPath(data), { recursive: true, force: true });
  for (const name of await readdir(real)) await rm(join(real, name), { recursive: true, force: true });
  await (isLink ? unlink(folder) : rmdir(folder));
};
