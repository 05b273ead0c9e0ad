import { AppError } from '@tickfolio/lib/errors';
import { addOperations, createHttpServer, hasAlready, measureRequests, type Operations } from '@tickfolio/lib/http';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { FastifyInstance } from 'fastify';
import type { Subscriptions } from './subscriptions.js';
import type { SymbolList } from './symbol-list.js';

export interface HttpDeps {
  readonly log: Logger;
  readonly operations: Operations;
  readonly subscriptions: Subscriptions;
  readonly list: SymbolList;
}

const maxBodyBytes = 512 * 1024;
/** Symbols in one set, about what fits into a body; of these the registry takes as many as it may. */
const maxSetSymbols = 30_000;

const setSchema = {
  params: {
    type: 'object',
    properties: { holder: { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,64}$' } },
  },
  body: {
    type: 'object',
    required: ['symbols'],
    properties: { symbols: { type: 'array', maxItems: maxSetSymbols, items: { type: 'string', maxLength: 64 } } },
  },
} as const;

/** The HTTP face; does not listen yet. */
export const buildHttp = ({ log, operations, subscriptions, list }: HttpDeps): FastifyInstance => {
  const app = createHttpServer({
    log,
    bodyLimit: maxBodyBytes,
    forceCloseConnections: true,
    // A number among the symbols is a mistake of the caller, not a symbol.
    ajv: { customOptions: { coerceTypes: false } },
  });
  // Its callers ask every two seconds, so an answer is no news.
  measureRequests(app, operations.metrics, { level: 'debug' });
  addOperations(app, operations);

  // The contract has a GET that changes something: nothing between may keep its answer, and a HEAD must not do the
  // same.
  app.get<{ Querystring: { symbol?: unknown; id?: unknown } }>(
    '/coin',
    { exposeHeadRoute: false },
    async ({ query }, reply) => {
      reply.header('cache-control', 'no-store');
      return { subscribed: true, ...(await subscriptions.hold(query.symbol, query.id)) };
    },
  );
  app.delete<{ Querystring: { symbol?: unknown; id?: unknown } }>('/coin', async ({ query }) => ({
    subscribed: false,
    ...subscriptions.release(query.symbol, query.id),
  }));
  app.put<{ Params: { holder: string }; Body: { symbols: string[] } }>(
    '/subscriptions/:holder',
    { schema: setSchema },
    async ({ params, body }) => subscriptions.replace(params.holder, body.symbols),
  );
  app.get<{ Querystring: { fresh?: unknown } }>('/symbols', async (request, reply) => {
    if (request.query.fresh === 'true') await list.lookAgain();
    if (!list.known)
      throw new AppError('unavailable', 'The list of symbols is not known yet.', { retryAfterMs: 1_000 });
    const tag = `"${list.revision.replaceAll('"', '')}"`;
    reply.header('etag', tag).header('cache-control', 'no-cache');
    if (hasAlready(request.headers['if-none-match'], tag)) return reply.code(304).send();
    return { revision: list.revision, simulated: list.simulated, symbols: list.symbols };
  });
  return app;
};
