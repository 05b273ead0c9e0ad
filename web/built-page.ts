import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This module is compiled into it. */
const dist = fileURLToPath(new URL('.', import.meta.url));
const page = join(dist, 'page');
const stamp = join(dist, 'page.sources');

/**
 * Where this process makes a page: it is renamed when it is whole, so that two builds at once, or one ended in its
 * middle, leave no mixture.
 */
export const draft = `${page}-${process.pid}`;

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

/** Whether a whole page lies there that was built of these sources. */
export const isBuilt = (sources: string): boolean => {
  try {
    return existsSync(stamp) && readFileSync(stamp, 'utf8') === stampOf(sources, page);
  } catch (err) {
    if (hasCode(err, 'ENOENT')) return false; // Nothing there, or another build is putting its own there.
    throw err;
  }
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (err) {
    return !hasCode(err, 'ESRCH');
  }
};

/** Removes what builds that were ended in their middle left. */
export const clearDrafts = (): void => {
  for (const name of readdirSync(dist)) {
    const pid = /^page-(\d+)(-before|\.sources)?$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(dist, name), { recursive: true, force: true });
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

/**
 * Puts the draft in the place of the page before, and stamps it last. Of two builds at once the later one's page stays.
 */
export const replacePage = (sources: string): void => {
  const before = `${draft}-before`;
  const nextStamp = stampOf(sources, draft);
  do {
    rmSync(before, { recursive: true, force: true });
    renameUnless(page, before, 'ENOENT');
  } while (!renameUnless(draft, page, 'ENOTEMPTY', 'EEXIST'));
  rmSync(before, { recursive: true, force: true });
  writeFileSync(`${draft}.sources`, nextStamp);
  renameSync(`${draft}.sources`, stamp);
};
