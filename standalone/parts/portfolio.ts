import { portfolioConfig } from '@tickfolio/portfolio/config';
import { tellsFromElsewhere } from '../run/elsewhere.js';
import { definePart } from '../run/part.js';
import { inRun } from '../run/unneeded.js';
import { dialTarget } from '../start/dial.js';
import { loopback } from '../start/listening-place.js';
import { portfolioSchema } from '../stores/store-names.js';
import { auth } from './auth.js';
import { databases } from './databases.js';
import { eventLog } from './messages.js';
import { socket } from './socket.js';

const database = definePart({
  name: 'database of the portfolio service',
  needs: { databases },
  settings: (env) => ({ POSTGRES_MAX_CONNECTIONS: portfolioConfig(env).shape.POSTGRES_MAX_CONNECTIONS }),
  start: async ({ config }, given) => {
    const { migrationsFolder, tables } = await import('@tickfolio/portfolio/app');
    const maxConnections = config.POSTGRES_MAX_CONNECTIONS;
    return given.databases.open({ name: portfolioSchema, migrationsFolder, tables, maxConnections });
  },
});

/** Nobody else writes there, so it is looked at only for what could not be sent at once. */
const relayPollMs = 5_000;

export const portfolio = definePart({
  name: 'portfolio',
  needs: { auth, database, eventLog, socket },
  settings: (env) => {
    // Auth and socket say of themselves where they are.
    const { AUTH_SERVICE_ADDR: _, SOCKET_SERVICE_ADDR: __, ...own } = portfolioConfig(env).shape;
    const { GRPC_PORT, METRICS_ADDR: ___, ...shape } = inRun(own);
    return {
      ...shape,
      PORTFOLIO_GRPC_PORT: GRPC_PORT,
      PORTFOLIO_SERVICE_ADDR: tellsFromElsewhere(
        env,
        'A portfolio service that runs elsewhere, with its Kafka in `BROKERS`.',
      ),
    };
  },
  listens: ({ PORTFOLIO_GRPC_PORT }) => [
    { variable: 'PORTFOLIO_GRPC_PORT', address: { host: loopback, port: PORTFOLIO_GRPC_PORT } },
  ],
  topics: async () => (await import('@tickfolio/portfolio/app')).portfolioTopics,
  start: async ({ config, own, service, fail }, given) => {
    const [{ createSocketClient, startPortfolio }, { connectOwner }, { EventServiceClient }] = await Promise.all([
      import('@tickfolio/portfolio/app'),
      import('@tickfolio/lib/outbox/inbox'),
      import('@tickfolio/gen/auth/v1'),
    ]);
    const about = service('portfolio');
    const accounts = own('accounts', connectOwner(EventServiceClient, { ...about, target: given.auth.target })).list;
    const exchange = own('exchange', createSocketClient({ ...about, target: given.socket.target }));
    const app = await startPortfolio(
      { ...about, postgres: given.database.postgres, eventLog: given.eventLog, accounts, socket: exchange },
      {
        address: { host: loopback, port: config.PORTFOLIO_GRPC_PORT },
        paperGrant: config.PAPER_GRANT,
        limits: { relayPollMs, auditPeriodMs: config.AUDIT_INTERVAL },
      },
    );
    void app.failed.then(fail);
    return {
      target: dialTarget(config.PORTFOLIO_SERVICE_ADDR ?? { host: loopback, port: app.port }),
      close: app.close,
    };
  },
});
