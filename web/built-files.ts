import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** This workspace, beside whose `dist` the compiled file lies. */
export const web = fileURLToPath(new URL('..', import.meta.url));

const filesOf = (path: string): string[] => {
  const whole = join(web, path);
  if (!existsSync(whole)) return [];
  try {
    const entries = readdirSync(whole, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [whole]; // No folder.
  }
};

/** @param sources files and folders, from this workspace; tests in them do not count */
export const fingerprintOf = (sources: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesOf).sort()) {
    if (!/\.test\.tsx?$/.test(file)) hash.update(`${file.slice(web.length)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
};

export const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Below this a compressed file is hardly smaller. */
const minBytes = 600;

/**
 * Compressed once here, so that nobody compresses while serving.
 * @param quality of brotli, up to 11
 */
export const compressFiles = (folder: string, quality: number): void => {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !/\.(js|css|html|svg|json|webmanifest)$/.test(entry.name)) continue;
    const bytes = readFileSync(path);
    if (bytes.length < minBytes) continue;
    const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
};
