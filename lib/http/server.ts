import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyServerOptions,
  fastify,
  LogController,
} from 'fastify';
import { AppError } from '../errors/errors.js';
import { type Logger, requestIdKey, requestIdOf } from '../telemetry/telemetry.js';
import { clientErrorHandlerWith } from './connection-fault.js';
import { frameworkErrorsWith, setProblemHandlers } from './problem.js';
import { HttpRefusal } from './refusal.js';
import { compilersAtFirstCall } from './schema-compilers.js';
import { traceRequests } from './tracing.js';

export interface HttpServerOptions
  extends Pick<
    FastifyServerOptions,
    | 'bodyLimit'
    | 'requestTimeout'
    | 'forceCloseConnections'
    | 'trustProxy'
    | 'rewriteUrl'
    | 'routerOptions'
    | 'ajv'
    | 'schemaErrorFormatter'
  > {
  readonly log: Logger;
  /**
   * Sets what answers a failure of a request that could be read, and an address at which nothing is. Default:
   * problem+json for everybody.
   */
  readonly answerFailures?: (app: FastifyInstance) => void;
  /** Under which address, with a slash at its end, each reason of a problem has a page. Default nowhere. */
  readonly errorPages?: string;
}

/** A request must have arrived whole within this time. */
const defaultRequestTimeoutMs = 10_000;
/** What is served may take so long to begin: a machine that does ten other things is no fault that ends a start. */
const beginTimeoutMs = 120_000;
/** How often connections are looked through for such requests; Node's own 30 s would triple the time. */
const checkIntervalMs = 1_000;

const displayName = Symbol.for('fastify.display-name');

/** Gives what is registered without a name one: Fastify looks for it among all modules of the process, twice each. */
const namePlugins = (app: FastifyInstance): void => {
  const register = app.register as (this: FastifyInstance, plugin: unknown, options?: unknown) => FastifyInstance;
  const named = function (this: FastifyInstance, plugin: unknown, options?: unknown) {
    if (typeof plugin === 'function' && !(displayName in plugin))
      Object.defineProperty(plugin, displayName, { value: plugin.name || 'scope' });
    return register.call(this, plugin, options);
  };
  app.register = named as FastifyInstance['register'];
};

/**
 * A fastify server without routes that answers whatever fails, at whatever stage, as problem+json: what is no HTTP, an
 * unreadable address, a wrong method, a wrong body, an error of a route. It takes the caller's `x-request-id` or makes
 * one, sends it back, and logs no request by itself.
 */
export const createHttpServer = ({
  log,
  errorPages,
  answerFailures,
  ...options
}: HttpServerOptions): FastifyInstance => {
  const app: FastifyInstance = fastify({
    requestTimeout: defaultRequestTimeoutMs,
    pluginTimeout: beginTimeoutMs,
    ...options,
    frameworkErrors: frameworkErrorsWith(errorPages),
    clientErrorHandler: clientErrorHandlerWith(errorPages),
    // Without a Host Node would refuse with an empty answer; the hook below does it in words.
    http: { requireHostHeader: false, connectionsCheckingInterval: checkIntervalMs },
    // A child, whose level `listen` can turn for a moment.
    loggerInstance: log.child({}) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    schemaController: { compilersFactory: compilersAtFirstCall() },
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: ({ headers }) => requestIdOf(headers[requestIdKey]),
  });
  namePlugins(app);
  traceRequests(app);
  if (answerFailures) answerFailures(app);
  else setProblemHandlers(app, errorPages);
  app.addHook('onRequest', async ({ raw, id }, reply) => {
    reply.header(requestIdKey, id);
    if (raw.httpVersion === '1.1' && raw.headers.host === undefined)
      throw new AppError('invalid_argument', 'The request has no Host header.');
    const { expect } = raw.headers;
    if (expect !== undefined && !/^100-continue$/i.test(expect))
      throw new HttpRefusal(417, `"Expect: ${expect}" cannot be met.`);
  });
  // Without a listener Node answers by itself, with an empty body; the hook above refuses what comes here.
  app.server.on('checkExpectation', (request, response) => app.routing(request, response));
  return app;
};
