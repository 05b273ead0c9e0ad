import type { ListSymbolsResponse } from '@tickfolio/gen/market/v1';
import { OrderServiceClient, type PlaceRequest } from '@tickfolio/gen/orders/v1';
import { PortfolioServiceClient } from '@tickfolio/gen/portfolio/v1';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import { patience, type TestPostgres } from '@tickfolio/lib/kit/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import {
  createPortfolioClient,
  migrationsFolder as orderMigrations,
  orderTopics,
  type StartExecution,
  startOrders,
} from '@tickfolio/orders/app';
import { migrationsFolder as portfolioMigrations, portfolioTopics, startPortfolio } from '@tickfolio/portfolio/app';

const address = { host: '127.0.0.1', port: 0 };
const listed: ListSymbolsResponse = {
  revision: 'test',
  simulated: false,
  symbols: [
    {
      ...{ symbol: 'btcusdt', baseAsset: 'BTC', quoteAsset: 'USDT', status: 'TRADING' },
      ...{ tickSize: '0.01', stepSize: '0.00001', paused: false, orderTypes: [] },
    },
  ],
};
const socket = { symbols: async () => listed, check: async () => undefined };
/** Nothing is traded, so what rests does. */
const nothingTraded: StartExecution = () => ({
  reference: async () => undefined,
  problem: () => undefined,
  close: async () => undefined,
});
const options = { deadlineMs: 60_000, waitForReady: true };
/** Nobody registers or is deleted. */
const accounts = async () => ({ events: [], next: 0 });

/**
 * Portfolios and two replicas of orders on a real server, without a gateway.
 * @param paperGrant what everybody has, in USDT
 */
export const startOrderStack = async (server: TestPostgres, paperGrant: string) => {
  const log = silentLogger();
  const closing: (() => Promise<unknown> | unknown)[] = [];
  const own = <T extends { close(): unknown }>(one: T): T => {
    closing.push(() => one.close());
    return one;
  };
  const open = async (database: string, migrationsFolder: string) => {
    await server.createDatabase(database);
    const { host, port, user, password } = server;
    const place = { host, port, user, password, database, maxConnections: 10, ...patience };
    return own(await openServerPostgres({ ...place, migrationsFolder, log, clock }));
  };
  const topics = [...portfolioTopics, ...orderTopics.filter(({ name }) => name === 'order-events')];
  const eventLog = own(createMemoryEventLog({ clock, log, metrics: createMetrics('log'), topics }));
  const books = await open('portfolio_service', portfolioMigrations);
  const portfolio = own(
    await startPortfolio(
      { postgres: books, eventLog, accounts, socket, clock, log, metrics: createMetrics('portfolio') },
      { address, paperGrant },
    ),
  );
  const target = `127.0.0.1:${portfolio.port}`;
  const postgres = await open('order_service', orderMigrations);
  const replicas: OrderServiceClient[] = [];
  for (const _ of ['first', 'second']) {
    const about = { clock, log, metrics: createMetrics('orders'), random: Math.random };
    const client = own(createPortfolioClient({ clock, target }));
    const started = {
      ...about,
      postgres,
      eventLog,
      accounts,
      socket,
      portfolio: client,
      startExecution: nothingTraded,
    };
    const app = own(await startOrders(started, { address, limits: { maxASecond: 1_000 } }));
    replicas.push(own(createGrpcClient(OrderServiceClient, `127.0.0.1:${app.port}`)));
  }
  const portfolios = own(createGrpcClient(PortfolioServiceClient, target));
  const ownerOf = (userId: string) => ({ userId, simulatedPrices: false });
  return {
    postgres,
    books,
    /** By one of the replicas. */
    place: (replica: number, userId: string, order: Partial<PlaceRequest>) => {
      const client = replicas[replica % replicas.length];
      if (!client) throw new Error('no replica');
      const asked = { symbol: 'btcusdt', side: 'BUY', type: 'LIMIT', quantity: '1', price: '100', ...order };
      return callUnary(client, client.place, { owner: ownerOf(userId), ...asked }, options);
    },
    cancel: (replica: number, userId: string, orderId: string) => {
      const client = replicas[replica % replicas.length];
      if (!client) throw new Error('no replica');
      return callUnary(client, client.cancel, { userId, orderId }, options);
    },
    /** `USDT 0 100`, available and reserved, of paper money. */
    held: async (userId: string) => {
      const owner = ownerOf(userId);
      const page = { owner, archived: false, limit: 100, cursor: '' };
      const listing = await callUnary(portfolios, portfolios.list, page, options);
      const paper = listing.portfolios.find(({ kind }) => kind === 'paper');
      const request = { owner, portfolioId: paper?.id ?? '' };
      const { balances } = await callUnary(portfolios, portfolios.getBalances, request, options);
      return balances.map(({ asset, available, reserved }) => `${asset} ${available} ${reserved}`);
    },
    close: async () => {
      for (const close of closing.reverse()) await close();
    },
  };
};

export type OrderStack = Awaited<ReturnType<typeof startOrderStack>>;
