import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, minify, type Rollup } from 'vite';

// Compiled, this file lies one folder deeper.
const client = fileURLToPath(new URL(import.meta.url.includes('/dist/') ? '../..' : '..', import.meta.url));

/** The whole client as one script without imports, as small as it gets. */
const bundle = async (): Promise<string> => {
  const built = (await build({
    root: client,
    configFile: false,
    logLevel: 'warn',
    resolve: { conditions: ['tickfolio-source'] },
    build: { write: false, target: 'es2022', lib: { entry: 'index.ts', formats: ['es'] } },
  })) as Rollup.RollupOutput[];
  const [script, ...others] = built.flatMap(({ output }) => output);
  if (script?.type !== 'chunk' || others.length > 0) throw new Error('the client is not one script');
  const { code, errors } = await minify('index.js', script.code, { module: true });
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('; '));
  return code;
};

/** Copies the declarations that `path` stands on, itself included, from the compiled client. */
const copyTypes = (path: string, to: string, copied = new Set<string>()): void => {
  if (copied.has(path)) return;
  copied.add(path);
  const text = readFileSync(join(client, 'dist', path), 'utf8').replace(/\n\/\/# sourceMappingURL=.*/, '');
  mkdirSync(dirname(join(to, path)), { recursive: true });
  writeFileSync(join(to, path), text);
  for (const [, name = ''] of text.matchAll(/from ['"](\.[^'"]+)\.js['"]/g))
    copyTypes(join(dirname(path), `${name}.d.ts`), to, copied);
};

/** Makes the folder that `npm pack` and `npm install` take, in place of what is there. The client is compiled already. */
export const makePackage = async (folder: string): Promise<void> => {
  const { version, license } = JSON.parse(readFileSync(join(client, 'package.json'), 'utf8')) as Record<string, string>;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name: '@tickfolio/client',
    version,
    description: 'Live portfolio values of a tickfolio server, exact to the last digit.',
    license,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.19' },
    exports: { '.': { types: './index.d.ts', default: './index.js' } },
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, 'index.js'), await bundle());
  copyTypes('index.d.ts', folder);
  for (const [from, name] of [
    ['README.md', 'README.md'],
    ['../../LICENSE', 'LICENSE'],
  ] as const)
    cpSync(join(client, from), join(folder, name));
};
