import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { manifestName } from './manifest.js';

/** Where backups go that are given no other place. */
const folder = 'backups';

/** A name for a backup: the moment at which it is asked for, UTC. */
export const defaultBackup = (nowMs: number): string => join(folder, new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '-'));

export interface FoundBackups {
  readonly folder: string;
  readonly newest: string | undefined;
}

/** Looks for the newest backup of a data folder where they go by default. Never throws: it is asked while something worse is told. */
export const findBackups = (dataFolder: string): FoundBackups => {
  const place = resolve(folder);
  try {
    const found = readdirSync(place)
      .map((name) => join(place, name))
      .filter((backup) => existsSync(join(backup, manifestName)))
      .map((backup) => ({
        backup,
        ...(JSON.parse(readFileSync(join(backup, manifestName), 'utf8')) as { takenAt: string; dataFolder: string }),
      }))
      .filter((manifest) => manifest.dataFolder === resolve(dataFolder))
      .sort((a, b) => (a.takenAt < b.takenAt ? 1 : -1));
    return { folder: place, newest: found[0]?.backup };
  } catch {
    return { folder: place, newest: undefined }; // There are none, or none that can be told from others.
  }
};
