import { randomUUID } from 'node:crypto';
import type { ListSymbolsResponse } from '@tickfolio/gen/market/v1';
import { EventServiceClient, OrderServiceClient, type PlaceRequest } from '@tickfolio/gen/orders/v1';
import { createManualClock, type ManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { userEvents } from '@tickfolio/lib/events/user-events';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { type OrdersLimits, orderTopics, type PortfolioClient, startOrders } from '../app.js';
import type { Execution, StartExecution } from '../orders/execution.js';
import { createFakeAccounts } from './accounts.js';
import { createScriptedPortfolio } from './scripted-portfolio.js';
import { createScriptedTape } from './scripted-tape.js';

/** The reason of a refusal, or its code where that has none closer; `done` where there is none. */
export const reasonOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (err: unknown) => {
      if (!(err instanceof AppError)) return String(err);
      return err.problem ?? err.fields[0]?.reason ?? err.code;
    },
  );

const listed = (symbol: string, baseAsset: string, quoteAsset: string, status = 'TRADING') => ({
  ...{
    symbol,
    baseAsset,
    quoteAsset,
    status,
    tickSize: '0.01',
    stepSize: '0.00001',
    orderTypes: [],
    maxPrice: '1000000',
  },
  paused: false,
});

/**
 * The service on free ports, with a client of its own; what it asks of others is scripted.
 *
 * @param portfolio that several share, as over one database
 */
export const startTestOrders = async (
  postgres: Postgres,
  {
    limits = {},
    clock = createManualClock(Date.UTC(2026, 10, 30)),
    portfolio = createScriptedPortfolio(),
    startExecution,
  }: {
    readonly limits?: Partial<OrdersLimits>;
    readonly clock?: ManualClock;
    readonly portfolio?: ReturnType<typeof createScriptedPortfolio>;
    /** Absent: trades are those that a test says to the service itself. */
    readonly startExecution?: StartExecution;
  } = {},
) => {
  const log = createLogger('orders', 'trace', () => undefined);
  const address = { host: '127.0.0.1', port: 0 };
  const eventLog = createMemoryEventLog({ clock, log, metrics: createMetrics('log'), topics: orderTopics });
  const accounts = createFakeAccounts(clock.now);
  /** What is wrong with the others; undefined while all is well. */
  const faults: { portfolio?: 'away' | 'silent' | undefined; socket?: string } = {};
  const exchange: ListSymbolsResponse = {
    revision: '1',
    simulated: false,
    symbols: [listed('btcusdt', 'BTC', 'USDT'), listed('ethusdt', 'ETH', 'USDT'), listed('ethbtc', 'ETH', 'BTC')],
  };
  const through = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    if (faults.portfolio === 'away') throw new AppError('unavailable', 'The portfolio service cannot be reached.');
    const value = await work();
    // It was done, and nobody hears it.
    if (faults.portfolio === 'silent') throw new AppError('deadline_exceeded', 'No answer came in time.');
    return value;
  };
  const client: PortfolioClient = {
    reservations: {
      reserve: (asked) => through(() => portfolio.reservations.reserve(asked)),
      settle: (asked) => through(() => portfolio.reservations.settle(asked)),
      release: (asked) => through(() => portfolio.reservations.release(asked)),
    },
    portfolios: {
      get: (asked) =>
        faults.portfolio === 'away' ? through(() => portfolio.portfolios.get(asked)) : portfolio.portfolios.get(asked),
      available: (asked, asset) => portfolio.portfolios.available(asked, asset),
      held: (asked, asset) => portfolio.portfolios.held(asked, asset),
    },
    listReservations: async (after, limit) => {
      const all = portfolio.kept().filter(({ id }) => id > after);
      const items = all.slice(0, limit);
      return { items, next: all.length > limit ? items.at(-1)?.id : undefined };
    },
    reservation: async (id) => portfolio.kept().find((one) => one.id === id),
    check: async () => (faults.portfolio === undefined ? undefined : 'is away'),
  };
  let tape: ReturnType<typeof createScriptedTape> | undefined;
  let wake: (ids: Iterable<string>) => void = () => undefined;
  const app = await startOrders(
    {
      postgres,
      eventLog,
      accounts: accounts.list,
      portfolio: client,
      socket: {
        symbols: async (known) => {
          if (faults.socket !== undefined) throw new AppError('unavailable', faults.socket);
          return known === exchange.revision ? { ...exchange, symbols: [] } : exchange;
        },
        check: async () => faults.socket,
      },
      startExecution: (given): Execution => {
        tape = createScriptedTape(given.store);
        wake = given.wake;
        if (startExecution) return startExecution(given);
        return { ...tape.tape, close: async () => undefined };
      },
      clock,
      time: timeOf(clock),
      random: () => 0.5,
      log,
      metrics: createMetrics('orders'),
    },
    { address, operationsAddress: address, limits },
  );
  if (!tape) throw new Error('nothing fills orders');
  const { fail, trade } = tape;
  const orders = createGrpcClient(OrderServiceClient, `127.0.0.1:${app.port}`);
  const events = createGrpcClient(EventServiceClient, `127.0.0.1:${app.port}`);
  const options = { deadlineMs: 60_000, waitForReady: true };

  /** Somebody new with a portfolio of paper money. */
  const somebody = (amounts: Readonly<Record<string, string>> = { USDT: '1000', BTC: '2' }) => {
    const [userId, portfolioId] = [randomUUID(), randomUUID()];
    portfolio.open(portfolioId, userId, amounts);
    return as(userId, portfolioId);
  };
  const as = (userId: string, portfolioId = randomUUID()) => {
    const owner = { userId, simulatedPrices: false };
    const asked = (order: Partial<PlaceRequest>): PlaceRequest => ({
      ...{ owner, portfolioId, symbol: 'btcusdt', side: 'BUY', type: 'LIMIT', quantity: '1', price: '100' },
      ...order,
    });
    return {
      userId,
      portfolioId,
      place: (order: Partial<PlaceRequest> = {}) => callUnary(orders, orders.place, asked(order), options),
      /** The order that was placed. */
      placed: async (order: Partial<PlaceRequest> = {}) => {
        const { order: made } = await callUnary(orders, orders.place, asked(order), options);
        if (!made) throw new Error('no order');
        return made;
      },
      test: (order: Partial<PlaceRequest> = {}) => callUnary(orders, orders.test, asked(order), options),
      cancel: (orderId: string) => callUnary(orders, orders.cancel, { userId, orderId }, options),
      cancelAll: (which: { symbol?: string; portfolioId?: string } = {}) =>
        callUnary(orders, orders.cancelAll, { userId, symbol: which.symbol, portfolioId: which.portfolioId }, options),
      get: async (orderId: string) => {
        const { order } = await callUnary(orders, orders.get, { userId, orderId }, options);
        if (!order) throw new Error('no order');
        return order;
      },
      list: (page: { limit?: number; cursor?: string; status?: string; symbol?: string; portfolioId?: string } = {}) =>
        callUnary(
          orders,
          orders.list,
          {
            ...{ userId, portfolioId: page.portfolioId, symbol: page.symbol, status: page.status },
            ...{ fromMs: undefined, toMs: undefined, limit: page.limit ?? 100, cursor: page.cursor ?? '' },
          },
          options,
        ),
      fills: (orderId: string) =>
        callUnary(orders, orders.listFills, { userId, orderId, limit: 100, cursor: '' }, options),
      proof: (orderId: string) => callUnary(orders, orders.proof, { userId, orderId }, options),
      events: async (orderId: string) => {
        const page = await callUnary(orders, orders.listEvents, { userId, orderId, limit: 100, cursor: '' }, options);
        return page.events.map((text) => JSON.parse(text) as { version: number; type: string; data: object });
      },
      held: () => portfolio.held(portfolioId),
    };
  };
  return {
    app,
    clock,
    /** What the service asks of portfolio. */
    client,
    portfolio,
    faults,
    exchange,
    eventLog,
    somebody,
    as,
    /** No trades can be had any more, in words; undefined: they can. */
    failTape: fail,
    /** A trade; orders that it changed are looked after at once. */
    trade: async (...of: Parameters<typeof trade>) => {
      const done = await trade(...of);
      wake(done.changed);
      return done;
    },
    /** Says what happened to an account, as auth does. */
    tell: (...of: Parameters<typeof accounts.tell>) => eventLog.append(userEvents.name, [accounts.tell(...of)]),
    listEvents: async (stream: string) => {
      const asked = { stream: { name: stream, fromVersion: 1 }, all: undefined, limit: 500 };
      const page = await callUnary(events, events.listEvents, asked, options);
      return page.events.map((text) => JSON.parse(text) as { version: number; type: string });
    },
    ready: async () => {
      const answer = await fetch(`http://127.0.0.1:${app.operationsPort}/ready`);
      const body = (await answer.json()) as { dependencies: Record<string, { reason?: string }> };
      return { status: answer.status, dependencies: body.dependencies };
    },
    metrics: async () => (await fetch(`http://127.0.0.1:${app.operationsPort}/metrics`)).text(),
    close: async () => {
      orders.close();
      events.close();
      await app.close();
    },
  };
};

export type TestOrders = Awaited<ReturnType<typeof startTestOrders>>;
