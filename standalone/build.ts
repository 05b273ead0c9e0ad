import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';

// Builds the run into dist/bundle: some two hundred files instead of two thousand, each of which would be looked for,
// read and compiled by itself at every start. Does nothing where it lies there, built of the same files.

const dist = fileURLToPath(new URL('.', import.meta.url));
const room = join(dist, '..');
const project = join(room, '..');
const bundle = join(dist, 'bundle');
/** Names the files that it was built of, and what stood in them; written last. */
const stamp = join(dist, 'bundle.sources');

/** Native, or loaded when the run has long been going on and the bundle may be another one. */
const outside = /^(node:.*|chdb|chdb\/.*|@electric-sql\/pglite|@node-rs\/argon2|@simplewebauthn\/server)$/;

const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** What was built, of which a file may be missing: the names and contents of its files. */
const fingerprint = (): string =>
  readdirSync(bundle)
    .sort()
    .map((name) => `${name} ${digestOf(join(bundle, name))}`)
    .join('\n');

/** @param digests of the sources, in the order of their paths */
const contentOf = (digests: readonly string[]): string =>
  createHash('sha256').update(digests.join('\n')).update(fingerprint()).digest('hex');

const isBuilt = (): boolean => {
  if (!existsSync(stamp) || !existsSync(bundle)) return false;
  const [content, ...files] = readFileSync(stamp, 'utf8').trim().split('\n');
  const paths = files.map((file) => join(project, file));
  return paths.every((path) => existsSync(path)) && content === contentOf(paths.map(digestOf));
};

/**
 * All that goes in, also what only says what others look like, as it was just before it was read: what is saved while it
 * is built is another content, and built the next time.
 */
const sources = new Map<string, string>();
const note = (path: string): void => {
  if (!sources.has(path) && existsSync(path)) sources.set(path, digestOf(path));
};
const notes: Plugin = { name: 'notes', load: (id) => void note(id.split('?')[0] ?? id) };

/** Files that lie beside a module are found from where it was, not from the bundle. */
const places: Plugin = {
  name: 'places',
  transform: {
    // Not in what rolldown itself adds.
    filter: { id: { exclude: /^\0/ }, code: /import\.meta\.url|\b__(dir|file)name\b/ },
    handler: (code, id) => {
      const place = `new URL(${JSON.stringify(relative(bundle, id))}, import.meta.url)`;
      const own = code.replaceAll('import.meta.url', `${place}.href`);
      if (!/\b__(dir|file)name\b/.test(code)) return { code: own };
      const names = [`__filename = process.getBuiltinModule('node:url').fileURLToPath(${place})`];
      names.push(`__dirname = process.getBuiltinModule('node:path').dirname(__filename)`);
      return { code: `var ${names.join(', ')};${own}` };
    },
  },
};

const build = async (): Promise<void> => {
  for (const path of [join(project, 'package-lock.json'), fileURLToPath(import.meta.url)]) note(path);
  const made = await rolldown({
    input: { main: join(room, 'main.ts') },
    platform: 'node',
    external: outside,
    plugins: [notes, places],
    resolve: { conditionNames: ['tickfolio-source', 'node'], extensionAlias: { '.js': ['.ts', '.js'] } },
    // Lines stay where they are; the columns of those that name a place are of no use to anybody.
    checks: { sourcemapBroken: false },
  });
  rmSync(stamp, { force: true });
  await made.write({
    dir: bundle,
    cleanDir: true,
    format: 'esm',
    sourcemap: true,
    // They lie where the map says.
    sourcemapExcludeSources: true,
    chunkFileNames: '[name]-[hash].js',
  });
  await made.close();
  const paths = [...sources.keys()].sort();
  const digests = paths.map((path) => sources.get(path) ?? '');
  writeFileSync(stamp, [contentOf(digests), ...paths.map((path) => relative(project, path)), ''].join('\n'));
};

if (!isBuilt()) await build();
