import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A file in a store's folder that says that the store was opened there once. Without it a store whose files are gone
 * could not be told from one that was never made, and would begin anew, empty and without a word.
 */
const markName = 'opened';

/** Whether a store was opened in the folder before, by a build that notes it. */
export const wasOpened = (folder: string): boolean => existsSync(join(folder, markName));

/** @param nowMs epoch milliseconds, for people who look at the file */
export const noteOpened = (folder: string, nowMs: number): void => {
  if (wasOpened(folder)) return;
  const mark = join(folder, markName);
  writeFileSync(`${mark}.new`, `${new Date(nowMs).toISOString()}\n`, { mode: 0o600 });
  renameSync(`${mark}.new`, mark);
};
