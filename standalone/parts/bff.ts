import { bffConfig, bffOptions, type NeighbourName, neighbourSettings } from '@tickfolio/bff/config';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { withOwnNames } from '../run/own-names.js';
import { definePart, type ServedPart } from '../run/part.js';
import { inRun } from '../run/unneeded.js';
import { aggregator } from './aggregator.js';
import { clickhouse } from './clickhouse.js';
import { databases, portfoliosName } from './databases.js';
import { jwtSecret } from './jwt-secret.js';
import { eventLog, pubsub } from './messages.js';
import { socket } from './socket.js';

const elsewhere = Object.fromEntries(Object.keys(neighbourSettings).map((variable) => [variable, true])) as {
  readonly [Variable in keyof typeof neighbourSettings]: true;
};

const database = definePart({
  name: 'database of portfolios',
  needs: { databases },
  settings: (env) => ({
    ...portfoliosName(env),
    POSTGRES_MAX_CONNECTIONS: bffConfig(env).shape.POSTGRES_MAX_CONNECTIONS,
  }),
  start: async ({ config }, given) => {
    const { migrationsFolder, tables } = await import('@tickfolio/bff/app');
    const maxConnections = config.POSTGRES_MAX_CONNECTIONS;
    return given.databases.open({ name: config.PROFILE_POSTGRES_DB, migrationsFolder, tables, maxConnections });
  },
});

/** What the gateway reads, but for where the parts are that it calls by gRPC: each of those says that of itself. */
const ownShape = (env: NodeJS.ProcessEnv) => bffConfig(env).omit({ ...elsewhere, PARTS: true }).shape;

/** Nobody else writes there, so it is looked at only for what could not be sent at once. */
const relayPollMs = 5_000;
/** There is one gateway, and the log keeps what a group has not read: one for each start would pile up. */
const socketsGroup = 'bff.sockets';

/** @param neighbours whom the gateway calls by gRPC */
export const bffPart = (neighbours: Readonly<Record<NeighbourName, ServedPart>>) =>
  definePart({
    name: 'bff',
    needs: { ...neighbours, aggregator, database, eventLog, jwtSecret, pubsub, socket },
    settings: (env) => {
      const shape = inRun(ownShape(env));
      return { ...shape, ...portfoliosName(env), ...withOwnNames(env, 'BFF', shape, ['HTTP_PORT']) };
    },
    topics: async () => (await import('@tickfolio/bff/app')).gatewayTopics,
    listens: ({ HTTP_HOST, BFF_HTTP_PORT }) => [
      { variable: 'HTTP_PORT', otherName: 'BFF_HTTP_PORT', address: { host: HTTP_HOST, port: BFF_HTTP_PORT } },
    ],
    start: async ({ config, disks, own, service, soon, fail }, given) => {
      const { builtDocuments, builtPage, createAggregatorClient, createNeighbours, startBff, targetsOf } = await import(
        '@tickfolio/bff/app'
      );
      const { createCircuitMetrics } = await import('@tickfolio/lib/telemetry/circuit-metrics');
      const about = service('bff');
      const observeCircuit = createCircuitMetrics(about.metrics);
      const targets = targetsOf((name) => given[name].target);
      const clients = own('clients of services', createNeighbours({ ...about, observeCircuit }, targets));
      const archive: { clickhouse?: ClickHouse } = {};
      soon(clickhouse).then(
        (opened) => {
          if (typeof opened !== 'string') archive.clickhouse = opened.clickhouse;
        },
        () => undefined, // Told by whoever walks the parts.
      );
      const { app: socket, isOwn } = given.socket;
      const app = await startBff(
        {
          ...about,
          clickhouse: () => archive.clickhouse,
          postgres: given.database.postgres,
          neighbours: clients,
          aggregator: createAggregatorClient({ baseUrl: given.aggregator.url, observeCircuit }),
          ...given.pubsub,
          eventLog: given.eventLog,
          // The socket service has no place of its own to tell it, unless METRICS_ADDR is set.
          beside: [disks.dependency, ...(isOwn ? socket.dependencies : [])],
          ...(isOwn ? { factsBeside: socket.facts } : {}),
        },
        {
          ...bffOptions({ ...config, PARTS: 'whole', HTTP_PORT: config.BFF_HTTP_PORT, JWT_SECRET: given.jwtSecret }),
          webFolder: builtPage,
          documentsFolder: builtDocuments,
          relayPollMs,
          socketsGroup,
        },
      );
      void app.failed.then(fail);
      return app;
    },
  });
