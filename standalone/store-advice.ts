import { basename, dirname, join } from 'node:path';
import { DamagedStoreError, NoRoomError } from '@tickfolio/lib/embedded-store';
import { StartError } from '@tickfolio/lib/lifecycle';
import type { EmbeddedStore } from './embedded-stores.js';

export interface AdviceFacts {
  readonly stores: readonly EmbeddedStore[];
  /** The newest backup that was found, and where it was looked for. */
  readonly backups: { readonly newest: string | undefined; readonly folder: string };
}

/** For a shell, also with spaces and quotes. */
const quoted = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);

/**
 * What to do about a store that broke, in words for whoever runs it.
 * @returns other errors as they are
 */
export const adviseOnStore = (err: unknown, { stores, backups }: AdviceFacts): unknown => {
  if (err instanceof NoRoomError) return new StartError(`${err.message} DATA_DIR sets where it lies.`);
  if (!(err instanceof DamagedStoreError)) return err;
  const { folder, why } = err;
  const store = stores.find(({ name }) => name === basename(folder));
  const lines = [
    `The store ${basename(folder)}${store ? ` (${store.holds})` : ''} is damaged, and no further start will mend it.`,
    `  Where         ${folder}`,
    `  What          ${why}`,
    `  What is safe  nothing of it was removed or repaired; the other stores in ${dirname(folder)} are as they were`,
    backups.newest === undefined
      ? `  To go back    make restore BACKUP=<a backup>   (none was found in ${backups.folder}; what is there now is kept beside it)`
      : `  To go back    make restore BACKUP=${quoted(backups.newest)}   (the newest one; what is there now is kept beside it)`,
    `  To go on      mv ${quoted(folder)} ${quoted(join(dirname(folder), `${basename(folder)}.damaged`))}   (${store?.without ?? 'then it begins anew'})`,
  ];
  return new StartError(lines.join('\n'));
};
