import swaggerUi from '@fastify/swagger-ui';
import { webSocketPath } from '@tickfolio/api/web-socket';
import { waitUntil } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { addOperations, listen } from '@tickfolio/lib/http';
import type { FastifyInstance } from 'fastify';
import { documents } from './api/documents.js';
import { errorPages, errorPagesAt } from './api/error-pages.js';
import { swaggerUiOptions } from './api/openapi.js';
import { takeUpgrades } from './live/ws-route.js';
import { modules } from './modules.js';
import { type BffDeps, type BffOptions, bffDefaults, type SettledOptions } from './options.js';
import { createPageAssets } from './page/page-assets.js';
import { addWebFiles } from './page/web-files.js';
import { tellAddress } from './proxies/start-words.js';
import { readinessOf } from './readiness.js';
import { createServer } from './server.js';
import { createShared } from './shared.js';

export { type AuthClient, createAuthClient } from './accounts/auth-client.js';
export { findAggregators } from './market/aggregator-addresses.js';
export { type AggregatorClient, createAggregatorClient } from './market/aggregator-client.js';
export { createAggregators } from './market/aggregators.js';
export type { BffDeps, BffOptions } from './options.js';
export { builtPage } from './page/web-files.js';
export { cookiesInWords } from './proxies/start-words.js';
export { migrationsFolder } from './schema.js';

/** The groups of the OpenAPI document. */
const tags = [...new Set([...modules.map(({ tag }) => tag), 'operations'])];

/** Serves the page, or where there is none the description of the interfaces. */
const addPage = (scope: FastifyInstance, root: FastifyInstance, deps: BffDeps, { webFolder, basePath }: SettledOptions): void => {
  const { postgres, clock, log } = deps;
  if (webFolder === undefined) scope.get('/', async (_request, reply) => reply.redirect(`${basePath}docs`));
  else addWebFiles(scope, webFolder, { root, basePath, share: (files) => createPageAssets({ db: postgres.db, clock, log, files }) });
};

/** Builds the whole BFF without listening. Closing the instance closes what it opened; the dependencies stay their owner's. */
const createBff = (deps: BffDeps, options: SettledOptions): FastifyInstance => {
  const app = createServer(deps, options, tags);
  const shared = createShared(deps, options);
  takeUpgrades(app, shared.live.sockets, errorPagesAt(options.basePath));
  void app.register(async (scope) => {
    scope.decorateRequest('signedIn', null);
    scope.addHook('onRequest', async (request) => {
      if (request.ws && !request.is404 && request.routeOptions.url !== webSocketPath)
        throw new AppError('invalid_argument', `Only ${webSocketPath} speaks WebSocket.`);
    });
    for (const module of modules) await scope.register(async (own) => module.register(own, shared), { prefix: module.prefix });
    await scope.register(
      swaggerUi,
      swaggerUiOptions(options.basePath, () => shared.market.kind.simulated === true),
    );
    await scope.register(documents);
    await scope.register(errorPages, { basePath: options.basePath });
    addPage(scope, app, deps, options);
    addOperations(scope, { metrics: deps.metrics, ...readinessOf(shared, modules) });
  });
  app.addHook('onClose', () => shared.close());
  return app;
};

export interface ListenOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** On closing, answers that a client has not taken after so long are cut off. Default 5 000. */
  readonly drainMs?: number;
}

export interface RunningBff {
  readonly port: number;
  /** Sends every client elsewhere, finishes what was asked, and closes, within some 6 s and no later than the signal. */
  close(until?: AbortSignal): Promise<void>;
}

/** Builds the BFF and listens. @throws StartError when the port is taken */
export const startBff = async (deps: BffDeps, given: BffOptions & ListenOptions): Promise<RunningBff> => {
  const options = { ...bffDefaults, ...given };
  const app = createBff(deps, options);
  try {
    const port = await listen(app, options, 'HTTP_PORT');
    tellAddress(deps.log, options);
    const close = async (until?: AbortSignal) => {
      const cut = deps.clock.after(options.drainMs ?? 5_000, () => app.server.closeAllConnections());
      await waitUntil(until, app.close());
      cut.cancel();
    };
    return { port, close };
  } catch (err) {
    await app.close();
    throw err;
  }
};
