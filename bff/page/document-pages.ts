import { fileURLToPath } from 'node:url';
import { AppError } from '@tickfolio/lib/errors';
import { type StaticFile, sendStaticFile } from '@tickfolio/lib/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { missingName, readDocumentFiles } from './page-files.js';
import { pagePolicy } from './web-files.js';

/** Where `npm run build` puts the documents: beside this workspace, in the source tree as in an image. */
export const builtDocuments = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../../web/dist/site' : '../../web/dist/site', import.meta.url),
);

const notBuilt = (basePath: string) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>tickfolio</title>
<h1>The documents are not built</h1><p>Run <code>npm run build</code> and start again. The interfaces work: <a href="${basePath}openapi.json">REST</a>, <a href="${basePath}asyncapi.json">WebSocket</a>, <a href="${basePath}docs/errors">errors</a>.</p></html>`;

const send = (request: FastifyRequest, reply: FastifyReply, file: StaticFile): FastifyReply =>
  sendStaticFile(request, reply.header('content-security-policy', pagePolicy), file);

const isForPeople = ({ headers }: FastifyRequest): boolean => headers.accept?.includes('text/html') === true;

/** The file of an address below /docs: pages are addressed without their ending. */
const fileAt = (files: ReadonlyMap<string, StaticFile>, path: string): StaticFile | undefined =>
  path.endsWith('.html') ? undefined : (files.get(path === '' ? 'index.html' : `${path}.html`) ?? files.get(path));

export interface DocumentPagesOptions {
  /** What the build wrote. Default nothing: the address of the documents says so. */
  readonly folder: string | undefined;
  /** Where this server stands in its host, with a slash at both ends. */
  readonly basePath: string;
}

/** Serves the documents under /docs: the interfaces, and the guide. They are held in memory. */
export const addDocumentPages = (app: FastifyInstance, { folder, basePath }: DocumentPagesOptions): void => {
  const files = folder === undefined ? undefined : readDocumentFiles(folder, basePath);
  if (!files) {
    app.get('/docs', async (_request, reply) =>
      reply
        .code(503)
        .header('content-security-policy', pagePolicy)
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(notBuilt(basePath)),
    );
    app.get('/docs/', async (_request, reply) => reply.redirect(`${basePath}docs`, 308));
    return;
  }
  const answer = (request: FastifyRequest, reply: FastifyReply, path: string): FastifyReply => {
    const file = fileAt(files, path);
    if (file) return send(request, reply, file);
    // Links inside a page are relative, so an address has one form.
    const meant = (path.endsWith('/') ? path.slice(0, -1) : path).toLowerCase();
    if (fileAt(files, meant)) return reply.redirect(`${basePath}docs/${meant}`, 308);
    const missing = files.get(missingName);
    if (!missing || !isForPeople(request)) throw new AppError('not_found', 'There is no document at this address.');
    return send(request, reply.code(404), missing);
  };
  app.get('/docs', async (request, reply) => answer(request, reply, ''));
  app.get<{ Params: { readonly '*': string } }>('/docs/*', async (request, reply) =>
    request.params['*'] === '' ? reply.redirect(`${basePath}docs`, 308) : answer(request, reply, request.params['*']),
  );
};
