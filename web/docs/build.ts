import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asyncApi } from '@tickfolio/api/asyncapi';
import { compressFiles, fingerprintOf, sha256, web } from '../built-files.js';
import { builtFolder } from '../built-folder.js';
import { guidePages } from './guide/guide-pages.js';
import { type EventsDocument, eventsPage } from './reference/events-page.js';
import type { OpenApiDocument } from './reference/openapi-document.js';
import { restPage } from './reference/rest-page.js';
import { webSocketPage } from './reference/websocket-page.js';
import { notFoundPage, type SitePage, wholePage } from './site/site-page.js';

// Builds the documents as pages into dist/site, which the gateway serves under /docs, unless they lie there whole and
// were built of the same sources.

const site = builtFolder('site');
const root = join(web, '..');
const room = join(web, 'docs');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Scripts and styles; leaves the shell of all pages. */
const buildShell = async (): Promise<string> => {
  const { build } = await import('vite');
  await build({
    root: room,
    configFile: false,
    logLevel: 'warn',
    base: './',
    build: {
      outDir: site.draft,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: false,
      rollupOptions: { input: join(room, 'shell.html') },
    },
  });
  const built = join(site.draft, 'shell.html');
  let shell = readFileSync(built, 'utf8');
  rmSync(built);
  // What stands in `public` gets a name made of its content too.
  for (const name of ['theme.js', 'icon.svg']) {
    const bytes = readFileSync(join(site.draft, name));
    const [stem, ending] = name.split('.');
    const hashed = `assets/${stem}-${sha256(bytes).slice(0, 8)}.${ending}`;
    writeFileSync(join(site.draft, hashed), bytes);
    rmSync(join(site.draft, name));
    shell = shell.replaceAll(`="./${name}"`, `="./${hashed}"`);
  }
  const font = readdirSync(join(site.draft, 'assets')).find((name) => name.endsWith('.woff2'));
  if (font === undefined) throw new Error('the build of the documents has no font');
  // It comes with the style that names it, not after it.
  const preload = `<link rel="preload" as="font" type="font/woff2" href="./assets/${font}" crossorigin />`;
  return shell.replace('</title>', `</title>\n    ${preload}`);
};

const write = (name: string, content: string | Buffer): void => {
  const path = join(site.draft, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
};

/** The file of a page: the gateway finds it by its address, without the ending. */
const fileOf = (address: string): string =>
  address === 'docs' ? 'index.html' : `${address.slice('docs/'.length)}.html`;

const guide = guidePages(read);
const openApi = JSON.parse(read('api/openapi.json')) as OpenApiDocument;
const events = read('api/events.json');
const pages: readonly SitePage[] = [
  restPage(openApi),
  webSocketPage(asyncApi()),
  eventsPage(JSON.parse(events) as EventsDocument),
  ...guide.pages,
];
const sources = sha256(
  [
    fingerprintOf(['docs', 'built-files.ts', '../lib/look', '../package-lock.json']),
    sha256(events),
    ...pages.map((page) => wholePage('{{title}}{{side}}{{main}}', page)),
    ...[...guide.pictures.keys()].map((path) => sha256(readFileSync(join(root, path)))),
  ].join('\n'),
);
if (!site.isBuilt(sources)) {
  site.clearDrafts();
  const shell = await buildShell();
  for (const page of pages) write(fileOf(page.address), wholePage(shell, page));
  write('not-found.html', wholePage(shell, notFoundPage));
  write('events.json', events);
  write('search.json', JSON.stringify(pages.flatMap(({ entries }) => entries)));
  for (const [path, address] of guide.pictures) write(address.slice('docs/'.length), readFileSync(join(root, path)));
  // A tenth of the time that the best compression takes, for a twentieth more bytes.
  compressFiles(site.draft, 9);
  site.replace(sources);
}
