import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The file of an empty database, packed: `npm run build` makes it once per version of PGlite, which takes 4 s to make a database and 1 s to unpack one.
 */
export const emptyDatabaseFile = (): URL => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.resolve('@electric-sql/pglite')), 'utf8')) as {
    version: string;
  };
  // Beside the compiled code, also when this file is read as source.
  return new URL(`${import.meta.url.endsWith('.ts') ? '../dist/' : '../'}postgres/empty-${version}.tar.gz`, import.meta.url);
};

/** @returns its path; undefined where it was not built, and a database is made from nothing. */
export const findEmptyDatabase = (): string | undefined => {
  const file = fileURLToPath(emptyDatabaseFile());
  return existsSync(file) ? file : undefined;
};
