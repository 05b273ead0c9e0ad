import type { IncomingMessage } from 'node:http';
import { StartError } from '@tickfolio/lib/errors';
import type { FastifyInstance } from 'fastify';

// The path under which a proxy shows this server in its host. Some proxies take it off, some leave it on; here both are
// served.

/** The address without the base path; one that has none is left as it is. @param basePath with a slash at both ends */
export const withoutBasePath = (url: string, basePath: string): string => {
  if (basePath === '/') return url;
  if (url.startsWith(basePath)) return url.slice(basePath.length - 1);
  return isBare(url, basePath) ? url.slice(basePath.length - 1).replace(/^(?!\/)/, '/') : url;
};

/** Whether it is the base path, but for the slash at its end. */
const isBare = (url: string, basePath: string): boolean => url.split('?', 1)[0] === basePath.slice(0, -1);

/**
 * Serves upgrades under the base path too, which do not pass fastify's `rewriteUrl`, and leads to the slash at its end,
 * without which a browser's worker does not feel addressed. To be called before the routes are made. @throws StartError
 * (on listening) where an address of the server itself begins like the base path
 */
export const serveUnder = (app: FastifyInstance, basePath: string): void => {
  if (basePath === '/') return;
  app.server.prependListener('upgrade', (request: IncomingMessage) => {
    request.url = withoutBasePath(request.url ?? '/', basePath);
  });
  app.addHook('onRequest', async (request, reply) => {
    const { originalUrl, method } = request;
    if (isBare(originalUrl, basePath) && (method === 'GET' || method === 'HEAD'))
      return reply.redirect(basePath + originalUrl.slice(basePath.length - 1), 308);
  });
  const own = new Set<string>();
  app.addHook('onRoute', ({ url }) => void own.add(url.split('/')[1] ?? ''));
  app.addHook('onReady', async () => {
    const [, first = ''] = basePath.split('/');
    if (own.has(first))
      throw new StartError(`BASE_PATH must not begin with /${first}, which is an address of the server itself.`);
  });
};
