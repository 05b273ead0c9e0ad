import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { StartError } from '@tickfolio/lib/errors';

const codeOf = (err: unknown): unknown => (err instanceof Error && 'code' in err ? err.code : undefined);

const linkAt = (path: string): string | undefined => {
  try {
    return readlinkSync(path);
  } catch (err) {
    if (codeOf(err) === 'EINVAL' || codeOf(err) === 'ENOENT') return undefined; // No link.
    throw err;
  }
};

/**
 * The path without links, also of what is not there (yet): a link that leads nowhere is followed as far as it goes,
 * because between the two names of a restore there is no data folder.
 * @throws StartError for links that lead in a circle, and what lies in a file
 */
export const realPath = (path: string): string => {
  const at = resolve(path);
  try {
    return realpathSync(at);
  } catch (err) {
    if (codeOf(err) !== 'ENOENT' || dirname(at) === at)
      throw new StartError(`${at} cannot be used: ${err instanceof Error ? err.message : err}.`);
  }
  const folder = realPath(dirname(at));
  const to = linkAt(join(folder, basename(at)));
  return to === undefined ? join(folder, basename(at)) : realPath(resolve(folder, to));
};

/** Whether a path is the folder, or lies in it; both without links. */
export const isWithin = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
};
