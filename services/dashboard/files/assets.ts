import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartError } from '@tickfolio/lib/errors';
import { compress, sendStaticFile, staticFile } from '@tickfolio/lib/http';
import type { FastifyInstance } from 'fastify';

/** Addresses of what every page needs; they change with the content. */
export interface AssetUrls {
  readonly style: string;
  readonly chartStyle: string;
  readonly script: string;
  readonly icon: string;
  readonly font: string;
}

export interface Assets {
  readonly urls: AssetUrls;
  /** Serves them under /assets/. */
  add(app: FastifyInstance): void;
}

/** Compressed once. */
const quality = 9;

const compiled = !import.meta.url.endsWith('.ts');
const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const scripts = folder(compiled ? '../browser' : '../dist/browser');
const styles = folder(compiled ? '../../styles' : '../styles');
const resolvePackage = createRequire(import.meta.url).resolve;
/** The tokens name it by its package. */
const font = '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2';
const servedFont = 'inter.woff2';

/** Page and dashboard have one look. */
const readLook = (): Buffer => {
  const sheets = ['tokens', 'base'].map((name) => resolvePackage(`@tickfolio/lib/look/${name}.css`));
  const text = sheets.map((sheet) => readFileSync(sheet, 'utf8')).join('');
  return Buffer.from(text.replace(font, servedFont));
};

const readAll = (): ReadonlyMap<string, Buffer> => {
  if (!existsSync(join(scripts, 'main.js')))
    throw new StartError(`The dashboard's scripts are missing (${scripts}): run \`npm run build\` first.`);
  const uplot = resolvePackage('uplot/dist/uPlot.esm.js');
  const files = new Map<string, Buffer>();
  for (const name of readdirSync(scripts)
    .filter((name) => /^[a-z-]+\.js$/.test(name))
    .sort()) {
    // Source maps are not served.
    files.set(
      name,
      Buffer.from(readFileSync(join(scripts, name), 'utf8').replace(/\/\/# sourceMappingURL=.*\s*$/, '')),
    );
  }
  const sheets = readdirSync(styles).filter((name) => name.endsWith('.css'));
  const own = sheets.sort().map((name) => readFileSync(join(styles, name)));
  files.set('dashboard.css', Buffer.concat([readLook(), ...own]));
  files.set(servedFont, readFileSync(resolvePackage(font)));
  files.set('icon.svg', readFileSync(join(styles, 'icon.svg')));
  files.set('uplot.js', readFileSync(uplot));
  files.set('uplot.css', readFileSync(uplot.replace('uPlot.esm.js', 'uPlot.min.css')));
  return files;
};

/** Reads scripts, styles and the chart library into memory. @throws StartError when they were not built. */
export const loadAssets = async (): Promise<Assets> => {
  const all = readAll();
  const hash = createHash('sha256');
  for (const [name, bytes] of all) hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  // One hash for all of them, because the scripts name each other.
  const version = hash.digest('hex').slice(0, 16);
  const url = (name: string) => `/assets/${version}/${name}`;
  const files = new Map(
    await Promise.all(
      [...all].map(async ([name, bytes]) => {
        const [br, gzip] = await Promise.all([compress('br', bytes, quality), compress('gzip', bytes, quality)]);
        return [name, staticFile(name, bytes, { forEver: true, compressed: { br, gzip } })] as const;
      }),
    ),
  );
  return {
    urls: {
      style: url('dashboard.css'),
      chartStyle: url('uplot.css'),
      script: url('main.js'),
      icon: url('icon.svg'),
      font: url(servedFont),
    },
    add: (app) => {
      app.get<{ Params: { version: string; name: string } }>('/assets/:version/:name', async (request, reply) => {
        const file = files.get(request.params.name);
        if (!file) return reply.callNotFound();
        // A page of another replica's version gets what is here, but nobody keeps it under that name.
        return sendStaticFile(request, reply, { ...file, forEver: request.params.version === version });
      });
    },
  };
};
