import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, it } from 'vitest';
import { readPages } from './markdown.js';
import { root } from './sources.js';

/** The lines of .dockerignore, each with whether it takes back in; the last one that matches counts. */
const lines = readFileSync(join(root, '.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const isIn = line.startsWith('!');
    const text = line.slice(isIn ? 1 : 0).replaceAll('.', '\\.');
    const pattern = text.replace(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.*/)?'));
    return { isIn, pattern: new RegExp(`^${pattern}(?:/|$)`) };
  });
const isInContext = (path: string): boolean => lines.findLast(({ pattern }) => pattern.test(path))?.isIn ?? true;

it('the images are built of every document of the guide and of what these link, and of no test, secret or package', () => {
  const needed = readPages().flatMap(({ path, links }) => [
    path,
    ...links.map((link) => posix.join(posix.dirname(path), link.path)),
  ]);
  const there = [...new Set(needed)].filter((path) => existsSync(join(root, path)) && /\.\w+$|run$/.test(path));
  expect(there.length).toBeGreaterThan(150);
  expect(there.filter((path) => !isInContext(path))).toEqual([]);
  const out = ['.env', 'deploy/.env', 'services/auth/.env.local', 'node_modules/marked/README.md', 'bff/app.test.ts'];
  expect([...out, 'lib/dist/x.md', 'bench/main.ts', 'data/databases/x', 'e2e/kit/page.ts'].filter(isInContext)).toEqual(
    [],
  );
  expect(
    ['bff/app.ts', 'api/openapi.json', 'web/docs/build.ts', 'web/screenshots/x.png'].filter(
      (path) => !isInContext(path),
    ),
  ).toEqual([]);
});
