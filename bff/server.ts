import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import { AppError } from '@tickfolio/lib/errors';
import { createHttpServer, cutStalledStreams, measureRequests } from '@tickfolio/lib/http';
import type { FastifyInstance } from 'fastify';
import { withoutAlias } from './api/aliases.js';
import { serveUnder, withoutBasePath } from './api/base-path.js';
import { callCountsBy } from './api/call-counts.js';
import { errorPagesAt } from './api/error-pages.js';
import { bodyFaults } from './api/input-faults.js';
import { acceptJsonOnly } from './api/json-body.js';
import { swaggerOptions } from './api/openapi/openapi.js';
import type { DescribedTag } from './api/openapi/tags.js';
import { corsOptions } from './api/origins.js';
import type { BffDeps, SettledOptions } from './options.js';

const maxBodyBytes = 16 * 1024;

/**
 * A server without routes, with what holds for every route: bodies, headers, origins, cookies, limits, figures, the
 * description.
 * @param tags the groups of the description, in their order
 */
export const createServer = (
  { clock, log, metrics }: Pick<BffDeps, 'clock' | 'log' | 'metrics'>,
  options: SettledOptions,
  tags: readonly DescribedTag[],
): FastifyInstance => {
  const { basePath, trustProxy, secureCookie, allowedOrigins } = options;
  const app = createHttpServer({
    log,
    bodyLimit: maxBodyBytes,
    trustProxy,
    errorPages: errorPagesAt(basePath),
    rewriteUrl: ({ url = '/' }) => withoutAlias(withoutBasePath(url, basePath)),
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: true,
        verbose: true,
      },
    },
    schemaErrorFormatter: (faults) => bodyFaults(faults),
  });
  serveUnder(app, basePath);
  acceptJsonOnly(app);
  measureRequests(app, metrics);
  cutStalledStreams(app, clock);
  void app.register(swagger, swaggerOptions(options, tags));
  void app.register(helmet, {
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null, connectSrc: ["'self'"] } },
    strictTransportSecurity: secureCookie,
  });
  if (allowedOrigins.length > 0) void app.register(cors, corsOptions(allowedOrigins));
  void app.register(cookie);
  void app.register(rateLimit, {
    global: false,
    store: callCountsBy(clock),
    errorResponseBuilder: (_request, { ttl }) =>
      new AppError('resource_exhausted', 'Too many attempts from this address; please wait.', { retryAfterMs: ttl }),
  });
  return app;
};
