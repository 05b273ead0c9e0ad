import { statfsSync } from 'node:fs';
import { StartError } from '../errors/errors.js';

/** Thrown when the disk has no room for what a store has to write. */
export class NoRoomError extends StartError {
  readonly folder: string;

  /** @param neededBytes how much must be free, as far as that is known */
  constructor(folder: string, neededBytes: number) {
    super(
      `${lackInWords(folder, neededBytes)}. Free some of it and start again; nothing that is stored already is lost.`,
    );
    this.folder = folder;
  }
}

const lackInWords = (folder: string, neededBytes: number): string => {
  const { files, ffree } = statfsSync(folder);
  const free = freeBytes(folder);
  // A disk can also have bytes left, and no names for them.
  if (files > 0 && ffree < fewFiles && free > neededBytes)
    return `The disk of ${folder} has room for ${ffree} more files only (inodes)`;
  return `The disk of ${folder} is full: ${freeInWords(free)} are free, ${neededInWords(neededBytes)} are needed`;
};

/** An empty database has about a thousand. */
const fewFiles = 1_000;
const megabyte = 1_000_000;

export const freeInWords = (bytes: number): string => `${Math.floor(bytes / megabyte)} MB`;
/** Rounded up, so that nobody is told to free less than is needed. */
export const neededInWords = (bytes: number): string => `${Math.ceil(bytes / megabyte)} MB`;

/**
 * What this process may still write on the disk of an existing folder; infinite where the file system does not count.
 */
export const freeBytes = (folder: string): number => {
  const { blocks, bavail, bsize } = statfsSync(folder);
  return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize;
};

/** The words of the system, of PostgreSQL and of ClickHouse. */
const noRoom = /ENOSPC|EDQUOT|no space left on device|disk quota exceeded|NOT_ENOUGH_SPACE/i;
/** PostgreSQL's SQLSTATE for a full disk. */
const diskFull = '53100';

/** Whether it failed because the disk is full, anywhere along its causes. */
export const lacksRoom = (thrown: unknown): boolean => {
  for (let at = thrown; at instanceof Error; at = at.cause) {
    if (at instanceof NoRoomError || ('code' in at && at.code === diskFull) || noRoom.test(at.message)) return true;
  }
  return false;
};
