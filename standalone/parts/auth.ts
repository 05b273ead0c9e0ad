import { authConfig, authLimits, holdersOf } from '@tickfolio/auth/config';
import { tellsFromElsewhere } from '../run/elsewhere.js';
import { withOwnNames } from '../run/own-names.js';
import { definePart } from '../run/part.js';
import { inRun } from '../run/unneeded.js';
import { dialTarget } from '../start/dial.js';
import { loopback } from '../start/listening-place.js';
import { accountsName, databases } from './databases.js';
import { jwtSecret } from './jwt-secret.js';
import { eventLog } from './messages.js';

const database = definePart({
  name: 'database of accounts',
  needs: { databases },
  settings: (env) => ({
    ...accountsName(env),
    POSTGRES_MAX_CONNECTIONS: authConfig(env).shape.POSTGRES_MAX_CONNECTIONS,
  }),
  start: async ({ config }, given) => {
    const { migrationsFolder, tables } = await import('@tickfolio/auth/app');
    const maxConnections = config.POSTGRES_MAX_CONNECTIONS;
    return given.databases.open({ name: config.AUTH_POSTGRES_DB, migrationsFolder, tables, maxConnections });
  },
});

/** Nobody else writes there, so it is looked at only for what could not be sent at once. */
const relayPollMs = 5_000;

export const auth = definePart({
  name: 'auth',
  needs: { database, eventLog, jwtSecret },
  settings: (env) => {
    const { PARTS: _, ...shape } = inRun(authConfig(env).shape);
    return {
      ...shape,
      ...accountsName(env),
      ...withOwnNames(env, 'AUTH', shape, ['GRPC_PORT']),
      AUTH_SERVICE_ADDR: tellsFromElsewhere(env, 'An auth service that runs elsewhere, with its Kafka in `BROKERS`.'),
    };
  },
  listens: ({ AUTH_GRPC_PORT }) => [
    { variable: 'GRPC_PORT', otherName: 'AUTH_GRPC_PORT', address: { host: loopback, port: AUTH_GRPC_PORT } },
  ],
  topics: async () => [(await import('@tickfolio/lib/events/user-events')).userEvents],
  start: async ({ config, service }, given) => {
    const { startAuth } = await import('@tickfolio/auth/app');
    const app = await startAuth(
      { ...service('auth'), postgres: given.database.postgres, eventLog: given.eventLog },
      {
        address: { host: loopback, port: config.AUTH_GRPC_PORT },
        jwtSecret: given.jwtSecret,
        sealSecret: config.SEAL_SECRET,
        operators: config.OPERATORS,
        holders: holdersOf('whole'),
        // There is no other replica, which would not have a new key yet.
        limits: { ...authLimits(config), relayPollMs, resealAfterMs: 1_000 },
      },
    );
    return { target: dialTarget(config.AUTH_SERVICE_ADDR ?? { host: loopback, port: app.port }), close: app.close };
  },
});
