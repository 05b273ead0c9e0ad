import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readlink, realpath, rm, rmdir, stat, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { StartError } from '@tickfolio/lib/errors';
import { isWithin } from './real-path.js';

/** What lies in a folder; paths from it, with `/`, in an order in which a folder comes before what it has in it. */
export interface FileTree {
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** Links within one store. */
  readonly links: readonly Link[];
  /**
   * Links that lead out of their store, as to another disk, and were followed: what they lead to is listed as if it lay
   * there.
   */
  readonly followed: readonly Link[];
}

export interface Link {
  readonly path: string;
  readonly to: string;
}

/**
 * Lists a data folder. Sockets and the like are no part of it.
 * @param wanted says of a path whether it, and what it has in it, belongs to the tree
 * @throws StartError for a link out of its store that leads nowhere, or to a folder that it lies in
 */
export const readTree = async (root: string, wanted: (path: string) => boolean = () => true): Promise<FileTree> => {
  const tree = { folders: [] as string[], files: [] as string[], links: [] as Link[], followed: [] as Link[] };
  /** @param outside where the followed links on the way to it really lie */
  const follow = async (path: string, outside: readonly string[]): Promise<void> => {
    const around = [...outside, await realpath(dirname(join(root, path)))];
    const { real, kind } = await followLink(join(root, path), around);
    if (kind === 'other') return;
    tree.followed.push({ path, to: real });
    if (kind === 'file') tree.files.push(path);
    else {
      tree.folders.push(path);
      await walk(path, path, around);
    }
  };
  /** @param home what a link must not leave to stay a link: the store, or in it the followed folder */
  const walk = async (folder: string, home: string | undefined, outside: readonly string[]): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!wanted(path)) continue;
      if (entry.isDirectory()) {
        tree.folders.push(path);
        await walk(path, home ?? path, outside);
      } else if (entry.isSymbolicLink()) {
        const to = await readlink(join(root, path));
        if (!isAbsolute(to) && isWithin(home ?? path, join(dirname(path), to))) tree.links.push({ path, to });
        else await follow(path, outside);
      } else if (entry.isFile()) tree.files.push(path);
    }
  };
  await walk('', undefined, []);
  return tree;
};

/** What a link leads to. @param around folders that must not lie in it: the link would be met again, without an end */
const followLink = async (link: string, around: readonly string[]) => {
  const refuse = async (why: string) => new StartError(`${link} is a link to ${await readlink(link)}, ${why}`);
  const found = await stat(link).catch(async (err: NodeJS.ErrnoException) => {
    if (err.code === 'ENOENT') throw await refuse('where there is nothing: is that disk mounted?');
    throw await refuse(`which cannot be read (${err.message}).`);
  });
  const real = await realpath(link);
  if (found.isDirectory() && around.some((folder) => isWithin(real, folder)))
    throw await refuse('a folder that it lies in itself.');
  return {
    real,
    kind: found.isDirectory() ? ('folder' as const) : found.isFile() ? ('file' as const) : ('other' as const),
  };
};

/** How much the files of a store hold, which somebody may be writing in. */
export const storeBytes = async (dataFolder: string, name: string): Promise<number> => {
  const { files } = await readTree(dataFolder, (path) => path === name || path.startsWith(`${name}/`));
  let bytes = 0;
  for (const path of files) {
    bytes += await stat(join(dataFolder, path)).then(
      ({ size }) => size,
      () => 0, // Removed meanwhile.
    );
  }
  return bytes;
};

/** Makes sure that the names in a folder are on the disk. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

export interface Digest {
  readonly bytes: number;
  readonly sha256: string;
}

const pieceBytes = 131_072;
/** Files at once, so that one waits for the disk while another is read. */
const width = 8;

/**
 * Reads a file, and writes it to `to` where one is named, readable for its owner only. What this resolves about is on
 * the disk.
 */
export const readThrough = async (from: string, to?: string): Promise<Digest> => {
  const hash = createHash('sha256');
  const source = await open(from, 'r');
  try {
    const target = to === undefined ? undefined : await open(to, 'wx', 0o600);
    try {
      const piece = Buffer.allocUnsafe(pieceBytes);
      let bytes = 0;
      for (;;) {
        const { bytesRead } = await source.read(piece, 0, pieceBytes);
        if (bytesRead === 0) break;
        const read = piece.subarray(0, bytesRead);
        hash.update(read);
        await target?.writeFile(read);
        bytes += bytesRead;
      }
      await (target ?? source).sync();
      return { bytes, sha256: hash.digest('hex') };
    } finally {
      await target?.close();
    }
  } finally {
    await source.close();
  }
};

/** Runs `work` for each, some at once; the first failure ends it. */
const each = async <T>(items: readonly T[], signal: AbortSignal, work: (item: T) => Promise<void>): Promise<void> => {
  let next = 0;
  let failed = false;
  const run = async () => {
    for (let item = items[next++]; item !== undefined && !failed; item = items[next++]) {
      signal.throwIfAborted();
      await work(item).catch((err: unknown) => {
        failed = true;
        throw err;
      });
    }
  };
  // Nothing of it goes on when this rejects.
  const ended = await Promise.allSettled(Array.from({ length: width }, run));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
};

export interface TreeCopy {
  readonly tree: Omit<FileTree, 'followed'>;
  /** Where a path of the tree is to be read. */
  readonly sourceOf: (path: string) => string;
  /** An existing folder. */
  readonly target: string;
  readonly signal: AbortSignal;
  /** Told what was read of each file. What it throws ends the copying. */
  readonly check?: (path: string, digest: Digest) => void;
}

export const copyTree = async ({ tree, sourceOf, target, signal, check }: TreeCopy): Promise<void> => {
  for (const folder of tree.folders) await mkdir(join(target, folder), { mode: 0o700 });
  await each(tree.files, signal, async (path) => {
    const digest = await readThrough(sourceOf(path), join(target, path));
    check?.(path, digest);
  });
  for (const { path, to } of tree.links) await symlink(to, join(target, path));
};

/** What each of some files is, in their order. */
export const digestFiles = async (
  root: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<(Digest & { path: string })[]> => {
  const digests = new Map<string, Digest>();
  await each(paths, signal, async (path) => void digests.set(path, await readThrough(join(root, path))));
  return paths.map((path) => ({ path, ...(digests.get(path) as Digest) }));
};

/**
 * Removes what lies in a folder but for its lock, if the folder is there. A kill in the middle leaves the lock, by which
 * the rest of it is known.
 */
export const emptyLocked = async (folder: string): Promise<void> => {
  const names = await readdir(folder).catch((err: NodeJS.ErrnoException) => {
    if (err.code === 'ENOENT') return [];
    throw err;
  });
  for (const name of names) if (name !== '.lock') await rm(join(folder, name), { recursive: true, force: true });
};

/**
 * Removes folders in their order up to the first that has something in it: what another process put there is never
 * taken from it.
 */
export const removeEmpty = async (folders: readonly string[]): Promise<void> => {
  try {
    for (const folder of folders) await rmdir(folder);
  } catch (err) {
    if (!(err instanceof Error && 'code' in err && (err.code === 'ENOTEMPTY' || err.code === 'ENOENT'))) throw err;
  }
};
