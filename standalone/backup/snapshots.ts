import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir, readdir, readlink, rm, stat, symlink } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { dirname, isAbsolute, join } from 'node:path';
import type { Clock } from '@tickfolio/lib/clock';
import { freeBytes, type HeldStore, type HoldStore, NoRoomError } from '@tickfolio/lib/embedded-store';
import { openSocketRoom } from '@tickfolio/lib/folder-lock/socket-room';
import type { Closable } from '@tickfolio/lib/lifecycle';
import type { Logger } from '@tickfolio/lib/telemetry';
import { storeBytes } from './file-tree.js';
import { realPath } from './real-path.js';
import type { WatchFolder } from './watched-folder.js';

/** Beside the folder's locks. */
export const snapshotSocket = 'snapshot.sock';
/** In the data folder; it has a link for each store, to a copy that lies beside the store's own data. */
export const snapshotName = '.snapshot';

/**
 * What a run answers to whoever connects: a snapshot that is there until they hang up, or why there is none. One line
 * of JSON.
 */
export type SnapshotAnswer =
  | {
      readonly folder: string;
      /** Stores whose `data` are in it; what else lies in the data folder is not written by the run. */
      readonly stores: readonly string[];
      /** Epoch milliseconds. */
      readonly takenAtMs: number;
      /** How long nobody could write. */
      readonly heldMs: number;
      /** What this run keeps on servers, which no backup of its data folder has. */
      readonly elsewhere: readonly string[];
    }
  | { readonly fault: string };

/** What whoever connects may say first, in one line of JSON. */
export interface SnapshotRequest {
  /** Where the backup is written. */
  readonly target: string;
}

export interface NamedStore {
  readonly name: string;
  readonly hold: HoldStore;
  /** A copy of it takes no room: its files never change, and get second names. */
  readonly linked: boolean;
}

/** Paths are shorter. */
const maxRequestLength = 8_192;
/** What must be free besides, so that the run itself does not find its disk full. */
const spareBytes = 64 * 1024 ** 2;

export interface SnapshotDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly dataFolder: string;
  /** The stores that this run has open in its data folder. */
  readonly stores: readonly NamedStore[];
  readonly elsewhere: readonly string[];
  /** Looks at a folder's disk until that is ended. */
  readonly watch?: WatchFolder;
}

/**
 * Gives whoever asks for it, on a socket that only the folder's owner can reach, a copy of all open stores as they are
 * at one moment: writing stands still in all of them while they are copied. One at a time; what a killed run left of
 * one is removed.
 */
export const serveSnapshots = async ({
  clock,
  log,
  dataFolder,
  stores,
  elsewhere,
  watch,
}: SnapshotDeps): Promise<Closable> => {
  const folder = join(dataFolder, snapshotName);
  const room = openSocketRoom(dataFolder);
  await removeSnapshot(folder);
  rmSync(join(room.path, snapshotSocket), { force: true });
  const sockets = new Set<Socket>();
  const answering = new Set<Promise<void>>();
  let busy = false;

  const take = async (): Promise<SnapshotAnswer> => {
    const copied = stores.filter(({ linked }) => !linked).map(({ name }) => name);
    await removeSnapshot(folder); // What could not be removed of the one before.
    await checkRoom(dataFolder, copied);
    await mkdir(folder, { mode: 0o700 });
    const startedMs = clock.monotonic();
    const takenAtMs = await holdAll(stores, async (held) => {
      const now = clock.now();
      await Promise.all(held.map(async ({ name, copyTo }) => copyTo(await makePlace(dataFolder, name))));
      return now;
    });
    const heldMs = Math.round(clock.monotonic() - startedMs);
    log.info({ heldMs }, 'all stores were copied for a backup');
    return { folder, stores: stores.map(({ name }) => name), takenAtMs, heldMs, elsewhere };
  };
  const answer = async (socket: Socket): Promise<void> => {
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const say = (given: SnapshotAnswer) => socket.write(`${JSON.stringify(given)}\n`);
    if (busy) {
      socket.end(`${JSON.stringify({ fault: 'another backup is being taken' } satisfies SnapshotAnswer)}\n`);
      return;
    }
    busy = true;
    try {
      say(await take());
      await closed;
    } catch (err) {
      log.warn({ err }, 'the stores could not be copied for a backup');
      say({ fault: err instanceof NoRoomError ? err.message : `the stores could not be copied (${err})` });
      socket.end();
    } finally {
      await removeSnapshot(folder).catch((err: unknown) => {
        log.warn(
          { err, folder },
          'the copy for a backup could not be removed; the next backup and the next start try again',
        );
      });
      busy = false;
    }
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined); // Its close says it too.
    if (watch) watchTarget(socket, watch, log);
    else socket.resume();
    const answered = answer(socket).finally(() => answering.delete(answered));
    answering.add(answered);
  });
  server.listen(join(room.address, snapshotSocket));
  await once(server, 'listening');
  server.unref();
  return {
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all(answering); // Until nothing is left of a copy.
      room.close();
    },
  };
};

/** Has the disk of a backup looked at while it is written, as long as its process is connected. */
const watchTarget = (socket: Socket, watch: WatchFolder, log: Logger): void => {
  let text = '';
  const take = (chunk: Buffer) => {
    text += chunk.toString();
    const end = text.indexOf('\n');
    if (end < 0 && text.length <= maxRequestLength) return;
    socket.off('data', take).resume();
    const target = readTarget(text.slice(0, end));
    if (target === undefined)
      log.warn('whoever takes a backup says in no known words where to; the disk of it is not watched');
    else
      socket.once(
        'close',
        watch({
          name: `the backup ${target}`,
          path: target,
          danger: 'without room no backup is made, and the run goes on',
        }),
      );
  };
  socket.on('data', take);
};

const readTarget = (line: string): string | undefined => {
  try {
    const { target } = JSON.parse(line) as Partial<SnapshotRequest>;
    return typeof target === 'string' && isAbsolute(target) ? target : undefined;
  } catch {
    return undefined;
  }
};

/** @throws NoRoomError where a disk has no room for the copies of the stores that lie on it */
const checkRoom = async (dataFolder: string, names: readonly string[]): Promise<void> => {
  const needed = new Map([[(await stat(dataFolder)).dev, { place: dataFolder, bytes: spareBytes }]]);
  for (const name of names) {
    const place = dirname(realPath(dataOf(dataFolder, name)));
    const { dev } = await stat(place);
    const disk = needed.get(dev) ?? { place, bytes: spareBytes };
    needed.set(dev, { ...disk, bytes: disk.bytes + (await storeBytes(dataFolder, name)) });
  }
  for (const { place, bytes } of needed.values()) if (freeBytes(place) < bytes) throw new NoRoomError(place, bytes);
};

const dataOf = (dataFolder: string, name: string): string => join(dataFolder, name, 'data');

/**
 * Makes the folder for a store's copy where the store really lies: second names are of one disk, and the store may be a
 * link to another. The link is made first, so that what a kill leaves is found.
 * @returns the name that it has in the snapshot
 */
const makePlace = async (dataFolder: string, name: string): Promise<string> => {
  const place = `${realPath(dataOf(dataFolder, name))}${snapshotName}`;
  const link = join(dataFolder, snapshotName, name);
  await symlink(place, link);
  await mkdir(place, { mode: 0o700 });
  return link;
};

const removeSnapshot = async (folder: string): Promise<void> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch((err: NodeJS.ErrnoException) => {
    if (err.code === 'ENOENT') return [];
    throw err;
  });
  for (const entry of entries)
    if (entry.isSymbolicLink()) await rm(await readlink(join(folder, entry.name)), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
};

interface NamedHeld extends HeldStore {
  readonly name: string;
}

/** Runs `work` while all of them are held: one after the other, always in this order. */
const holdAll = <T>(
  [first, ...others]: readonly NamedStore[],
  work: (held: readonly NamedHeld[]) => Promise<T>,
): Promise<T> =>
  first === undefined
    ? work([])
    : first.hold(({ copyTo }) => holdAll(others, (held) => work([{ name: first.name, copyTo }, ...held])));
