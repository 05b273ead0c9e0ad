import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../sources.js';

const files = join(root, 'tidy/trial-service/files');
/** So that nothing takes them for parts of the project. */
const ending = '.txt';

/** What the trial service adds, by its paths in the project. */
export const additions: readonly string[] = readdirSync(files, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith(ending))
  .map((path) => path.slice(0, -ending.length).replaceAll('\\', '/'));

export const add = (folder: string): void => {
  for (const path of additions) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    cpSync(join(files, path + ending), join(folder, path));
  }
};
