import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Where `npm run build` puts the page: beside this workspace, in the source tree as in an image. */
export const builtPage = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../web/dist/page' : '../web/dist/page', import.meta.url),
);

/** The addresses of the page itself; anything else that is no file of it is a 404. */
const pageRoutes = ['/', '/sign-in', '/sign-up', '/account', '/coins/:symbol'];

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  webmanifest: 'application/manifest+json',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
};

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

type Encoding = 'br' | 'gzip';

interface WebFile {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
  /** Its name changes with its content. */
  readonly forEver: boolean;
  readonly compressed: Readonly<Partial<Record<Encoding, Buffer>>>;
}

/** The best of what the client says it can read. */
export const acceptedEncoding = (accepted: string | undefined): Encoding | undefined => {
  const named = (accepted ?? '').toLowerCase().split(',');
  const takes = (encoding: Encoding) => named.some((part) => part.trim().split(/\s*;/)[0] === encoding && !/;\s*q=0(\.0*)?\s*$/.test(part));
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : undefined;
};

const readFiles = (folder: string): ReadonlyMap<string, WebFile> => {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(br|gz|map)$|^\./.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const variant = (path: string) => (existsSync(path) ? readFileSync(path) : undefined);
  return new Map(
    names.map((name) => {
      const path = join(folder, name);
      const bytes = readFileSync(path);
      const br = variant(`${path}.br`);
      const gzip = variant(`${path}.gz`);
      const file: WebFile = {
        bytes,
        type: types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
        etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
        forEver: name.startsWith('assets/'),
        compressed: { ...(br && { br }), ...(gzip && { gzip }) },
      };
      return [name.replaceAll('\\', '/'), file];
    }),
  );
};

const send = (request: FastifyRequest, reply: FastifyReply, file: WebFile): FastifyReply => {
  reply.header('cache-control', file.forEver ? 'public, max-age=31536000, immutable' : 'no-cache');
  reply.header('etag', file.etag).header('vary', 'accept-encoding').header('content-security-policy', policy);
  if (request.headers['if-none-match']?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === file.etag))
    return reply.code(304).send();
  reply.type(file.type);
  const encoding = acceptedEncoding(request.headers['accept-encoding']);
  const small = encoding && file.compressed[encoding];
  if (!encoding || !small) return reply.send(file.bytes);
  return reply.header('content-encoding', encoding).send(small);
};

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>tickfolio</title>
<h1>The page is not built</h1><p>Run <code>npm run build</code> and start again. The interfaces work: <a href="/docs">their description</a>.</p></html>`;

/**
 * Serves the built page, held in memory: compressed beforehand, kept by browsers for ever where the name is made of the content.
 * @param folder what the build wrote; where there is no page in it, the page's address says so
 * @param root answers addresses that there are not
 */
export const addWebFiles = (app: FastifyInstance, folder: string, root: FastifyInstance = app): void => {
  const files = existsSync(join(folder, 'index.html')) ? readFiles(folder) : undefined;
  const page = files?.get('index.html');
  if (!files || !page) {
    app.log.warn({ folder }, 'the page is not built; run "npm run build"');
    app.get('/', async (_request, reply) =>
      reply
        .code(503)
        .header('content-security-policy', policy)
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(notBuilt),
    );
    return;
  }
  for (const url of pageRoutes) app.get(url, async (request, reply) => send(request, reply, page));
  for (const [name, file] of files) {
    if (file !== page) app.get(`/${name}`, async (request, reply) => send(request, reply, file));
  }
  // A person who mistyped an address gets a page that says so, a program the problem.
  root.addHook('onRequest', async (request, reply) => {
    const isForPeople = request.method === 'GET' && request.headers.accept?.includes('text/html') && !/^\/(api|docs)\b/.test(request.url);
    if (!request.is404 || !isForPeople) return;
    reply.code(404).header('content-security-policy', policy).header('cache-control', 'no-store').header('vary', 'accept');
    return reply.type(page.type).send(page.bytes);
  });
};
