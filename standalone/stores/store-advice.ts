import { basename, dirname, join, resolve } from 'node:path';
import { DamagedStoreError, NoRoomError } from '@tickfolio/lib/embedded-store';
import { StartError } from '@tickfolio/lib/errors';
import type { EmbeddedStore } from './embedded-stores.js';

export interface AdviceFacts {
  readonly stores: readonly EmbeddedStore[];
  /** The newest backup that was found, and where it was looked for. */
  readonly backups: { readonly newest: string | undefined; readonly folder: string };
}

/** For a shell, also with spaces and quotes. */
const quoted = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);

const restoreCommand = (dataFolder: string, backup: string | undefined): string => {
  const elsewhere = dataFolder === resolve('data') ? '' : ` DATA_DIR=${quoted(dataFolder)}`;
  return `make restore${elsewhere} BACKUP=${backup === undefined ? '<a backup>' : quoted(backup)}`;
};

/**
 * What to do about a store that broke, in words for whoever runs it.
 * @returns other errors as they are
 */
export const adviseOnStore = (err: unknown, { stores, backups }: AdviceFacts): unknown => {
  if (err instanceof NoRoomError) return new StartError(`${err.message} DATA_DIR sets where it lies.`);
  if (!(err instanceof DamagedStoreError)) return err;
  const { folder, why } = err;
  const store = stores.find(({ name }) => name === basename(folder));
  const which =
    backups.newest === undefined ? `none was found in ${backups.folder}` : 'the newest one, with all stores';
  const lines = [
    `The store ${basename(folder)}${store ? ` (${store.holds})` : ''} is damaged, and no further start will mend it.`,
    `  Where         ${folder}`,
    `  What          ${why}`,
    `  What is safe  nothing of it was removed or repaired; the other stores in ${dirname(folder)} are not concerned`,
    `  To go back    ${restoreCommand(dirname(folder), backups.newest)}   (${which}; what is there now is kept beside it)`,
    `  To go on      mv ${quoted(folder)} ${quoted(join(dirname(folder), `${basename(folder)}.damaged`))}   (${store?.without ?? 'then it begins anew'})`,
  ];
  return new StartError(lines.join('\n'));
};
