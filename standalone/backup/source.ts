import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '@tickfolio/lib/clock';
import { StartError } from '@tickfolio/lib/errors';
import { lockFolder } from '@tickfolio/lib/folder-lock';
import { openSocketRoom } from '@tickfolio/lib/folder-lock/socket-room';
import { type FileTree, type Link, readTree } from './file-tree.js';
import { storeOf } from './manifest.js';
import { realPath } from './real-path.js';
import { type SnapshotAnswer, type SnapshotRequest, snapshotSocket } from './snapshots.js';
import { isKept, isSetAside } from './stores.js';
import { takenOverIn } from './taken-over.js';

/** A data folder that stays as it is until it is closed. */
export interface BackupSource {
  readonly tree: Omit<FileTree, 'followed'>;
  /** Links of the data folder to what lies elsewhere, and is in the tree. */
  readonly followed: readonly Link[];
  /** Where a path of the tree is to be read. */
  sourceOf(path: string): string;
  /** Epoch milliseconds. */
  readonly takenAtMs: number;
  /** How long a run could not write; undefined where none uses the folder. */
  readonly heldMs: number | undefined;
  /** What the run keeps on servers. */
  readonly elsewhere: readonly string[];
  /** What an operator set aside in it, and no backup has. */
  readonly setAside: readonly string[];
  /** @throws StartError when it did not stay as it was until now */
  stillThere(): void;
  close(): Promise<void>;
}

/**
 * @param target where the backup is written, which is told to the run that uses the folder
 * @throws StartError when somebody uses the folder who gives no snapshot of it
 */
export const openBackupSource = async (dataFolder: string, target: string, clock: Clock): Promise<BackupSource> => {
  const lock = await lockFolder(dataFolder, { clock }).catch((err: unknown) => {
    if (err instanceof StartError) return err;
    throw err;
  });
  return lock instanceof StartError ? ofRun(dataFolder, target, clock, lock) : ofLockedFolder(dataFolder, clock, lock);
};

/**
 * What a backup has of a data folder. Databases whose contents lie in another one by now would only be copied once
 * more.
 */
const keptIn = (dataFolder: string) => {
  const former = takenOverIn(dataFolder);
  return (path: string): boolean => isKept(path) && !former.has(storeOf(path));
};

const setAsideIn = async (dataFolder: string): Promise<string[]> =>
  (await readdir(dataFolder)).filter(isSetAside).sort();

const ofLockedFolder = async (
  dataFolder: string,
  clock: Clock,
  lock: { close(): Promise<void> },
): Promise<BackupSource> => {
  try {
    return { ...(await lockedFolder(dataFolder, clock)), close: () => lock.close() };
  } catch (err) {
    await lock.close();
    throw err;
  }
};

const lockedFolder = async (dataFolder: string, clock: Clock) => {
  const tree = await readTree(dataFolder, keptIn(dataFolder));
  return {
    tree,
    followed: tree.followed,
    sourceOf: (path: string) => join(dataFolder, path),
    takenAtMs: clock.now(),
    heldMs: undefined,
    elsewhere: [],
    setAside: await setAsideIn(dataFolder),
    stillThere: () => undefined,
  };
};

const ofRun = async (dataFolder: string, target: string, clock: Clock, inUse: StartError): Promise<BackupSource> => {
  const { answer, isOpen, close } = await askForSnapshot(dataFolder, { target: realPath(target) }, clock);
  const stillThere = () => {
    if (!isOpen()) throw runEnded();
  };
  if (answer === undefined)
    throw new StartError(
      `${inUse.message}\nIt gives no copy of its stores meanwhile: it is no run of this build, or it is still starting.`,
    );
  if ('fault' in answer)
    throw new StartError(`${inUse.message}\nIt was asked for a copy of its stores: ${answer.fault}.`);
  try {
    return { ...(await ofSnapshot(dataFolder, answer)), stillThere, close };
  } catch (err) {
    const ended = !isOpen();
    await close();
    throw ended ? runEnded() : err;
  }
};

const runEnded = () =>
  new StartError('The run ended while its stores were being copied, so nothing was backed up. Take the backup again.');

type Snapshot = Exclude<SnapshotAnswer, { readonly fault: string }>;

const ofSnapshot = async (dataFolder: string, { folder, stores, takenAtMs, heldMs, elsewhere }: Snapshot) => {
  const wanted = keptIn(dataFolder);
  const held = new Set(stores.map((name) => `${name}/data`));
  const around = await readTree(dataFolder, (path) => wanted(path) && !held.has(path));
  const snapshot = await readTree(folder, isKept);
  const inSnapshot = new Set([...snapshot.files, ...snapshot.links.map(({ path }) => path)]);
  return {
    tree: {
      folders: [...new Set([...around.folders, ...snapshot.folders])],
      files: [...around.files, ...snapshot.files],
      links: [...around.links, ...snapshot.links],
    },
    followed: around.followed,
    sourceOf: (path: string) => join(inSnapshot.has(path) ? folder : dataFolder, path),
    takenAtMs,
    heldMs,
    elsewhere,
    setAside: await setAsideIn(dataFolder),
  };
};

interface SnapshotConnection {
  /** Undefined where nobody gives snapshots. */
  readonly answer: SnapshotAnswer | undefined;
  isOpen(): boolean;
  close(): Promise<void>;
}

/** The stores are copied in less; a run that does not answer for so long never will. */
const answerTimeoutMs = 120_000;

const askForSnapshot = (dataFolder: string, request: SnapshotRequest, clock: Clock): Promise<SnapshotConnection> => {
  const room = openSocketRoom(dataFolder);
  const socket = connect(join(room.address, snapshotSocket)).setEncoding('utf8');
  socket.write(`${JSON.stringify(request)}\n`);
  const patience = clock.after(answerTimeoutMs, () => socket.destroy());
  let open = true;
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      open = false;
      patience.cancel();
      room.close();
      resolve();
    });
  });
  const close = () => {
    socket.destroy();
    return closed;
  };
  return new Promise((resolve) => {
    let text = '';
    const finish = (answer: SnapshotAnswer | undefined) => resolve({ answer, isOpen: () => open, close });
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (!text.endsWith('\n')) return;
      patience.cancel();
      finish(JSON.parse(text) as SnapshotAnswer);
    });
    socket.on('error', () => undefined); // Its close says it too.
    void closed.then(() => finish(undefined));
  });
};
