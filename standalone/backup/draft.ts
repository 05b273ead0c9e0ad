import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '@tickfolio/lib/clock';
import { StartError } from '@tickfolio/lib/errors';
import { type FolderLock, lockFolder } from '@tickfolio/lib/folder-lock';
import type { Logger } from '@tickfolio/lib/telemetry';
import { removeEmpty, syncFolder } from './file-tree.js';
import { filesName, manifestName } from './manifest.js';

/** What a backup is called until it is whole. */
const ending = '.unfinished';
const ours = new Set(['.lock', filesName, manifestName]);

const hasOnlyOurs = async (folder: string): Promise<boolean> => (await readdir(folder)).every((name) => ours.has(name));

export const makeFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((err: Error) => {
    throw new StartError(`No backup can be written to ${folder}: ${err.message}.`);
  });
};

const empty = async (draft: string): Promise<void> => {
  for (const name of [manifestName, filesName]) await rm(join(draft, name), { recursive: true, force: true });
};
/** Its lock goes last: what a kill leaves of it is known by that. */
const discard = async (draft: string, lock: FolderLock): Promise<void> => {
  await empty(draft);
  await lock.close();
  await removeEmpty([join(draft, '.lock'), draft]);
};

/**
 * A folder of this process alone beside the backup, which gets the backup's name when it is whole. What a killed backup
 * left of it is removed.
 * @throws StartError
 */
export const openDraft = async (target: string, clock: Clock) => {
  const folder = `${target}${ending}`;
  if (existsSync(folder) && !(await hasOnlyOurs(folder)))
    throw new StartError(
      `${folder} is in the way: it is not what an unfinished backup leaves. Move it, or name another place with BACKUP.`,
    );
  await makeFolder(folder);
  const lock = await lockFolder(folder, { clock });
  await empty(folder);
  return {
    folder,
    finish: async () => {
      // Let go last: a backup that begins meanwhile would empty it.
      await rename(folder, target);
      await lock.close();
      await rm(join(target, '.lock'), { recursive: true });
      await syncFolder(dirname(target));
    },
    discard: () => discard(folder, lock),
  };
};

/** On a disk that several computers share no lock tells whether another one writes. None writes nothing for so long. */
const leftAfterMs = 12 * 3_600_000;

/** When anything in a folder was last changed, by the time of its disk. */
const changedMs = async (folder: string): Promise<number> => {
  let newest = 0;
  for (const name of ['.', ...(await readdir(folder, { recursive: true }))])
    newest = Math.max(newest, (await lstat(join(folder, name))).mtimeMs);
  return newest;
};

/**
 * Removes what killed backups of other names left beside a draft, as one does that is killed every night; neither what
 * a running one has, on whatever computer, nor what is nobody's. What cannot be removed is told.
 * @param own a draft that was locked just now: that is the time of its disk
 */
export const removeLeftDrafts = async (
  own: string,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<void> => {
  const folder = dirname(own);
  const { mtimeMs: nowMs } = await lstat(join(own, '.lock'));
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const draft = join(folder, entry.name);
    if (draft === own || !entry.isDirectory() || !entry.name.endsWith(ending)) continue;
    try {
      // A draft has its lock before it has anything else.
      if (!existsSync(join(draft, '.lock')) || !(await hasOnlyOurs(draft))) continue;
      // Looked at first: a lock that is asked for is changed by that.
      if (nowMs - (await changedMs(draft)) < leftAfterMs) continue;
      const lock = await lockFolder(draft, { clock }).catch((err: unknown) => {
        if (err instanceof StartError) return undefined; // In use.
        throw err;
      });
      if (lock) await discard(draft, lock);
    } catch (err) {
      if (err instanceof Error && 'code' in err && err.code === 'ENOENT') continue; // Finished meanwhile.
      log.warn({ err, folder: draft }, 'what a killed backup left could not be removed');
    }
  }
};
