import { webSocketPath } from '@tickfolio/api/web-socket';
import type { Address } from '@tickfolio/lib/config';
import { AppError } from '@tickfolio/lib/errors';
import { addOperations, type Operations } from '@tickfolio/lib/http';
import { tablesIn } from '@tickfolio/lib/postgres';
import { type RunningService, serveHttp } from '@tickfolio/lib/service';
import type { FastifyInstance } from 'fastify';
import { errorPages, errorPagesAt } from './api/error-pages.js';
import { documents } from './api/openapi/documents.js';
import { describedTags } from './api/openapi/tags.js';
import { requireKnownSession } from './api/sign-in.js';
import { takeUpgrades } from './live/ws-route.js';
import { modules } from './modules.js';
import { type BffDeps, type BffOptions, bffDefaults, type SettledOptions } from './options.js';
import { addDocumentPages } from './page/document-pages.js';
import { createPageAssets } from './page/page-assets.js';
import { addWebFiles } from './page/web-files.js';
import { tellAddress } from './proxies/start-words.js';
import { readinessOf } from './readiness.js';
import * as schema from './schema.js';
import { createServer } from './server.js';
import { createShared, type Shared } from './shared.js';

export type { AuthClient } from './accounts/auth-client.js';
export { findAggregators } from './market/aggregator-addresses.js';
export { type AggregatorClient, createAggregatorClient } from './market/aggregator-client.js';
export { createAggregators } from './market/aggregators.js';
export { neighbourTargets, targetsOf } from './neighbour-settings.js';
export { createNeighbours } from './neighbours.js';
export type { BffDeps, BffOptions } from './options.js';
export { builtDocuments } from './page/document-pages.js';
export { builtPage } from './page/web-files.js';
export { cookiesInWords } from './proxies/start-words.js';
export { migrationsFolder } from './schema.js';
export { gatewayTopics } from './topics.js';
/** What is looked for at the start. */
export const tables = tablesIn(schema);

/** The groups of the OpenAPI document. */
const tags = describedTags(modules);

/** Serves the page, or where there is none the description of the interfaces. */
const addPage = (
  scope: FastifyInstance,
  root: FastifyInstance,
  deps: BffDeps,
  { webFolder, basePath }: SettledOptions,
): void => {
  const { postgres, clock, log } = deps;
  if (webFolder === undefined) scope.get('/', async (_request, reply) => reply.redirect(`${basePath}docs`));
  else
    addWebFiles(scope, webFolder, {
      root,
      basePath,
      share: (files) => createPageAssets({ db: postgres.db, clock, log, files }),
    });
};

/**
 * Builds the whole BFF without listening. Closing the instance closes what it opened; the dependencies stay their
 * owner's.
 */
const createBff = (
  shared: Shared,
  options: SettledOptions,
  readiness: Omit<Operations, 'metrics'>,
): FastifyInstance => {
  const { deps } = shared;
  const app = createServer(deps, options, tags);
  takeUpgrades(app, shared.live.sockets, errorPagesAt(options.basePath));
  void app.register(async (scope) => {
    scope.decorateRequest('signedIn', null);
    scope.addHook('onRequest', async (request) => {
      if (request.ws && !request.is404 && !request.routeOptions.url?.startsWith(webSocketPath))
        throw new AppError('invalid_argument', `Only ${webSocketPath} speaks WebSocket.`);
    });
    scope.addHook('preHandler', requireKnownSession(shared.sessions.gate.askOnce));
    for (const module of modules)
      await scope.register(async (own) => module.register(own, shared), { prefix: module.prefix });
    await scope.register(documents, { simulated: () => shared.market.kind.simulated === true });
    await scope.register(errorPages, { basePath: options.basePath });
    addDocumentPages(scope, { folder: options.documentsFolder, basePath: options.basePath });
    addPage(scope, app, deps, options);
    addOperations(scope, { metrics: deps.metrics, ...readiness });
  });
  app.addHook('onClose', () => shared.close());
  return app;
};

export interface ListenOptions {
  /** Port 0 picks a free one. */
  readonly address: Address;
  /** On closing, answers that a client has not taken after so long are cut off. Default 5 000. */
  readonly drainMs?: number;
}

export interface RunningBff extends RunningService {
  /** Settles with the reason only when it hears no more of what others tell, ever: whoever runs it should end. */
  readonly failed: Promise<Error>;
}

/**
 * Builds the BFF and listens. Closing sends every client elsewhere and takes some 6 s at most.
 * @throws StartError when the port is taken
 */
export const startBff = async (deps: BffDeps, given: BffOptions & ListenOptions): Promise<RunningBff> => {
  const { address, drainMs } = given;
  const options = { ...bffDefaults, ...given };
  const shared = createShared(deps, options);
  const readiness = readinessOf(shared, modules);
  const running = await serveHttp(deps, {
    address,
    portVariable: 'HTTP_PORT',
    dependencies: readiness.dependencies,
    drainMs,
    build: (draining) => createBff(shared, options, { ...readiness, draining }),
  });
  tellAddress(deps.log, options);
  return { ...running, failed: shared.failed };
};
