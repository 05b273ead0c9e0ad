import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectFiles, root } from '../sources.js';

/** A copy of the project that can be changed and built; packages are those of the original. */
export interface TreeCopy {
  readonly folder: string;
  /** Files of the project that the copy has otherwise, or not at all, sorted. */
  changed(): readonly string[];
  /** Makes a workspace known by its name, as npm does. @param folder such as `services/trial` */
  link(folder: string): void;
  remove(): void;
}

const linksOf = (folder: string, to: string): void => {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(folder)) {
    const [from, place] = [join(folder, name), join(to, name)];
    // A declaration may not name a type that lies elsewhere, so packages of types are copied.
    if (name === '@types' || name.endsWith('-types')) cpSync(from, place, { recursive: true });
    else if (name !== '@tickfolio') symlinkSync(from, place);
  }
};

export const copyTree = (): TreeCopy => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-trial-'));
  const files = projectFiles().filter((path) => existsSync(join(root, path)));
  const copy = (path: string) =>
    cpSync(join(root, path), join(folder, path), { recursive: true, preserveTimestamps: true });
  for (const path of files) copy(path);
  // What was compiled already need not be compiled again.
  const workspaces = files.filter((path) => path.endsWith('/package.json')).map(dirname);
  for (const workspace of [...workspaces, 'tidy', 'examples'])
    if (existsSync(join(root, workspace, 'dist'))) copy(join(workspace, 'dist'));

  const modules = join(folder, 'node_modules');
  linksOf(join(root, 'node_modules'), modules);
  mkdirSync(join(modules, '@tickfolio'));
  const link = (workspace: string) => {
    const { name } = JSON.parse(readFileSync(join(folder, workspace, 'package.json'), 'utf8')) as { name: string };
    symlinkSync(join(folder, workspace), join(modules, name));
  };
  for (const workspace of workspaces) link(workspace);
  return {
    folder,
    link,
    changed: () =>
      files
        .filter(
          (path) =>
            !existsSync(join(folder, path)) || !readFileSync(join(folder, path)).equals(readFileSync(join(root, path))),
        )
        .sort(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
