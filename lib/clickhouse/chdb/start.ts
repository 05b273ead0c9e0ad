import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from 'chdb';
import {
  DamagedStoreError,
  freeBytes,
  lacksRoom,
  NoRoomError,
  wasOpened,
} from '../../embedded-store/embedded-store.js';
import { StartError } from '../../errors/errors.js';
import { readFault } from '../error.js';
import { keepFreeBytes } from './access.js';
import { removeFrozen } from './copy.js';
import { findChdbDamage, hasDatabases } from './files.js';

/**
 * Free bytes without which it is not opened: a new one must be able to make its tables, one that is there is read on a
 * full disk too.
 * @param path its own folder
 */
export const chdbNeedsBytes = (path: string): number =>
  hasDatabases(join(path, 'data')) ? 1024 ** 2 : keepFreeBytes + 16 * 1024 ** 2;

/** @throws DamagedStoreError, NoRoomError */
export const prepareFiles = async (path: string, data: string): Promise<void> => {
  const neededBytes = chdbNeedsBytes(path);
  if (freeBytes(path) < neededBytes) throw new NoRoomError(path, neededBytes);
  const why = wasOpened(path) && !hasDatabases(data) ? 'metadata is missing' : findChdbDamage(data);
  if (why !== undefined) throw new DamagedStoreError(path, why);
  await removeFrozen(data);
};

/**
 * What chDB says when ClickHouse could not load what lies in its folder; ClickHouse's own words are on standard error
 * then.
 */
const notLoaded = /^Failed to create connection for path/;

/** Why the engine of a folder cannot be opened. */
export const startFault = (path: string, err: unknown): StartError => {
  if (err instanceof StartError) return err;
  if (lacksRoom(err)) return new NoRoomError(path, chdbNeedsBytes(path));
  const words = err instanceof Error ? err.message : String(err);
  if (notLoaded.test(words) || readFault(words)) return new DamagedStoreError(path, `ClickHouse says "${words}"`);
  return new StartError(`The embedded ClickHouse in ${path} cannot be opened: ${words}.`);
};

/**
 * Parts of tables that the engine could not read when it was opened and set aside; it goes on without them, and with
 * older parts in their place where those are still there.
 * @returns them in words, each with how many rows it had
 */
export const setAsideParts = (session: Session): string[] =>
  session
    .query(
      "SELECT concat(database, '.', table), path FROM system.detached_parts WHERE startsWith(reason, 'broken') ORDER BY path",
      'TabSeparatedRaw',
    )
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [table = '', path = ''] = line.split('\t');
      return `${rowsOf(path)} rows of ${table} in ${path}`;
    });

const rowsOf = (part: string): string => {
  try {
    return readFileSync(join(part, 'count.txt'), 'utf8').trim();
  } catch {
    return 'an unknown number of'; // It is that file which is broken.
  }
};
