import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { clearDrafts, isBuilt, draft as outDir, replacePage } from './built-page.js';

// Builds the page into dist/page, unless it lies there whole and was built of the same sources.

const web = fileURLToPath(new URL('..', import.meta.url));
/** What the page is made of, from here; the versions of its packages stand in the lock file. */
const sources = [
  'index.html',
  'build.ts',
  'built-page.ts',
  'package.json',
  'page',
  'worker',
  'public',
  '../api/live/close-codes.ts',
  '../clients/typescript/any-age.ts',
  '../clients/typescript/clock.ts',
  '../clients/typescript/live',
  '../clients/typescript/session',
  '../lib/clock',
  '../lib/look',
  '../lib/money',
  '../lib/errors',
  '../lib/renewal',
  '../lib/retry',
  '../package-lock.json',
];

const filesOf = (path: string): string[] => {
  const whole = join(web, path);
  if (!existsSync(whole)) return [];
  try {
    const entries = readdirSync(whole, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [whole]; // No folder.
  }
};

const fingerprintOfSources = (): string => {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesOf).sort()) {
    if (!/\.test\.tsx?$/.test(file)) hash.update(`${file.slice(web.length)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
};

const buildPage = async () => {
  const { build } = await import('vite');
  const { default: react } = await import('@vitejs/plugin-react');
  await build({
    root: web,
    configFile: false,
    logLevel: 'warn',
    plugins: [react()],
    resolve: { conditions: ['tickfolio-source', 'module', 'browser', 'production'] },
    // Files name each other relative to themselves; the server writes into the index where they stand.
    base: './',
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      sourcemap: false,
      assetsInlineLimit: 0,
      // A late style that did not come would not be asked for again with its script.
      cssCodeSplit: false,
      modulePreload: { polyfill: false },
    },
  });
};

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Makes the scripts that run before the others as small as those, and gives them a name made of their content, as all
 * others have.
 */
const finishEarlyScripts = async () => {
  const { minify } = await import('vite');
  const index = join(outDir, 'index.html');
  for (const stem of ['appearance', 'first-words']) {
    // Both keep to the language of browsers that are too old for the page.
    const { code, errors } = await minify(`${stem}.js`, readFileSync(join(outDir, `${stem}.js`), 'utf8'), {
      compress: { target: 'es2015' },
    });
    if (errors.length > 0) throw new Error(`${stem}.js: ${errors.map(({ message }) => message).join('; ')}`);
    const name = `assets/${stem}-${sha256(code).slice(0, 8)}.js`;
    writeFileSync(join(outDir, name), code);
    rmSync(join(outDir, `${stem}.js`));
    writeFileSync(index, readFileSync(index, 'utf8').replace(`/${stem}.js`, `/${name}`));
  }
};

/** The font comes with the style that names it, not after it. */
const preloadFont = () => {
  const font = readdirSync(join(outDir, 'assets')).find((name) => name.endsWith('.woff2'));
  if (font === undefined) throw new Error('the build has no font');
  const index = join(outDir, 'index.html');
  const link = `<link rel="preload" as="font" type="font/woff2" href="./assets/${font}" crossorigin />`;
  writeFileSync(index, readFileSync(index, 'utf8').replace('</title>', `</title>\n    ${link}`));
};

/** The worker that opens the page without a network: it knows every file of this build by its hash. */
const buildWorker = async () => {
  const { build } = await import('vite');
  const index = sha256(readFileSync(join(outDir, 'index.html')));
  const assets = readdirSync(join(outDir, 'assets')).sort();
  const pageFiles = {
    build: sha256([index, ...assets].join()).slice(0, 16),
    index,
    assets: assets.map((name) => `assets/${name}`),
  };
  await build({
    root: web,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    define: { pageFiles: JSON.stringify(pageFiles) },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      modulePreload: false,
      rollupOptions: { input: join(web, 'worker/worker.ts'), output: { entryFileNames: 'worker.js', format: 'iife' } },
    },
  });
};

/** Below this a compressed file is hardly smaller. */
const minBytes = 600;

/** Compressed once here, so that nobody compresses while serving. */
const compress = () => {
  for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !/\.(js|css|html|svg|json|webmanifest)$/.test(entry.name)) continue;
    const bytes = readFileSync(path);
    if (bytes.length < minBytes) continue;
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
};

const built = fingerprintOfSources();
if (!isBuilt(built)) {
  clearDrafts();
  await buildPage();
  await finishEarlyScripts();
  preloadFont();
  await buildWorker();
  compress();
  replacePage(built);
}
