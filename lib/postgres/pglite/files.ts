import { existsSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  DamagedStoreError,
  freeBytes,
  lacksRoom,
  NoRoomError,
  wasOpened,
} from '../../embedded-store/embedded-store.js';
import { StartError } from '../../errors/errors.js';
import { emptyDatabaseBytes, unpackEmptyDatabase } from './empty.js';

/** PostgreSQL's log consists of files of this size, each written whole before it is used. */
const segmentBytes = 16 * 1024 ** 2;
const segmentName = /^[0-9A-F]{24}$/;
const controlFileBytes = 8_192;

/** Where in its folder PGlite's own files lie. */
export const dataFolderOf = (folder: string): string => join(folder, 'data');

/**
 * Free bytes without which a database is not opened: for a new one its files and two more of its log's, else one of
 * those.
 */
export const pgliteNeedsBytes = (folder: string): number =>
  existsSync(dataFolderOf(folder)) ? segmentBytes : emptyDatabaseBytes() + 2 * segmentBytes;

/**
 * Sees to it that a database lies in `<folder>/data`; makes one where there never was one.
 * @returns where it really lies
 * @throws DamagedStoreError where one was and is not whole, NoRoomError, StartError when it cannot be made
 */
export const prepareFiles = (folder: string): string => {
  const dataFolder = dataFolderOf(folder);
  const neededBytes = pgliteNeedsBytes(folder);
  if (freeBytes(folder) < neededBytes) throw new NoRoomError(folder, neededBytes);
  if (existsSync(dataFolder)) {
    const why = findDamage(dataFolder);
    if (why !== undefined) throw new DamagedStoreError(folder, why);
  } else if (wasOpened(folder)) throw new DamagedStoreError(folder, 'its folder "data" is missing');
  else make(dataFolder, neededBytes);
  return realpathSync(dataFolder); // PGlite opens no link.
};

/** Makes the database aside, so that neither a kill nor a full disk leaves half of one. */
const make = (dataFolder: string, neededBytes: number) => {
  const draft = `${dataFolder}.new`;
  try {
    rmSync(draft, { recursive: true, force: true });
    unpackEmptyDatabase(draft);
    renameSync(draft, dataFolder);
  } catch (err) {
    rmSync(draft, { recursive: true, force: true });
    if (lacksRoom(err)) throw new NoRoomError(dirname(dataFolder), neededBytes);
    throw new StartError(
      `The embedded database ${dataFolder} cannot be made: ${err instanceof Error ? err.message : String(err)}.`,
    );
  }
};

/**
 * Looks at what PostgreSQL cannot do without, before it is started: some of it would be made anew by PGlite, some
 * overwritten by PostgreSQL.
 * @returns what is wrong, in words
 */
const findDamage = (dataFolder: string): string | undefined => {
  const at = (name: string) => join(dataFolder, name);
  for (const name of ['PG_VERSION', 'global', 'global/pg_control', 'base', 'pg_wal', 'pg_xact']) {
    if (!existsSync(at(name))) return `${name} is missing`;
  }
  if (readFileSync(at('PG_VERSION'), 'utf8').trim() === '') return 'PG_VERSION is empty';
  const control = readFileSync(at('global/pg_control'));
  if (control.length !== controlFileBytes)
    return `global/pg_control has ${control.length} bytes instead of ${controlFileBytes}`;
  if (control.every((byte) => byte === 0)) return 'global/pg_control has nothing but zeros';
  if (readdirSync(at('base')).length === 0) return 'base is empty';
  const segments = readdirSync(at('pg_wal')).filter((name) => segmentName.test(name));
  if (segments.length === 0) return 'pg_wal has no files of the log';
  for (const name of segments) {
    const { size } = statSync(at(join('pg_wal', name)));
    if (size !== segmentBytes) return `pg_wal/${name} has ${size} bytes instead of ${segmentBytes}`;
  }
  return undefined;
};
