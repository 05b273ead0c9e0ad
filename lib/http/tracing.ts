import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isTracing, type OpenSpan, openSpan, SpanKind, traceOf } from '../tracing/tracing.js';

/** Asked by machines every few seconds, and no request of anybody. */
const unseen = new Set<string | undefined>(['/health', '/ready', '/metrics']);

/**
 * Makes a span of every request of `app`, as part of the caller's trace where it names one. To be called before other
 * hooks are added.
 */
export const traceRequests = (app: FastifyInstance): void => {
  if (!isTracing()) return;
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  app.addHook('onRequest', (request, _reply, done) => {
    const { url: route } = request.routeOptions;
    if (unseen.has(route)) {
      done();
      return;
    }
    const span = openSpan(route === undefined ? request.method : `${request.method} ${route}`, {
      kind: SpanKind.SERVER,
      parent: traceOf(request.headers),
      attributes: {
        'http.request.method': request.method,
        'url.scheme': request.protocol,
        'tickfolio.request_id': request.id,
        ...(route === undefined ? {} : { 'http.route': route }),
      },
    });
    spans.set(request, span);
    span.run(done);
  });
  const end = (request: FastifyRequest, status: number) =>
    spans.get(request)?.end(status >= 500 ? String(status) : undefined, { 'http.response.status_code': status });
  // The body is read in events of the connection, which know nothing of the request.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.run(done);
    else done();
  });
  app.addHook('preHandler', async (request) => {
    // An upgrade is answered by the WebSocket library, and no hook hears of it.
    if (request.headers.upgrade?.toLowerCase() === 'websocket') end(request, 101);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    // What is logged of the answer in later hooks still belongs to it.
    if (span) span.run(done);
    else done();
    end(request, reply.statusCode);
  });
  app.addHook('onRequestAbort', async (request) => spans.get(request)?.end('canceled'));
};
