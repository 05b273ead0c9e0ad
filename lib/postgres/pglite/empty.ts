import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseTar } from 'nanotar';

/**
 * The file of an empty database, packed. `npm run build` makes it once per version of PGlite: to make a database takes
 * PGlite some seconds, to unpack one is writing its files.
 */
export const emptyDatabaseFile = (): URL => {
  const { version } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.resolve('@electric-sql/pglite')), 'utf8'),
  ) as {
    version: string;
  };
  // Beside the compiled code, also when this file is read as source.
  return new URL(
    `${import.meta.url.endsWith('.ts') ? '../../dist/' : '../../'}postgres/empty-${version}.tar.gz`,
    import.meta.url,
  );
};

/**
 * How much the files of an empty database take, and a little more: what gzip noted, in its last four bytes, of the size
 * of the archive.
 */
export const emptyDatabaseBytes = (): number => {
  const file = openSync(emptyDatabaseFile(), 'r');
  try {
    const noted = Buffer.alloc(4);
    readSync(file, noted, 0, noted.length, fstatSync(file).size - noted.length);
    return noted.readUInt32LE();
  } finally {
    closeSync(file);
  }
};

/**
 * Writes the files of an empty database into a new folder. @throws Error with ENOENT when the project was not built
 * whole, or what the file system says
 */
export const unpackEmptyDatabase = (folder: string): void => {
  for (const { name, type, data } of parseTar(gunzipSync(readFileSync(emptyDatabaseFile())))) {
    const path = join(folder, name);
    mkdirSync(type === 'directory' ? path : dirname(path), { recursive: true, mode: 0o700 });
    if (type === 'file') writeFileSync(path, data ?? '', { mode: 0o600 });
  }
};
