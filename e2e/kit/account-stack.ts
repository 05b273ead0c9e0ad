import { migrationsFolder as authMigrations, startAuth } from '@tickfolio/auth/app';
import {
  type AggregatorClient,
  createNeighbours,
  migrationsFolder as profileMigrations,
  startBff,
  targetsOf,
} from '@tickfolio/bff/app';
import { EventServiceClient } from '@tickfolio/gen/auth/v1';
import type { Clock } from '@tickfolio/lib/clock';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { shareTestPglite } from '@tickfolio/lib/kit/pglite';
import { connectOwner } from '@tickfolio/lib/outbox/inbox';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { createCircuitMetrics } from '@tickfolio/lib/telemetry/circuit-metrics';
import {
  createPortfolioClient,
  type SocketClient as OrdersSocket,
  migrationsFolder as orderMigrations,
  orderTopics,
  startOrders,
} from '@tickfolio/orders/app';
import {
  migrationsFolder as portfolioMigrations,
  portfolioTopics,
  type SocketClient,
  startPortfolio,
} from '@tickfolio/portfolio/app';

const jwtSecret = 'a secret of this test only, and long enough';
const loopback = { host: '127.0.0.1', port: 0 };

const aggregator: AggregatorClient = {
  demand: async () => ({ symbolsRevision: 'test', simulated: false, feeds: new Map(), lastPrices: new Map() }),
  symbols: async () => ({ revision: 'test', simulated: false, symbols: [] }),
};

/** Nothing but paper money is known, so nothing else is given. */
const socket: SocketClient = {
  symbols: async () => ({ revision: 'test', simulated: false, symbols: [] }),
  check: async () => undefined,
};

/** What an order can be for; nothing is traded. */
const listed = {
  ...{ symbol: 'btcusdt', baseAsset: 'BTC', quoteAsset: 'USDT', status: 'TRADING', orderTypes: [] },
  ...{ tickSize: '0.01', stepSize: '0.00001', maxPrice: '1000000', paused: false },
};
const exchange: OrdersSocket = {
  symbols: async () => ({ revision: 'test', simulated: false, symbols: [listed] }),
  check: async () => undefined,
};

/**
 * Accounts, their portfolios, orders and the gateway before them, without anything that has a price.
 * @param webFolder of the built page; left out, none is shown
 */
export const startAccountStack = async (clock: Clock, webFolder?: string) => {
  const log = silentLogger();
  const closing: (() => Promise<unknown> | unknown)[] = [];
  const own = <T extends { close(): unknown }>(one: T): T => {
    closing.push(() => one.close());
    return one;
  };
  const accounts = own(await shareTestPglite(authMigrations));
  const postgres = own(await shareTestPglite(profileMigrations));
  const books = own(await shareTestPglite(portfolioMigrations));
  const orderBook = own(await shareTestPglite(orderMigrations));
  const eventLog = createMemoryEventLog({
    clock,
    log,
    metrics: createMetrics('log'),
    topics: [...portfolioTopics, ...orderTopics],
  });
  const auth = own(
    await startAuth(
      {
        postgres: accounts,
        eventLog,
        clock,
        log,
        metrics: createMetrics('auth'),
      },
      { address: loopback, jwtSecret, holders: ['auth', 'bff', 'orders', 'portfolio'] },
    ),
  );
  const about = { clock, log, metrics: createMetrics('portfolio') };
  const told = own(connectOwner(EventServiceClient, { ...about, target: `127.0.0.1:${auth.port}` }));
  const portfolio = own(
    await startPortfolio(
      { ...about, postgres: books, eventLog, accounts: told.list, socket },
      { address: loopback, paperGrant: '10000' },
    ),
  );
  const aboutOrders = { clock, log, metrics: createMetrics('orders') };
  const reservations = own(createPortfolioClient({ ...aboutOrders, target: `127.0.0.1:${portfolio.port}` }));
  const orders = own(
    await startOrders(
      {
        ...aboutOrders,
        ...{ postgres: orderBook, eventLog, accounts: told.list, portfolio: reservations, socket: exchange },
        startExecution: () => ({
          reference: async () => undefined,
          problem: () => undefined,
          close: async () => undefined,
        }),
        random: Math.random,
      },
      { address: loopback },
    ),
  );
  const ports: Readonly<Record<string, number>> = {
    auth: auth.port,
    orders: orders.port,
    portfolio: portfolio.port,
  };
  const metrics = createMetrics('bff');
  const neighbours = own(
    createNeighbours(
      { clock, metrics, observeCircuit: createCircuitMetrics(metrics) },
      targetsOf((name) => `127.0.0.1:${ports[name] ?? auth.port}`),
    ),
  );
  const pubsub = createMemoryPubSub();
  const bff = own(
    await startBff(
      { postgres, neighbours, aggregator, priceBus: createPriceBus(pubsub), pubsub, eventLog, clock, log, metrics },
      {
        address: loopback,
        jwtSecret,
        secureCookie: false,
        maxAuthCalls: 10_000,
        ...(webFolder === undefined ? {} : { webFolder }),
      },
    ),
  );
  return {
    port: bff.port,
    accounts,
    profiles: postgres,
    close: async () => {
      for (const close of closing.reverse()) await close();
    },
  };
};
