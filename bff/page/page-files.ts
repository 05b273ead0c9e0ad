import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { type StaticFile, staticFile } from '@tickfolio/lib/http';

/** @param name from the page's folder, with `/`; the build names what lies in `assets/` by its content */
export const fileOf = (name: string, bytes: Buffer, compressed: StaticFile['compressed']): StaticFile =>
  staticFile(name, bytes, { forEver: name.startsWith('assets/'), compressed });

/** The two files that know where they stand; all others name each other relative to themselves. */
const indexName = 'index.html';
const workerName = 'worker.js';
/** Shown at addresses below /docs that have no document. */
export const missingName = 'not-found.html';
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Writes the place into what the build left relative, and into the worker, which knows the index by its hash, the
 * index's new one.
 */
const place = (files: Map<string, StaticFile>, basePath: string) => {
  const change = (name: string, edit: (text: string) => string) => {
    const file = files.get(name);
    if (!file) return;
    const bytes = Buffer.from(edit(file.bytes.toString('utf8')));
    files.set(name, fileOf(name, bytes, { br: brotliCompressSync(bytes), gzip: gzipSync(bytes) }));
  };
  const hashOfIndex = () => sha256(files.get(indexName)?.bytes ?? Buffer.alloc(0));
  const before = hashOfIndex();
  change(indexName, (html) => html.replaceAll('="./', `="${basePath}`));
  change(workerName, (script) => script.replaceAll(before, hashOfIndex()));
};

/** What a build wrote, by names from its folder, with `/`; with what it compressed. */
const readFolder = (folder: string): Map<string, StaticFile> => {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(br|gz|map)$|^\./.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const variant = (path: string) => (existsSync(path) ? readFileSync(path) : undefined);
  return new Map(
    names.map((name) => {
      const path = join(folder, name);
      const br = variant(`${path}.br`);
      const gzip = variant(`${path}.gz`);
      return [
        name.replaceAll('\\', '/'),
        fileOf(name, readFileSync(path), { ...(br && { br }), ...(gzip && { gzip }) }),
      ];
    }),
  );
};

/** The same of a page that stands under `basePath` of its host. @returns undefined where no page was built */
export const readPageFiles = (folder: string, basePath: string): ReadonlyMap<string, StaticFile> | undefined => {
  if (!existsSync(join(folder, indexName))) return undefined;
  const files = readFolder(folder);
  place(files, basePath);
  return files;
};

/**
 * The documents as pages, whose links are relative but for those of the page that says that there is none.
 * @returns undefined where none were built
 */
export const readDocumentFiles = (folder: string, basePath: string): ReadonlyMap<string, StaticFile> | undefined => {
  if (!existsSync(join(folder, indexName))) return undefined;
  const files = readFolder(folder);
  const missing = files.get(missingName)?.bytes.toString('utf8') ?? '';
  files.set(missingName, fileOf(missingName, Buffer.from(missing.replaceAll('="./', `="${basePath}`)), {}));
  return files;
};
