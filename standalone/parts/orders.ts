import { ordersConfig, paperFeesOf } from '@tickfolio/orders/config';
import { tellsFromElsewhere } from '../run/elsewhere.js';
import { definePart } from '../run/part.js';
import { inRun } from '../run/unneeded.js';
import { dialTarget } from '../start/dial.js';
import { loopback } from '../start/listening-place.js';
import { ordersSchema } from '../stores/store-names.js';
import { aggregator } from './aggregator.js';
import { auth } from './auth.js';
import { databases } from './databases.js';
import { eventLog } from './messages.js';
import { portfolio } from './portfolio.js';
import { socket } from './socket.js';

const database = definePart({
  name: 'database of the orders service',
  needs: { databases },
  settings: (env) => ({ POSTGRES_MAX_CONNECTIONS: ordersConfig(env).shape.POSTGRES_MAX_CONNECTIONS }),
  start: async ({ config }, given) => {
    const { migrationsFolder, tables } = await import('@tickfolio/orders/app');
    const maxConnections = config.POSTGRES_MAX_CONNECTIONS;
    return given.databases.open({ name: ordersSchema, migrationsFolder, tables, maxConnections });
  },
});

/** Nobody else writes there, so it is looked at only for what could not be sent at once. */
const relayPollMs = 5_000;
/** All share one connection, and nobody else looks how far trades were looked at. */
const storeMs = 1_000;

export const orders = definePart({
  name: 'orders',
  needs: { aggregator, auth, database, eventLog, portfolio, socket },
  settings: (env) => {
    // Auth, socket, portfolio and the aggregator say of themselves where they are.
    const {
      AUTH_SERVICE_ADDR: _,
      SOCKET_SERVICE_ADDR: __,
      PORTFOLIO_SERVICE_ADDR: ___,
      AGGREGATOR_SERVICE_ADDR: ____,
      ...own
    } = ordersConfig(env).shape;
    const { GRPC_PORT, METRICS_ADDR: _____, ...shape } = inRun(own);
    return {
      ...shape,
      ORDERS_GRPC_PORT: GRPC_PORT,
      ORDERS_SERVICE_ADDR: tellsFromElsewhere(
        env,
        'An orders service that runs elsewhere, with its Kafka in `BROKERS`.',
      ),
    };
  },
  listens: ({ ORDERS_GRPC_PORT }) => [
    { variable: 'ORDERS_GRPC_PORT', address: { host: loopback, port: ORDERS_GRPC_PORT } },
  ],
  topics: async () => (await import('@tickfolio/orders/app')).orderTopics,
  start: async ({ config, own, service, fail }, given) => {
    const [orders$, { connectOwner }, { EventServiceClient }] = await Promise.all([
      import('@tickfolio/orders/app'),
      import('@tickfolio/lib/outbox/inbox'),
      import('@tickfolio/gen/auth/v1'),
    ]);
    const { createExecution, createPortfolioClient, createSocketClient, createTapeClient, startOrders } = orders$;
    const about = service('orders');
    const accounts = own(
      'accounts of orders',
      connectOwner(EventServiceClient, { ...about, target: given.auth.target }),
    );
    const exchange = own('exchange of orders', createSocketClient({ ...about, target: given.socket.target }));
    const client = own('trades of orders', createTapeClient({ ...about, target: given.aggregator.tapeTarget }));
    const books = own('books of orders', createPortfolioClient({ ...about, target: given.portfolio.target }));
    const app = await startOrders(
      {
        ...about,
        postgres: given.database.postgres,
        eventLog: given.eventLog,
        accounts: accounts.list,
        socket: exchange,
        portfolio: books,
        startExecution: createExecution({ client, history: exchange, random: Math.random, limits: { storeMs } }),
        random: Math.random,
      },
      {
        address: { host: loopback, port: config.ORDERS_GRPC_PORT },
        fees: paperFeesOf(config),
        limits: { relayPollMs, auditPeriodMs: config.AUDIT_INTERVAL },
      },
    );
    void app.failed.then(fail);
    return {
      target: dialTarget(config.ORDERS_SERVICE_ADDR ?? { host: loopback, port: app.port }),
      close: app.close,
    };
  },
});
