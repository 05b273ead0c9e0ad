import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartError } from '@tickfolio/lib/lifecycle';
import type { FastifyInstance } from 'fastify';
import { compress, type Encoding, encodingFor } from './compression.js';

/** Addresses of what every page needs; they change with the content. */
export interface AssetUrls {
  readonly style: string;
  readonly chartStyle: string;
  readonly script: string;
  readonly icon: string;
}

export interface Assets {
  readonly urls: AssetUrls;
  /** Serves them under /assets/. */
  add(app: FastifyInstance): void;
}

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};
/** Compressed once. */
const quality = 9;

const compiled = !import.meta.url.endsWith('.ts');
const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const scripts = folder(compiled ? '../browser' : '../dist/browser');
const styles = folder(compiled ? '../../styles' : '../styles');

const readAll = (): ReadonlyMap<string, Buffer> => {
  if (!existsSync(join(scripts, 'main.js')))
    throw new StartError(`The dashboard's scripts are missing (${scripts}): run \`npm run build\` first.`);
  const uplot = createRequire(import.meta.url).resolve('uplot/dist/uPlot.esm.js');
  const files = new Map<string, Buffer>();
  for (const name of readdirSync(scripts)
    .filter((name) => /^[a-z-]+\.js$/.test(name))
    .sort()) {
    // Source maps are not served.
    files.set(name, Buffer.from(readFileSync(join(scripts, name), 'utf8').replace(/\/\/# sourceMappingURL=.*\s*$/, '')));
  }
  const sheets = readdirSync(styles).filter((name) => name.endsWith('.css'));
  files.set('dashboard.css', Buffer.concat(sheets.sort().map((name) => readFileSync(join(styles, name)))));
  files.set('icon.svg', readFileSync(join(styles, 'icon.svg')));
  files.set('uplot.js', readFileSync(uplot));
  files.set('uplot.css', readFileSync(uplot.replace('uPlot.esm.js', 'uPlot.min.css')));
  return files;
};

/** Reads scripts, styles and the chart library into memory. @throws StartError when they were not built. */
export const loadAssets = (): Assets => {
  const files = readAll();
  const hash = createHash('sha256');
  for (const [name, bytes] of files) hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  // One hash for all of them, because the scripts name each other.
  const version = hash.digest('hex').slice(0, 16);
  const url = (name: string) => `/assets/${version}/${name}`;
  const small = new Map<string, Promise<Buffer>>();
  const compressed = (name: string, bytes: Buffer, encoding: Encoding): Promise<Buffer> => {
    const key = `${encoding}/${name}`;
    const made = small.get(key) ?? compress(encoding, bytes, quality);
    small.set(key, made);
    return made;
  };
  return {
    urls: { style: url('dashboard.css'), chartStyle: url('uplot.css'), script: url('main.js'), icon: url('icon.svg') },
    add: (app) => {
      app.get<{ Params: { version: string; name: string } }>('/assets/:version/:name', async (request, reply) => {
        const { name } = request.params;
        const bytes = files.get(name);
        if (!bytes) return reply.callNotFound();
        // A page of another replica's version gets what is here, but nobody keeps it under that name.
        const own = request.params.version === version;
        reply.header('cache-control', own ? 'public, max-age=31536000, immutable' : 'no-cache');
        reply.type(types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream');
        const encoding = encodingFor(request.headers['accept-encoding']);
        if (!encoding) return bytes;
        reply.header('content-encoding', encoding).header('vary', 'accept-encoding');
        return compressed(name, bytes, encoding);
      });
    },
  };
};
