import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

// Compiled, for `make docs`, this file lies one folder deeper.
export const root = fileURLToPath(new URL(import.meta.url.includes('/tidy/dist/') ? '../..' : '..', import.meta.url));

const skipped = new Set(['node_modules', 'dist', '.git', 'data', 'backups', 'coverage']);

const walk = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name) || entry.name.startsWith('data.')) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [relative(root, path).split(sep).join('/')];
  });

const listFiles = (): readonly string[] => {
  try {
    const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return listed.split('\n').filter(Boolean);
  } catch {
    return walk(root);
  }
};

let listed: readonly string[] | undefined;
/**
 * Every file of the project, as paths from its root; what git ignores is left out where git is at hand. Looked for once
 * in a process, as what is read of them.
 */
export const projectFiles = (): readonly string[] => {
  listed ??= listFiles();
  return listed;
};

export interface Source {
  /** From the project's root, with `/`. */
  readonly path: string;
  /** `lib`, `bff`, `services/auth` … ; `services` is the registry's. */
  readonly workspace: string;
  readonly text: string;
  /** Module names of its imports and exports-from. */
  readonly imports: readonly string[];
  /** A test, a contract suite, or what tests stand on. */
  readonly forTests: boolean;
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

const workspaceOf = (path: string): string => {
  const [first = '', second = '', inside] = path.split('/');
  return (first === 'services' || first === 'clients') && inside !== undefined ? `${first}/${second}` : first;
};

/**
 * A kit is what tests stand on, in whichever room; the page's own kit is what its parts are made of. What proves the
 * containers is a program.
 */
const isForTests = (path: string): boolean =>
  /\.(test|contract)\.ts$|(^|\/)test-[^/]+\.ts$|(^|\/)tests?\/|^tidy\/|^e2e\/(?!containers\/)/.test(path) ||
  (/(^|\/)kit\//.test(path) && !path.startsWith('web/page/kit/'));

let read: readonly Source[] | undefined;
/** The project's own TypeScript files, without generated ones. */
export const readSources = (): readonly Source[] => {
  read ??= projectFiles()
    .filter((path) => /\.tsx?$/.test(path) && path.includes('/') && !/^gen\/.+\//.test(path))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const imports = [...text.matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? '');
      const forTests = isForTests(path);
      return { path, workspace: workspaceOf(path), text, imports, forTests };
    });
  return read;
};
