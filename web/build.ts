import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { compressFiles, fingerprintOf, sha256, web } from './built-files.js';
import { builtFolder } from './built-folder.js';

// Builds the page into dist/page, unless it lies there whole and was built of the same sources.

const page = builtFolder('page');
const { draft: outDir } = page;
/** What the page is made of, from here; the versions of its packages stand in the lock file. */
const sources = [
  'index.html',
  'build.ts',
  'built-files.ts',
  'built-folder.ts',
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
  '../lib/market',
  '../lib/money',
  '../lib/errors',
  '../lib/renewal',
  '../lib/retry',
  '../package-lock.json',
];

/** What draws the page comes together with the script that asks for it, not after it. */
const appPreloads: Plugin = {
  name: 'app-preloads',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle = {} }) => {
      const chunks = Object.values(bundle).filter((part) => part.type === 'chunk');
      const entry = chunks.find(({ isEntry }) => isEntry);
      const app = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith('/page/show-app.tsx')));
      if (!entry || !app) throw new Error('the build has no app');
      const own = new Set([entry.fileName, ...entry.imports]);
      return [app.fileName, ...app.imports]
        .filter((name) => !own.has(name))
        .map((name) => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', crossorigin: true, href: `./${name}` },
          injectTo: 'head' as const,
        }));
    },
  },
};

const buildPage = async () => {
  const { build } = await import('vite');
  const { default: react } = await import('@vitejs/plugin-react');
  await build({
    root: web,
    configFile: false,
    logLevel: 'warn',
    plugins: [react(), appPreloads],
    resolve: {
      conditions: ['tickfolio-source', 'module', 'browser', 'production'],
      // What React has itself since its 18th version.
      alias: [{ find: /^use-sync-external-store\/shim(\/index\.js)?$/, replacement: 'react' }],
    },
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
      rolldownOptions: {
        output: {
          // Two files, with all that each needs: many small ones would wait for each other on a slow line.
          codeSplitting: {
            groups: [
              { name: 'index', test: /\/page\/main\.ts$/, priority: 2 },
              { name: 'show-app', test: /\/page\/show-app\.tsx$/, priority: 1 },
            ],
          },
        },
      },
    },
  });
};

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

/** The font comes with the style that names it, not after it, and takes no part of a slow line from the script. */
const preloadFont = () => {
  const font = readdirSync(join(outDir, 'assets')).find((name) => name.endsWith('.woff2'));
  if (font === undefined) throw new Error('the build has no font');
  const index = join(outDir, 'index.html');
  const link = `<link rel="preload" as="font" type="font/woff2" fetchpriority="low" href="./assets/${font}" crossorigin />`;
  writeFileSync(index, readFileSync(index, 'utf8').replace('</title>', `</title>\n    ${link}`));
};

/** The words of each language are a file; which one is needed the first script knows. */
const nameLanguages = () => {
  const index = join(outDir, 'index.html');
  const files = ['en', 'de'].map((language) => {
    const file = readdirSync(join(outDir, 'assets')).find((name) =>
      new RegExp(`^messages-${language}-.*js$`).test(name),
    );
    if (file === undefined) throw new Error(`the build has no words in ${language}`);
    return `data-${language}="./assets/${file}"`;
  });
  const script = /<script src="(\.\/assets\/appearance-[^"]+)"/;
  writeFileSync(index, readFileSync(index, 'utf8').replace(script, `<script ${files.join(' ')} src="$1"`));
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

const built = fingerprintOf(sources);
if (!page.isBuilt(built)) {
  page.clearDrafts();
  await buildPage();
  await finishEarlyScripts();
  preloadFont();
  nameLanguages();
  await buildWorker();
  compressFiles(outDir, 11);
  page.replace(built);
}
