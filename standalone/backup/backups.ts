import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Manifest, readManifestSync } from './manifest.js';
import { realPath } from './real-path.js';

/** Where backups go that are given no other place. */
const folder = 'backups';

/** A name for a backup: the moment at which it is asked for, UTC. */
export const defaultBackup = (nowMs: number): string =>
  join(folder, new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '-'));

export interface FoundBackups {
  readonly folder: string;
  readonly newest: string | undefined;
}

/** What `read` gives, if it gives anything. */
const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

/** By its name without links, as far as that can be told. */
const isSame = (one: string, other: string): boolean =>
  resolve(one) === resolve(other) || attempt(() => realPath(one) === realPath(other)) === true;

/**
 * Looks for the newest backup of a data folder where they go by default, among those that this build can restore. Never
 * throws: it is asked while something worse is told.
 */
export const findBackups = (dataFolder: string): FoundBackups => {
  const place = resolve(folder);
  const found: { readonly backup: string; readonly manifest: Manifest }[] = [];
  for (const name of attempt(() => readdirSync(place)) ?? []) {
    const backup = join(place, name);
    // One that cannot be read hides none of the others.
    const manifest = attempt(() => readManifestSync(backup));
    if (manifest && isSame(manifest.dataFolder, dataFolder)) found.push({ backup, manifest });
  }
  found.sort((a, b) => Date.parse(b.manifest.takenAt) - Date.parse(a.manifest.takenAt));
  return { folder: place, newest: found[0]?.backup };
};
