import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly path: string;
  /** Makes it larger or smaller, with what is on it. */
  resize(options: SmallDiskOptions): void;
  close(): void;
}

export interface SmallDiskOptions {
  readonly megabytes: number;
  /** How many files it can have. */
  readonly files: number;
}

/**
 * A disk of its own for a test, in memory, at a new path or in an existing folder. Undefined, after a line that says so, where this user may mount none: no
 * package could be installed for it.
 */
export const mountSmallDisk = (
  options: SmallDiskOptions,
  path = mkdtempSync(join(tmpdir(), 'tickfolio-disk-')),
): SmallDisk | undefined => {
  const limits = ({ megabytes, files }: SmallDiskOptions) => `size=${megabytes}m,nr_inodes=${files}`;
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    run('mount', '-t', 'tmpfs', '-o', limits(options), 'tickfolio-test', path);
  } catch (err) {
    rmSync(path, { recursive: true });
    const why = err instanceof Error ? err.message.split('\n').pop() : err;
    console.warn(`NOT COVERED: no small disk can be mounted here (${why}), so nothing was tested on a full one.`);
    return undefined;
  }
  return {
    path,
    resize: (larger) => run('mount', '-o', `remount,${limits(larger)}`, path),
    close: () => {
      run('umount', path);
      rmSync(path, { recursive: true });
    },
  };
};
