import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StartError } from '@tickfolio/lib/errors';
import { syncFolder } from './file-tree.js';
import { realPath } from './real-path.js';

/** Where a data folder is restored, beside it and on its disk. */
export const restoringName = (dataFolder: string): string => `${dataFolder}.restoring`;
/** The same once it is whole: from then on it is to be the data folder, whoever gives it the name. */
const restoredName = (dataFolder: string): string => `${dataFolder}.restored`;

/** @throws StartError where a folder cannot be given another name, as one that a disk is mounted on */
export const checkSwap = async (dataFolder: string): Promise<void> => {
  if (!existsSync(dataFolder)) return;
  const [own, parent] = await Promise.all([stat(dataFolder), stat(dirname(dataFolder))]);
  if (own.dev !== parent.dev)
    throw new StartError(
      `A disk is mounted on the data folder ${dataFolder}, so it cannot be exchanged as a whole. Restore to a folder in it (DATA_DIR), and run with that one.`,
    );
};

/** Whether it has anything that somebody could miss. */
const isEmpty = async (folder: string): Promise<boolean> => (await readdir(folder)).every((name) => name === '.lock');

/**
 * Makes what was restored the data folder, of which this process has the lock. Two names are changed; a kill between them leaves a whole one that
 * `finishSwap` gives its name.
 * @param keptName what the data folder of before is called from now on
 * @returns whether there was one with something in it, which is kept
 */
export const swapIn = async (dataFolder: string, keptName: string): Promise<boolean> => {
  const restored = restoredName(dataFolder);
  // Of a restore that was killed before it took anything's place.
  await rm(restored, { recursive: true, force: true });
  await rename(restoringName(dataFolder), restored);
  const kept = !(await isEmpty(dataFolder));
  // Also one with nothing in it, to be removed where no run that is started meanwhile can have it.
  await rename(dataFolder, keptName);
  await rename(restored, dataFolder).catch((err: unknown) => {
    // A run that was started at this very moment may have given it its name.
    if (existsSync(restored) || !existsSync(dataFolder)) throw err;
  });
  await syncFolder(dirname(dataFolder));
  if (!kept) await rm(keptName, { recursive: true });
  return kept;
};

/**
 * Ends what a killed `swapIn` began, where it had got so far that there is no data folder.
 * @param name may be a link to the data folder, which then leads nowhere
 * @returns whether that was so: the data folder is now the restored one
 */
export const finishSwap = async (name: string): Promise<boolean> => {
  if (existsSync(name)) return false;
  const dataFolder = realPath(name);
  if (!existsSync(restoredName(dataFolder))) return false;
  await rename(restoredName(dataFolder), dataFolder);
  return true;
};
