import { existsSync, readdirSync } from 'node:fs';
import { access, constants, mkdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { migrationsFolder as authMigrations, endRestoredSessions, holdsAccounts } from '@tickfolio/auth/app';
import { DamagedStoreError, freeBytes, freeInWords, neededInWords } from '@tickfolio/lib/embedded-store';
import { StartError } from '@tickfolio/lib/errors';
import { type FolderLock, lockFolder } from '@tickfolio/lib/folder-lock';
import { openPgliteEngine } from '@tickfolio/lib/postgres/pglite';
import { beginEpoch as beginOrders, holdsOrders, migrationsFolder as orderMigrations } from '@tickfolio/orders/app';
import { beginEpoch, holdsPortfolios, migrationsFolder as portfolioMigrations } from '@tickfolio/portfolio/app';
import { copyTree, type Digest, emptyLocked, readThrough, removeEmpty } from './file-tree.js';
import { filesName, type Manifest, readManifest } from './manifest.js';
import { realPath } from './real-path.js';
import { databasesOf, type ExaminedStore, examineStores } from './stores.js';
import { checkRestored, checkSwap, discardRestored, finishSwap, restoringName, swapIn } from './swap.js';
import type { BackupDeps } from './take.js';

export interface RestoreOptions {
  readonly backup: string;
  readonly dataFolder: string;
}

export interface RestoredFolder {
  readonly manifest: Manifest;
  readonly dataFolder: string;
  /** Where the data folder of before is kept; undefined where there was none, or nothing in it. */
  readonly kept: string | undefined;
  readonly stores: readonly ExaminedStore[];
  /** Names of the databases with accounts, of which all sessions were ended. */
  readonly accountStores: readonly string[];
  readonly endedSessions: number;
}

/**
 * Makes a backup the data folder: looks whether it can be put there, proves every file of it, copies it aside, opens
 * the copies, ends all sessions in them, and only then exchanges the data folder, which is kept under another name.
 * Until then nothing is changed; a kill at any moment loses nothing.
 * @throws StartError saying why nothing was restored; at once where a run has the folder
 */
export const restoreBackup = async (deps: BackupDeps, options: RestoreOptions): Promise<RestoredFolder> => {
  const backup = resolve(options.backup);
  const manifest = await readManifest(backup);
  // The folder itself, where its name is a link.
  const dataFolder = realPath(options.dataFolder);
  // To prove a backup takes its time, in which nobody is to start a run, and a run that is there is told first.
  const early = existsSync(dataFolder) ? await lockFolder(dataFolder, deps) : undefined;
  try {
    await checkSwap(dataFolder);
    checkAside(restoringName(dataFolder));
    // Where there is no data folder, it is the one.
    if (early) checkRestored(dataFolder);
    await checkPlace(dirname(dataFolder), manifest);
    await prove(backup, manifest, deps.signal);
  } catch (err) {
    await early?.close();
    throw err;
  }
  return put(deps, { backup, dataFolder, manifest }, early);
};

interface ProvenBackup extends RestoreOptions {
  readonly manifest: Manifest;
}

/** @param early the lock of the data folder, where there is one */
const put = async (
  deps: BackupDeps,
  { backup, dataFolder, manifest }: ProvenBackup,
  early: FolderLock | undefined,
): Promise<RestoredFolder> => {
  const { clock, signal } = deps;
  const parents = await makeParents(dirname(dataFolder));
  let existed = early !== undefined;
  let lock = early;
  const aside = restoringName(dataFolder);
  try {
    if (!lock) {
      await finishSwap(dataFolder);
      existed = existsSync(dataFolder);
      lock = await lockFolder(dataFolder, deps);
    }
    const asideLock = await openAside(dataFolder, deps);
    try {
      await copyFiles(backup, manifest, aside, signal);
      const stores = await examine(aside, backup, deps);
      // Whatever they are called: the run that was backed up may have named them otherwise than this one does.
      let endedSessions = 0;
      for (const store of stores) endedSessions += await makeOlder(join(aside, store.name), store, deps);
      signal.throwIfAborted();
      const keptName = freeName(
        `${dataFolder}.before-${new Date(clock.now()).toISOString().slice(0, 19).replaceAll(':', '-')}`,
      );
      const kept = await swapIn(clock, dataFolder, keptName);
      return {
        manifest,
        dataFolder,
        kept: kept ? keptName : undefined,
        stores,
        accountStores: stores.flatMap(accountDatabases).map(({ name }) => name),
        endedSessions,
      };
    } finally {
      // In this order: once it is let go another restore may have one of this name.
      await emptyLocked(aside);
      await asideLock.close();
      await removeEmpty([join(aside, '.lock'), aside]);
    }
  } catch (err) {
    await lock?.close();
    // Made for its lock, which a run that was started just now may have by now.
    if (!existed) await removeEmpty([join(dataFolder, '.lock'), dataFolder]);
    await parents.remove();
    throw err;
  } finally {
    await lock?.close();
  }
};

/** Makes a folder with its parents. */
const makeParents = async (folder: string) => {
  const first = await mkdir(folder, { recursive: true });
  return {
    /** Removes those that were made, but for what somebody has put there since. */
    remove: async (): Promise<void> => {
      if (first === undefined) return;
      const made: string[] = [];
      for (let at = folder; at.startsWith(first); at = dirname(at)) made.push(at);
      await removeEmpty(made);
    },
  };
};

const maxNamed = 3;

/** @throws StartError naming the files of the backup that are not what they were when it was taken */
const prove = async (backup: string, { files }: Manifest, signal: AbortSignal): Promise<void> => {
  const faults: string[] = [];
  for (const { path, ...expected } of files) {
    signal.throwIfAborted();
    const file = join(backup, filesName, path);
    const fault = await readThrough(file).then(
      (read) => difference(expected, read),
      (err: NodeJS.ErrnoException) => (err.code === 'ENOENT' ? 'is missing' : `cannot be read (${err.message})`),
    );
    if (fault !== undefined) faults.push(`  ${file} ${fault}`);
  }
  if (faults.length === 0) return;
  const more = faults.length > maxNamed ? [`  and ${faults.length - maxNamed} more`] : [];
  throw new StartError(
    ['The backup is damaged, so nothing was restored:', ...faults.slice(0, maxNamed), ...more].join('\n'),
  );
};

const difference = (expected: Digest, read: Digest): string | undefined => {
  if (read.bytes !== expected.bytes) return `has ${read.bytes} bytes instead of ${expected.bytes}`;
  return read.sha256 === expected.sha256 ? undefined : 'has another content than when the backup was taken';
};

/** @throws StartError where the folder could not be written, or the disk that it is on (or will be) has no room */
const checkPlace = async (folder: string, { files }: Manifest): Promise<void> => {
  let there = folder;
  while (!existsSync(there)) there = dirname(there);
  await access(there, constants.W_OK).catch((err: Error) => {
    throw new StartError(`Nothing can be written to ${there}: ${err.message}. Nothing was changed.`);
  });
  const needed = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const free = freeBytes(there);
  if (free < needed)
    throw new StartError(
      `The backup needs ${neededInWords(needed)}, and the disk of ${there} has ${freeInWords(free)} free. Nothing was changed.`,
    );
};

/** @throws StartError */
const checkAside = (aside: string): void => {
  // Its lock is made first and goes last, just before the folder.
  if (existsSync(aside) && !existsSync(join(aside, '.lock')) && readdirSync(aside).length > 0)
    throw new StartError(
      `${aside} is in the way: it is not what a killed restore leaves. Move it. Nothing was changed.`,
    );
};

/** A new folder of this process alone; what a killed restore left of it is removed. */
const openAside = async (dataFolder: string, { clock }: BackupDeps) => {
  const aside = restoringName(dataFolder);
  checkAside(aside);
  const lock = await lockFolder(aside, { clock });
  try {
    await emptyLocked(aside);
    await discardRestored(dataFolder);
    await emptyLocked(aside);
    return lock;
  } catch (err) {
    await lock.close();
    throw err;
  }
};

const copyFiles = async (
  backup: string,
  { folders, files, links }: Manifest,
  aside: string,
  signal: AbortSignal,
): Promise<void> => {
  const expected = new Map(files.map((file) => [file.path, file]));
  await copyTree({
    tree: { folders, files: files.map(({ path }) => path), links },
    sourceOf: (path) => join(backup, filesName, path),
    target: aside,
    signal,
    check: (path, digest) => {
      const fault = difference(expected.get(path) as Digest, digest);
      if (fault !== undefined)
        throw new StartError(
          `${join(backup, filesName, path)} ${fault}: it was changed just now. Nothing was restored.`,
        );
    },
  });
};

const examine = async (aside: string, backup: string, deps: BackupDeps): Promise<ExaminedStore[]> => {
  try {
    return await examineStores(aside, deps);
  } catch (err) {
    if (!(err instanceof DamagedStoreError)) throw err;
    throw new StartError(
      `The store ${basename(err.folder)} of the backup ${backup} cannot be opened: ${err.why}. Nothing was restored.`,
    );
  }
};

/** Of a store, those with accounts in them. */
const accountDatabases = (store: ExaminedStore) => databasesOf(store).filter(({ tables }) => holdsAccounts(tables));

/** Has the databases of a copy know that they are not the newest of themselves. @returns how many sessions that ended */
const makeOlder = async (folder: string, store: ExaminedStore, { clock, log }: BackupDeps): Promise<number> => {
  const accounts = accountDatabases(store);
  const portfolios = databasesOf(store).filter(({ tables }) => holdsPortfolios(tables));
  const orders = databasesOf(store).filter(({ tables }) => holdsOrders(tables));
  if (accounts.length + portfolios.length + orders.length === 0) return 0;
  const engine = await openPgliteEngine({ folder, clock, log });
  let ended = 0;
  try {
    for (const { schema } of accounts)
      ended += await endRestoredSessions((await engine.database({ schema, migrationsFolder: authMigrations })).db);
    for (const { schema } of portfolios)
      await beginEpoch((await engine.database({ schema, migrationsFolder: portfolioMigrations })).db);
    for (const { schema } of orders)
      await beginOrders((await engine.database({ schema, migrationsFolder: orderMigrations })).db);
    return ended;
  } finally {
    await engine.close();
  }
};

const freeName = (name: string): string => {
  if (!existsSync(name)) return name;
  let number = 2;
  while (existsSync(`${name}-${number}`)) number++;
  return `${name}-${number}`;
};
