import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readFile, readlink, rename, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Clock } from '@tickfolio/lib/clock';
import { secretFault } from '@tickfolio/lib/config';
import { StartError } from '@tickfolio/lib/errors';
import { lockFolder } from '@tickfolio/lib/folder-lock';
import type { Closable } from '@tickfolio/lib/lifecycle';
import { removeEmpty } from '../backup/file-tree.js';
import { realPath } from '../backup/real-path.js';
import { finishSwap, isInTheWay, leftOfRestores, removeMark } from '../backup/swap.js';

export interface DataFolder extends Closable {
  readonly path: string;
  /** A restore that was killed in its last step has been finished: this is the restored folder. */
  readonly finishedRestore: boolean;
  /** Folders beside it that killed restores left, and that nobody uses. */
  readonly left: readonly string[];
  /**
   * A secret of this folder's own, made at the first start and kept in a file that only its owner can read.
   * @throws StartError when somebody made the kept one too short, or it is a link to where there is nothing
   */
  secret(name: string): Promise<string>;
  /** The path of a part of the folder. */
  part(name: string): string;
}

const readIfThere = async (file: string): Promise<string | undefined> => {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return undefined;
    throw err;
  }
};

/**
 * With its parents. Node's own way of making them tries for ever where a file system takes no folders, as /proc does.
 */
const makeFolder = async (folder: string): Promise<void> => {
  const make = () => mkdir(folder, { mode: 0o700 });
  try {
    await make().catch(async (err: NodeJS.ErrnoException) => {
      if (err.code !== 'ENOENT' || dirname(folder) === folder) throw err;
      await makeFolder(dirname(folder));
      await make();
    });
  } catch (err) {
    const isThere = (await stat(folder).catch(() => undefined))?.isDirectory() ?? false;
    if (!isThere) throw err;
  }
};

/**
 * @param what what people call it
 * @throws StartError for a link that leads nowhere: what is made anew there could lie where another disk is to be
 * mounted, or take the place of what is on that
 */
const refuseLost = async (what: string, path: string, advice: string): Promise<void> => {
  const [link, target] = await Promise.all([lstat(path), stat(path)].map((found) => found.catch(() => undefined)));
  if (link?.isSymbolicLink() && target === undefined)
    throw new StartError(
      `${what} ${path} is a link to ${await readlink(path)}, where there is nothing: is that disk mounted? ${advice}`,
    );
};

/** What hangs on a secret. */
const withoutSecret =
  'Bring that file back first, as from a backup. Without it a new one is made: everybody signs in again, and authenticator apps are lost where SEAL_SECRET is not set.';

/**
 * Opens (and at the first start makes) the data folder, for this process alone. @throws StartError when another run has
 * it, or it cannot be made.
 */
export const openDataFolder = async (path: string, clock: Clock): Promise<DataFolder> => {
  const folder = resolve(path);
  const advise = (err: unknown) => {
    throw err instanceof StartError ? new StartError(`${err.message} DATA_DIR sets it.`) : err;
  };
  const finishedRestore = await finishSwap(folder).catch(advise);
  await refuseLost('The data folder', folder, 'DATA_DIR sets it.');
  await makeFolder(folder).catch((err: Error) => {
    throw new StartError(`The data folder cannot be used: ${err.message}. DATA_DIR sets it.`);
  });
  const lock = await lockFolder(folder, { clock }).catch(advise);
  if (await isInTheWay(folder)) {
    // Made between the two steps of a restore, or before a killed one was to be finished.
    await lock.close();
    // The folder itself, where its name is a link: that stays.
    const real = realPath(folder);
    await removeEmpty([join(real, '.lock'), real]);
    return openDataFolder(path, clock);
  }
  await removeMark(folder);
  return {
    path: folder,
    finishedRestore,
    left: leftOfRestores(folder),
    part: (name) => join(folder, name),
    secret: async (name) => {
      const file = join(folder, name);
      await refuseLost('The secret', file, withoutSecret);
      const kept = await readIfThere(file);
      const fault = kept === undefined ? undefined : secretFault(kept, 'production');
      if (fault) throw new StartError(`The secret in ${file} ${fault}. ${withoutSecret}`);
      if (kept !== undefined) return kept;
      const made = randomBytes(48).toString('base64url');
      const fresh = await open(`${file}.new`, 'w', 0o600);
      await fresh.writeFile(`${made}\n`);
      await fresh.sync();
      await fresh.close();
      await rename(`${file}.new`, file); // A kill in between leaves no half-written secret.
      return made;
    },
    close: () => lock.close(),
  };
};
