import { fileURLToPath } from 'node:url';
import { AppError } from '@tickfolio/lib/errors';
import { type StaticFile, sendStaticFile } from '@tickfolio/lib/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pageRoutes } from '../api/public-url.js';
import { meantAddress } from './meant-address.js';
import type { PageAssets } from './page-assets.js';
import { readPageFiles } from './page-files.js';

/** Where `npm run build` puts the page: beside this workspace, in the source tree as in an image. */
export const builtPage = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../../web/dist/page' : '../../web/dist/page', import.meta.url),
);

/** What a page may load: what this server has, and nothing that stands in it. */
export const pagePolicy = [
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

/** Whoever has its address may look: it is handed on to nobody, and found by no search. */
const sharedPage = '/s/:token';
const ofSecret = { 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' };

const send = (request: FastifyRequest, reply: FastifyReply, file: StaticFile): FastifyReply =>
  sendStaticFile(request, reply.header('content-security-policy', pagePolicy), file);

const notBuilt = (basePath: string) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>tickfolio</title>
<h1>The page is not built</h1><p>Run <code>npm run build</code> and start again. The interfaces work: <a href="${basePath}docs">their description</a>.</p></html>`;

export interface WebFilesOptions {
  /** Answers addresses that there are not. Default the app itself. */
  readonly root?: FastifyInstance;
  /** Where the page stands in its host, with a slash at both ends. Default `/`. */
  readonly basePath?: string;
  /** Shares this build's files with replicas of others. Default nobody. */
  readonly share?: (files: ReadonlyMap<string, StaticFile>) => PageAssets;
}

/** Files of other builds: before this replica listens the others can serve its own, and it serves theirs. */
const serveOthers = (app: FastifyInstance, assets: PageAssets): void => {
  app.get<{ Params: { readonly name: string } }>('/assets/:name', async (request, reply) => {
    const { name } = request.params;
    const file = /^[\w.-]{1,200}$/.test(name) ? await assets.find(`assets/${name}`) : undefined;
    if (!file) throw new AppError('not_found', 'No build of the page has this file.');
    return send(request, reply, file);
  });
  app.addHook('onReady', () => assets.offer());
  app.addHook('onClose', async () => assets.close());
};

/** An address of the page has one form; others lead to it. */
const leadToMeant = (root: FastifyInstance, basePath: string): void => {
  root.addHook('onRequest', async ({ method, url }, reply) => {
    if (method !== 'GET' && method !== 'HEAD') return;
    const [path = ''] = url.split('?', 1);
    const meant = meantAddress(path);
    if (meant !== undefined) return reply.redirect(basePath + meant.slice(1) + url.slice(path.length), 308);
  });
};

/**
 * Serves the built page, held in memory: compressed beforehand, kept by browsers for ever where the name is made of the
 * content.
 * @param folder what the build wrote; where there is no page in it, the page's address says so
 */
export const addWebFiles = (
  app: FastifyInstance,
  folder: string,
  { root = app, basePath = '/', share }: WebFilesOptions = {},
): void => {
  const files = readPageFiles(folder, basePath);
  const page = files?.get('index.html');
  if (!files || !page) {
    app.log.warn({ folder }, 'the page is not built; run "npm run build"');
    app.get('/', async (_request, reply) =>
      reply
        .code(503)
        .header('content-security-policy', pagePolicy)
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(notBuilt(basePath)),
    );
    return;
  }
  for (const url of pageRoutes)
    app.get(url, async (request, reply) => send(request, url === sharedPage ? reply.headers(ofSecret) : reply, page));
  for (const [name, file] of files) {
    if (file !== page) app.get(`/${name}`, async (request, reply) => send(request, reply, file));
  }
  if (share) serveOthers(app, share(files));
  leadToMeant(root, basePath);
  // A person who mistyped an address gets a page that says so, a program the problem.
  root.addHook('onRequest', async (request, reply) => {
    const isForPeople =
      request.method === 'GET' && request.headers.accept?.includes('text/html') && !/^\/(api|docs)\b/.test(request.url);
    if (!request.is404 || !isForPeople) return;
    reply
      .code(404)
      .header('content-security-policy', pagePolicy)
      .header('cache-control', 'no-store')
      .header('vary', 'accept');
    return reply.type(page.type).send(page.bytes);
  });
};
