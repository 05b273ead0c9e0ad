import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readlink, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** What lies in a folder; paths from it, with `/`, in an order in which a folder comes before what it has in it. */
export interface FileTree {
  readonly folders: readonly string[];
  readonly files: readonly string[];
  readonly links: readonly { readonly path: string; readonly to: string }[];
}

/**
 * Lists a folder. Sockets and the like are no part of it.
 * @param wanted says of a path whether it, and what it has in it, belongs to the tree
 */
export const readTree = async (root: string, wanted: (path: string) => boolean = () => true): Promise<FileTree> => {
  const tree = { folders: [] as string[], files: [] as string[], links: [] as { path: string; to: string }[] };
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!wanted(path)) continue;
      if (entry.isDirectory()) {
        tree.folders.push(path);
        await walk(path);
      } else if (entry.isSymbolicLink()) tree.links.push({ path, to: await readlink(join(root, path)) });
      else if (entry.isFile()) tree.files.push(path);
    }
  };
  await walk('');
  return tree;
};

/** How much the files of a folder hold, which somebody may be writing in. */
export const treeBytes = async (root: string): Promise<number> => {
  let bytes = 0;
  for (const path of (await readTree(root)).files) {
    bytes += await stat(join(root, path)).then(
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

/** Reads a file, and writes it to `to` where one is named, readable for its owner only. What this resolves about is on the disk. */
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
  readonly tree: FileTree;
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
export const digestFiles = async (root: string, paths: readonly string[], signal: AbortSignal): Promise<(Digest & { path: string })[]> => {
  const digests = new Map<string, Digest>();
  await each(paths, signal, async (path) => void digests.set(path, await readThrough(join(root, path))));
  return paths.map((path) => ({ path, ...(digests.get(path) as Digest) }));
};
