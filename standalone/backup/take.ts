import { existsSync } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '@tickfolio/lib/clock';
import { DamagedStoreError, freeBytes, freeInWords, neededInWords } from '@tickfolio/lib/embedded-store';
import { StartError } from '@tickfolio/lib/errors';
import { type Logger, productVersion } from '@tickfolio/lib/telemetry';
import { makeFolder, openDraft, removeLeftDrafts } from './draft.js';
import { copyTree, digestFiles, readTree } from './file-tree.js';
import { filesName, manifestName, manifestText, readManifest, storeOf } from './manifest.js';
import { isWithin, realPath } from './real-path.js';
import { type BackupSource, openBackupSource } from './source.js';
import { type ExaminedStore, examineStores, isKept } from './stores.js';

export interface BackupDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends it; nothing is left behind. */
  readonly signal: AbortSignal;
}

export interface TakenBackup {
  readonly folder: string;
  readonly bytes: number;
  readonly files: number;
  readonly stores: readonly ExaminedStore[];
  readonly source: Pick<BackupSource, 'heldMs' | 'elsewhere' | 'setAside' | 'followed'>;
}

/**
 * Copies all stores of a data folder as they are at one moment, whether or not a run uses it; opens the copies to prove
 * that they are whole; and gives the backup its name only then, so that a kill at any moment leaves none that is not
 * whole.
 * @param target must not be there yet
 * @throws StartError saying why there is no backup
 */
export const takeBackup = async (deps: BackupDeps, dataFolder: string, target: string): Promise<TakenBackup> => {
  const { clock, signal } = deps;
  if (!existsSync(dataFolder)) throw new StartError(`There is no data folder at ${dataFolder}. DATA_DIR sets it.`);
  if (existsSync(target))
    throw new StartError(
      `${target} is there already, and a backup never takes the place of another one. BACKUP names another place.`,
    );
  refuseInside([dataFolder], target);
  await makeFolder(dirname(target));
  const draft = await openDraft(target, clock);
  try {
    await removeLeftDrafts(draft.folder, deps);
    const source = await openBackupSource(dataFolder, draft.folder, clock);
    try {
      refuseInside(
        source.followed.map(({ to }) => to),
        target,
      );
      await copyStores(source, draft.folder, signal);
    } finally {
      await source.close();
    }
    const stores = await examine(deps, join(draft.folder, filesName), dataFolder);
    const { files, bytes } = await describe(draft.folder, { dataFolder, takenAtMs: source.takenAtMs, stores }, signal);
    signal.throwIfAborted();
    await draft.finish();
    return { folder: target, bytes, files, stores, source };
  } catch (err) {
    await draft.discard();
    throw err;
  }
};

/** @throws StartError where a backup would be a part of itself */
const refuseInside = (folders: readonly string[], target: string): void => {
  if (folders.some((folder) => isWithin(realPath(folder), realPath(target))))
    throw new StartError(`A backup cannot lie in the folder that it is of. BACKUP names another place.`);
};

const copyStores = async (source: BackupSource, draft: string, signal: AbortSignal): Promise<void> => {
  const { tree, sourceOf } = source;
  if (tree.files.length === 0) throw new StartError('The data folder is empty: there is nothing to back up.');
  await checkRoom(tree, sourceOf, draft);
  const target = join(draft, filesName);
  await mkdir(target, { mode: 0o700 });
  try {
    await copyTree({ tree, sourceOf, target, signal });
  } catch (err) {
    source.stillThere(); // Says more than that a file is gone.
    throw err;
  }
  source.stillThere();
};

/** @throws StartError where the disk of the backup has no room for it */
const checkRoom = async (
  tree: BackupSource['tree'],
  sourceOf: (path: string) => string,
  draft: string,
): Promise<void> => {
  let needed = 0;
  for (const path of tree.files) needed += (await stat(sourceOf(path))).size;
  const free = freeBytes(draft);
  if (free < needed)
    throw new StartError(
      `The backup needs ${neededInWords(needed)}, and the disk of ${dirname(draft)} has ${freeInWords(free)} free.`,
    );
};

/** @throws StartError naming the store of the data folder that is damaged */
const examine = async (deps: BackupDeps, copy: string, dataFolder: string): Promise<ExaminedStore[]> => {
  try {
    return await examineStores(copy, deps);
  } catch (err) {
    if (!(err instanceof DamagedStoreError)) throw err;
    throw new StartError(
      `${join(dataFolder, basename(err.folder))} is damaged: ${err.why}. Nothing was backed up, and earlier backups are as they were.`,
    );
  }
};

interface DraftFacts {
  readonly dataFolder: string;
  readonly takenAtMs: number;
  readonly stores: readonly ExaminedStore[];
}

/** Writes the manifest of a draft. */
const describe = async (draft: string, { dataFolder, takenAtMs, stores }: DraftFacts, signal: AbortSignal) => {
  const root = join(draft, filesName);
  // Left by who opened them, and of no use to anybody.
  for (const { name, kind } of stores)
    if (kind !== 'files') await rm(join(root, name, '.lock'), { recursive: true, force: true });
  const { folders, files, links } = await readTree(root, isKept);
  const digests = await digestFiles(root, files, signal);
  const bytesOf = (name: string) =>
    digests.reduce((sum, { path, bytes }) => (storeOf(path) === name ? sum + bytes : sum), 0);
  const text = manifestText({
    version: productVersion,
    takenAt: new Date(takenAtMs).toISOString(),
    dataFolder,
    stores: stores.map((store) => ({ ...store, bytes: bytesOf(store.name) })),
    folders: [...folders],
    files: digests,
    links: [...links],
  });
  const handle = await open(join(draft, manifestName), 'wx', 0o600);
  await handle.writeFile(text);
  await handle.sync();
  await handle.close();
  await readManifest(draft); // Whatever a restore would refuse is refused now.
  return { files: digests.length, bytes: digests.reduce((sum, { bytes }) => sum + bytes, 0) };
};
