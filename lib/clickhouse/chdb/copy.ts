import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { storedTables } from './files.js';

/** Where the engine puts frozen parts, in its data. */
const shadow = 'shadow';

export interface ChdbCopyDeps {
  /** The engine's own folder. */
  readonly data: string;
  /**
   * Gives every part of every table, as it is now, a second name below `shadow/<name>`. Nothing is written meanwhile.
   */
  readonly freeze: (name: string) => Promise<void>;
}

/** Removes what a copy that was broken off left behind. */
export const removeFrozen = (data: string): Promise<void> => rm(join(data, shadow), { recursive: true, force: true });

/**
 * Copies the engine's data as they are now. Parts never change once they are written, so they get a second name instead
 * of a copy, whatever the engine merges meanwhile; all else is small.
 * @param target a new folder on the same disk
 */
export const copyChdb = async ({ data, freeze }: ChdbCopyDeps, target: string): Promise<void> => {
  const tables = new Set(storedTables(data));
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  // The folder itself: of a link nothing but the link would be copied, and the copy be the engine's own data.
  const source = await realpath(data);
  await cp(source, target, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (from) => {
      const path = relative(source, from);
      return path !== shadow && path !== 'tmp' && !tables.has(dirname(path));
    },
  });
  const name = basename(dirname(target)).replace(/\W/g, '_');
  try {
    await freeze(name);
    for (const table of tables) {
      await copyNotes(join(data, table), join(target, table));
      const frozen = join(data, shadow, name, table);
      if (!existsSync(frozen)) continue; // A table without rows.
      for (const part of await readdir(frozen)) await rename(join(frozen, part), join(target, table, part));
    }
  } finally {
    await removeFrozen(data);
  }
};

/** What a table notes beside its parts: its format, and changes that are still being made to its parts. */
const copyNotes = async (from: string, to: string): Promise<void> => {
  for (const name of await readdir(from)) {
    if (!/^(format_version|mutation_\d+)\.txt$/.test(name)) continue;
    await copyFile(join(from, name), join(to, name)).catch((err: NodeJS.ErrnoException) => {
      // A change that has just been finished is noted no more.
      if (err.code !== 'ENOENT' || !name.startsWith('mutation')) throw err;
    });
  }
};
