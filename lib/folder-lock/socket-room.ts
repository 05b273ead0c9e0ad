import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { StartError } from '../errors/errors.js';

/** Where the sockets of a folder lie: those of its locks, and others of whoever holds it. */
export interface SocketRoom {
  readonly path: string;
  /** The same folder by a name that is short enough for a socket's address. */
  readonly address: string;
  close(): void;
}

/** Linux allows 107 bytes, macOS 103. */
const maxSocketPathBytes = 103;
/** As long as any socket's name is. */
const longestName = `claim-${randomUUID()}.sock`;

/** @throws StartError when the folder cannot be used */
export const openSocketRoom = (folder: string): SocketRoom => {
  const room = join(folder, '.lock');
  try {
    mkdirSync(room, { recursive: true, mode: 0o700 });
  } catch (err) {
    throw new StartError(`The folder ${folder} cannot be used: ${err instanceof Error ? err.message : String(err)}.`);
  }
  const path = realpathSync(room);
  const tooLong = (address: string) => Buffer.byteLength(join(address, longestName)) - maxSocketPathBytes;
  const near = relative(process.cwd(), path);
  for (const address of [path, near]) if (tooLong(address) <= 0) return { path, address, close: () => undefined };
  if (process.platform === 'linux') {
    const opened = openSync(path, 'r');
    return { path, address: `/proc/self/fd/${opened}`, close: () => closeSync(opened) };
  }
  const excess = Math.min(tooLong(path), tooLong(near));
  throw new StartError(
    `The path of the folder ${folder} is ${excess} bytes too long to be locked. Choose a shorter one.`,
  );
};
