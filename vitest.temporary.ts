import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Databases of tests are thousands of small files, made and removed again: in memory, where there is room. */
const inMemory = '/dev/shm';
const roomBytes = 4 * 1024 ** 3;
const hasRoom = (): boolean => {
  if (!existsSync(inMemory)) return false;
  const { bavail, bsize } = statfsSync(inMemory);
  return bavail * bsize >= roomBytes;
};

/** Whatever tests put into the temporary folder goes with them, also when they are killed. */
export default (): (() => void) => {
  const folder = mkdtempSync(join(hasRoom() ? inMemory : tmpdir(), 'tickfolio-tests-'));
  chmodSync(folder, 0o711); // A server that must not run as root has a folder of its own in it.
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
};
