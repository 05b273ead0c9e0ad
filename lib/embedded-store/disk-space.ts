import { statfsSync } from 'node:fs';
import { StartError } from '../lifecycle/lifecycle.js';

/** Thrown when the disk has no room for what a store has to write. */
export class NoRoomError extends StartError {
  readonly folder: string;

  /** @param neededBytes how much must be free, as far as that is known */
  constructor(folder: string, neededBytes: number) {
    super(`${roomInWords(folder, neededBytes)}. Free some of it and start again; nothing that is stored already is lost.`);
    this.folder = folder;
  }
}

const megabyte = 1_000_000;

/** Rounded so that nobody is told to free less than is needed. */
const megabytes = (bytes: number, round: (value: number) => number): string => `${round(bytes / megabyte)} MB`;

/** What the disk of a folder has, against what is needed. */
export const roomInWords = (folder: string, neededBytes: number): string =>
  `The disk of ${folder} is full: ${megabytes(freeBytes(folder), Math.floor)} are free, ${megabytes(neededBytes, Math.ceil)} are needed`;

/** What this process may still write on the disk of an existing folder; infinite where the file system does not count. */
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
