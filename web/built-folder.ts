import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This module is compiled into it. */
const dist = fileURLToPath(new URL('.', import.meta.url));

/** A folder that is built whole or not at all. */
export interface BuiltFolder {
  /**
   * Where this process makes it: it is renamed when it is whole, so that two builds at once, or one ended in its middle,
   * leave no mixture.
   */
  readonly draft: string;
  /** Whether it lies there whole and was built of these sources. */
  isBuilt(sources: string): boolean;
  /** Removes what builds that were ended in their middle left. */
  clearDrafts(): void;
  /** Puts the draft in the place of the one before, and stamps it last. Of two builds at once the later one's stays. */
  replace(sources: string): void;
}

const fingerprint = (folder: string): string => {
  const hash = createHash('sha256');
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const path of entries.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash.update(`${path.slice(folder.length)}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
};

/** A file that is missing or another one makes it another text. */
const stampOf = (sources: string, folder: string): string => `${sources}\n${fingerprint(folder)}\n`;

const hasCode = (err: unknown, ...codes: readonly string[]): boolean =>
  codes.includes((err as NodeJS.ErrnoException).code ?? '');

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (err) {
    return !hasCode(err, 'ESRCH');
  }
};

const renameUnless = (from: string, to: string, ...codes: readonly string[]): boolean => {
  try {
    renameSync(from, to);
    return true;
  } catch (err) {
    if (hasCode(err, ...codes)) return false;
    throw err;
  }
};

/** @param name of the folder in `dist` */
export const builtFolder = (name: string): BuiltFolder => {
  const folder = join(dist, name);
  const stamp = join(dist, `${name}.sources`);
  const draft = `${folder}-${process.pid}`;
  const drafts = new RegExp(`^${name}-(\\d+)(-before|\\.sources)?$`);
  return {
    draft,
    isBuilt: (sources) => {
      try {
        return existsSync(stamp) && readFileSync(stamp, 'utf8') === stampOf(sources, folder);
      } catch (err) {
        if (hasCode(err, 'ENOENT')) return false; // Nothing there, or another build is putting its own there.
        throw err;
      }
    },
    clearDrafts: () => {
      for (const entry of readdirSync(dist)) {
        const pid = drafts.exec(entry)?.[1];
        if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(dist, entry), { recursive: true, force: true });
      }
    },
    replace: (sources) => {
      const before = `${draft}-before`;
      const nextStamp = stampOf(sources, draft);
      do {
        rmSync(before, { recursive: true, force: true });
        renameUnless(folder, before, 'ENOENT');
      } while (!renameUnless(draft, folder, 'ENOTEMPTY', 'EEXIST'));
      rmSync(before, { recursive: true, force: true });
      writeFileSync(`${draft}.sources`, nextStamp);
      renameSync(`${draft}.sources`, stamp);
    },
  };
};
