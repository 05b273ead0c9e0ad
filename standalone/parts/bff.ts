import { bffConfig, bffOptions } from '@tickfolio/bff/config';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { withOwnNames } from '../run/own-names.js';
import { definePart } from '../run/part.js';
import { inRun } from '../run/unneeded.js';
import { aggregator } from './aggregator.js';
import { auth } from './auth.js';
import { clickhouse } from './clickhouse.js';
import { databases, portfoliosName } from './databases.js';
import { jwtSecret } from './jwt-secret.js';
import { pubsub } from './messages.js';
import { socket } from './socket.js';

const database = definePart({
  name: 'database of portfolios',
  needs: { databases },
  settings: (env) => ({
    ...portfoliosName(env),
    POSTGRES_MAX_CONNECTIONS: bffConfig(env).shape.POSTGRES_MAX_CONNECTIONS,
  }),
  start: async ({ config }, given) => {
    const { migrationsFolder } = await import('@tickfolio/bff/app');
    const maxConnections = config.POSTGRES_MAX_CONNECTIONS;
    return given.databases.open({ name: config.PROFILE_POSTGRES_DB, migrationsFolder, maxConnections });
  },
});

export const bff = definePart({
  name: 'bff',
  needs: { aggregator, auth, database, jwtSecret, pubsub, socket },
  settings: (env) => {
    const shape = inRun(bffConfig(env).shape);
    return { ...shape, ...portfoliosName(env), ...withOwnNames(env, 'BFF', shape, ['HTTP_PORT']) };
  },
  listens: ({ HTTP_HOST, BFF_HTTP_PORT }) => [
    { variable: 'HTTP_PORT', address: { host: HTTP_HOST, port: BFF_HTTP_PORT } },
  ],
  start: async ({ config, clock, disks, own, service, soon }, given) => {
    const { builtPage, createAggregatorClient, createAuthClient, startBff } = await import('@tickfolio/bff/app');
    const { createCallTimes } = await import('@tickfolio/lib/grpc');
    const { createCircuitMetrics } = await import('@tickfolio/lib/telemetry/circuit-metrics');
    const about = service('bff');
    const observeCircuit = createCircuitMetrics(about.metrics);
    const observe = createCallTimes(about.metrics);
    const authClient = own(
      'auth client',
      createAuthClient({ clock, target: given.auth.target, observe, observeCircuit }),
    );
    const archive: { clickhouse?: ClickHouse } = {};
    soon(clickhouse).then(
      (opened) => {
        if (typeof opened !== 'string') archive.clickhouse = opened.clickhouse;
      },
      () => undefined, // Told by whoever walks the parts.
    );
    const { app, isOwn } = given.socket;
    return startBff(
      {
        ...about,
        clickhouse: () => archive.clickhouse,
        postgres: given.database.postgres,
        auth: authClient,
        aggregator: createAggregatorClient({ baseUrl: given.aggregator.url, observeCircuit }),
        ...given.pubsub,
        // The socket service has no place of its own to tell it, unless METRICS_ADDR is set.
        beside: [disks.dependency, ...(isOwn ? app.dependencies : [])],
        ...(isOwn ? { factsBeside: app.facts } : {}),
      },
      {
        ...bffOptions({ ...config, HTTP_PORT: config.BFF_HTTP_PORT, JWT_SECRET: given.jwtSecret }),
        webFolder: builtPage,
      },
    );
  },
});
