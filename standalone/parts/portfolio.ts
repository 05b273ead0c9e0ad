import { serverAddress } from '@tickfolio/lib/config';
import { portfolioConfig } from '@tickfolio/portfolio/config';
import { definePart } from '../run/part.js';
import { inRun } from '../run/unneeded.js';
import { dialTarget } from '../start/dial.js';
import { loopback } from '../start/listening-place.js';
import { databases } from './databases.js';
import { eventLog } from './messages.js';

const database = definePart({
  name: 'database of the portfolio service',
  needs: { databases },
  settings: (env) => ({ POSTGRES_MAX_CONNECTIONS: portfolioConfig(env).shape.POSTGRES_MAX_CONNECTIONS }),
  start: async ({ config }, given) => {
    const { migrationsFolder, tables } = await import('@tickfolio/portfolio/app');
    const maxConnections = config.POSTGRES_MAX_CONNECTIONS;
    return given.databases.open({ name: 'portfolio_service', migrationsFolder, tables, maxConnections });
  },
});

/** Nobody else writes there, so it is looked at only for what could not be sent at once. */
const relayPollMs = 5_000;

export const portfolio = definePart({
  name: 'portfolio',
  needs: { database, eventLog },
  settings: (env) => {
    const { GRPC_PORT, METRICS_ADDR: _, ...shape } = inRun(portfolioConfig(env).shape);
    return {
      ...shape,
      PORTFOLIO_GRPC_PORT: GRPC_PORT,
      PORTFOLIO_SERVICE_ADDR: serverAddress().optional().describe('A portfolio service that runs elsewhere.'),
    };
  },
  listens: ({ PORTFOLIO_GRPC_PORT }) => [
    { variable: 'PORTFOLIO_GRPC_PORT', address: { host: loopback, port: PORTFOLIO_GRPC_PORT } },
  ],
  topics: async () => [
    (await import('@tickfolio/lib/events/portfolio-events')).portfolioEvents,
    (await import('@tickfolio/lib/events/balance-events')).balanceEvents,
  ],
  start: async ({ config, service }, given) => {
    const { startPortfolio } = await import('@tickfolio/portfolio/app');
    const app = await startPortfolio(
      { ...service('portfolio'), postgres: given.database.postgres, eventLog: given.eventLog },
      {
        address: { host: loopback, port: config.PORTFOLIO_GRPC_PORT },
        paperGrant: config.PAPER_GRANT,
        limits: { relayPollMs },
      },
    );
    return {
      target: dialTarget(config.PORTFOLIO_SERVICE_ADDR ?? { host: loopback, port: app.port }),
      close: app.close,
    };
  },
});
