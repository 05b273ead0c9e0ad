import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { afterEach, beforeEach, expect, it } from 'vitest';

// The compiled build of a project of one file.

const project = fileURLToPath(new URL('..', import.meta.url));
let place: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (...names: string[]) => join(place.path, 'standalone', ...names);
const build = (...options: string[]) => promisify(execFile)(process.execPath, [...options, at('dist/build.js')]);
const built = () => readFile(at('dist/bundle/main.js'), 'utf8');

beforeEach(async () => {
  place = await temporaryFolder();
  await mkdir(at('dist'), { recursive: true });
  await copyFile(join(project, 'standalone/dist/build.js'), at('dist/build.js'));
  await symlink(join(project, 'node_modules'), join(place.path, 'node_modules'));
  await writeFile(join(place.path, 'package.json'), '{ "type": "module" }');
  await writeFile(join(place.path, 'package-lock.json'), '{}');
  await writeFile(at('main.ts'), `console.log('before');`);
});
afterEach(() => place.remove());

it('runs what was saved while the run was being built, after the next build', async () => {
  // Saves it when the bundle lies there, and it is not yet noted of what that was built.
  const saving = join(place.path, 'saving.mjs');
  const lines = [
    `import fs from 'node:fs';`,
    `import { syncBuiltinESMExports } from 'node:module';`,
    'const { readFileSync } = fs;',
    'let saved = false;',
    'fs.readFileSync = (...given) => {',
    `  if (!saved && fs.existsSync(${JSON.stringify(at('dist/bundle/main.js'))})) {`,
    '    saved = true;',
    `    fs.writeFileSync(${JSON.stringify(at('main.ts'))}, "console.log('after');");`,
    '  }',
    '  return readFileSync(...given);',
    '};',
    'syncBuiltinESMExports();',
  ];
  await writeFile(saving, lines.join('\n'));
  await build('--import', pathToFileURL(saving).href);
  expect([await built(), await readFile(at('main.ts'), 'utf8')]).toEqual([
    expect.stringContaining('before'),
    expect.stringContaining('after'),
  ]);
  await build();
  expect(await built()).toContain('after');
});

it('is built anew where a file of what was built is missing, and otherwise left alone', async () => {
  await build();
  const { ino } = await stat(at('dist/bundle/main.js'));
  await build();
  expect((await stat(at('dist/bundle/main.js'))).ino).toBe(ino);
  await rm(at('dist/bundle/main.js'));
  await build();
  expect(await built()).toContain('before');
});
