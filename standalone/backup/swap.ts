import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, sleep } from '@tickfolio/lib/clock';
import { StartError } from '@tickfolio/lib/errors';
import { syncFolder } from './file-tree.js';
import { realPath } from './real-path.js';

/** Where a data folder is restored, beside it and on its disk. */
export const restoringName = (dataFolder: string): string => `${dataFolder}.restoring`;
/** The same once it is whole: from then on it is to be the data folder, whoever gives it the name. */
const restoredName = (dataFolder: string): string => `${dataFolder}.restored`;
/** In that one, as long as it is not the data folder: anybody may call a folder of theirs so. */
const markOf = (folder: string): string => join(folder, '.restored');
/** Of a data folder: it is nobody's to remove from now on, whatever it is called later. */
export const removeMark = (dataFolder: string): Promise<void> => rm(markOf(dataFolder), { force: true });

/** @throws StartError where a folder cannot be given another name, as one that a disk is mounted on */
export const checkSwap = async (dataFolder: string): Promise<void> => {
  if (!existsSync(dataFolder)) return;
  const [own, parent] = await Promise.all([stat(dataFolder), stat(dirname(dataFolder))]);
  if (own.dev !== parent.dev)
    throw new StartError(
      `A disk is mounted on the data folder ${dataFolder}, so it cannot be exchanged as a whole. Restore to a folder in it (DATA_DIR), and run with that one.`,
    );
};

/** A run that made a folder of its own between the two names gives it up in far less. */
const yieldMs = 5_000;
const lookMs = 20;

/** Whether it has anything that somebody could miss. */
const isEmpty = async (folder: string): Promise<boolean> => (await readdir(folder)).every((name) => name === '.lock');

/**
 * Makes what was restored the data folder, of which this process has the lock. Two names are changed; a kill between
 * them leaves a whole one that `finishSwap` gives its name.
 * @param keptName what the data folder of before is called from now on
 * @returns whether there was one with something in it, which is kept
 */
export const swapIn = async (clock: Clock, dataFolder: string, keptName: string): Promise<boolean> => {
  const restored = restoredName(dataFolder);
  const kept = !(await isEmpty(dataFolder));
  await writeFile(markOf(restoringName(dataFolder)), '');
  await rename(restoringName(dataFolder), restored);
  try {
    // Also one with nothing in it, to be removed where no run that is started meanwhile can have it.
    await rename(dataFolder, keptName);
    await giveName(clock, restored, dataFolder);
  } catch (err) {
    if (!(err instanceof NameTakenError)) await takeBack(dataFolder, keptName, err);
    throw err;
  }
  await removeMark(dataFolder);
  await syncFolder(dirname(dataFolder));
  if (!kept) await rm(keptName, { recursive: true });
  return kept;
};

/** @throws StartError where somebody else's folder has the name */
export const checkRestored = (dataFolder: string): void => {
  const restored = restoredName(dataFolder);
  if (existsSync(restored) && !existsSync(markOf(restored)))
    throw new StartError(
      `${restored} is in the way: it is not what a killed restore leaves. Move it. Nothing was changed.`,
    );
};

/**
 * Puts what a restore left that was killed before it took anything's place into the folder of the next one, which is
 * locked and about to be emptied: half of it under its own name would pass for a whole one. @throws as `checkRestored`
 */
export const discardRestored = async (dataFolder: string): Promise<void> => {
  checkRestored(dataFolder);
  const restored = restoredName(dataFolder);
  if (existsSync(restored)) await rename(restored, join(restoringName(dataFolder), 'former'));
};

/**
 * Gives both folders the names that they had before an exchange that failed. @throws StartError where that fails as
 * well
 */
const takeBack = async (dataFolder: string, keptName: string, cause: unknown): Promise<void> => {
  const restored = restoredName(dataFolder);
  try {
    if (existsSync(keptName)) await rename(keptName, dataFolder);
    if (existsSync(restored)) await rename(restored, restoringName(dataFolder));
  } catch (err) {
    const places = [keptName, restored].filter((name) => existsSync(name)).join(' and ');
    throw new StartError(
      `The exchange of the data folder failed (${cause}), and so did taking it back (${err}). Nothing is lost: see ${places}, and give the one that you want the name ${dataFolder}.`,
    );
  }
};

/** Somebody else has the data folder's name, who did not give it up. */
class NameTakenError extends StartError {}

/**
 * Changes the second name. A run that is started at this very moment may do it as well, or have a folder there that it
 * gives up.
 */
const giveName = async (clock: Clock, restored: string, dataFolder: string): Promise<void> => {
  for (const giveUpMs = clock.monotonic() + yieldMs; ; await sleep(clock, lookMs)) {
    try {
      await rename(restored, dataFolder);
      return;
    } catch (err) {
      if (!existsSync(restored) && existsSync(dataFolder)) return;
      const isTaken = err instanceof Error && 'code' in err && (err.code === 'ENOTEMPTY' || err.code === 'EEXIST');
      if (!isTaken) throw err;
      if (clock.monotonic() > giveUpMs)
        throw new NameTakenError(
          `Something else made ${dataFolder} in the moment of the exchange. What was restored is whole, in ${restored}: move that folder away, and give this one its name.`,
        );
    }
  }
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
  await removeMark(dataFolder);
  return true;
};

/** What killed restores left beside a data folder that somebody uses: nobody has it, and the next restore removes it. */
export const leftOfRestores = (dataFolder: string): string[] => {
  const real = realPath(dataFolder);
  const restored = restoredName(real);
  return [
    ...(existsSync(restoringName(real)) ? [restoringName(real)] : []),
    ...(existsSync(markOf(restored)) ? [restored] : []),
  ];
};

/** Whether a new folder, which this process has locked, stands where a restore has one to put. */
export const isInTheWay = async (dataFolder: string): Promise<boolean> =>
  existsSync(restoredName(realPath(dataFolder))) && (await isEmpty(dataFolder));
