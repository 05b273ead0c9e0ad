import type { Clock } from '@tickfolio/lib/clock';
import type { Address } from '@tickfolio/lib/config';
import type { EventLog } from '@tickfolio/lib/event-log';
import type { GrpcTls } from '@tickfolio/lib/grpc';
import type { ListEvents } from '@tickfolio/lib/outbox';
import { type DatabaseTime, databaseTime, type Postgres } from '@tickfolio/lib/postgres';
import { type RunningService, watchDependency } from '@tickfolio/lib/service';
import { serveGrpc } from '@tickfolio/lib/service/grpc';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { startAudits } from './audits/audits.js';
import { serveEvents } from './events/event-rpc.js';
import { startOrderOutbox } from './events/order-outbox.js';
import { defaultLimits, type OrdersLimits } from './limits.js';
import type { SocketClient } from './market/socket-client.js';
import { startSymbolFeed } from './market/symbol-feed.js';
import { startBrokenSymbols } from './orders/broken-symbols.js';
import { createCancelling } from './orders/cancelling.js';
import type { StartExecution } from './orders/execution.js';
import { createFeeSchedules } from './orders/fee-schedules.js';
import { createPlacing } from './orders/placing.js';
import { createReadings } from './orders/readings.js';
import { usualRules as rules } from './orders/usual-rules.js';
import { type PortfolioClient, portfolioCallMs } from './portfolio/portfolio-client.js';
import { serveOrders, serviceName } from './rpc.js';
import type { FeeSchedule } from './rules/order.js';
import { leaseMsOf, startSaga } from './saga/saga.js';
import { createPostgresStore } from './store/postgres-store.js';
import { startUserIntake } from './users/user-intake.js';

export { beginEpoch, holdsOrders } from './events/restored-events.js';
export { createExecution } from './execution/execution.js';
export type { OrdersLimits } from './limits.js';
export { createSocketClient, type SocketClient } from './market/socket-client.js';
export { createTapeClient } from './market/tape-client.js';
export { migrationsFolder } from './migrations-folder.js';
export type { StartExecution } from './orders/execution.js';
export { createPortfolioClient, type PortfolioClient } from './portfolio/portfolio-client.js';
export { tables } from './tables.js';
export { orderTopics } from './topics.js';

/** An added replica gets calls within a minute; nothing streams here. */
const maxConnectionAgeMs = 45_000;
const venue = 'binance';

export interface OrdersDeps {
  /** Opened with `migrationsFolder`; stays its owner's to close. */
  readonly postgres: Postgres;
  /** With `orderTopics` among its topics. It may be away: what happens waits in the database. */
  readonly eventLog: Pick<EventLog, 'append' | 'check' | 'consume' | 'offsets'>;
  /** What auth has told, from its own table: see `connectOwner`. */
  readonly accounts: ListEvents;
  /** It may be away: what was begun goes on when it is back. */
  readonly portfolio: PortfolioClient;
  /** What the exchange lists. It may be away: then rules stay as they are known. */
  readonly socket: SocketClient;
  /** What fills orders: see `createExecution`. */
  readonly startExecution: StartExecution;
  readonly clock: Clock;
  /** What rows are stamped and judged by. Default the database's own. */
  readonly time?: DatabaseTime;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface OrdersOptions {
  readonly address: Address;
  /** Where /health, /ready and /metrics are served; absent: nowhere. */
  readonly operationsAddress?: Address | undefined;
  /** Absent: gRPC is not encrypted. */
  readonly tls?: GrpcTls | undefined;
  /** What is paid for paper orders from now on; absent: what was before. */
  readonly fees?: Pick<FeeSchedule, 'maker' | 'taker'> | undefined;
  readonly limits?: Partial<OrdersLimits>;
}

export interface RunningOrders extends RunningService {
  /** Settles only when it can take in no more of what happens to accounts: it should be started anew. */
  readonly failed: Promise<Error>;
}

/** Starts the orders service. @throws StartError when a port is taken. */
export const startOrders = async (deps: OrdersDeps, options: OrdersOptions): Promise<RunningOrders> => {
  const { postgres, eventLog, accounts, portfolio, socket, clock, random, log, metrics } = deps;
  const { time = databaseTime, startExecution } = deps;
  const limits: OrdersLimits = { ...defaultLimits, ...options.limits };
  const events = startOrderOutbox(
    { db: postgres.db, time, clock, log, metrics, eventLog },
    { pollMs: limits.relayPollMs },
  );
  const { db, append } = events;
  const fees = createFeeSchedules({ db: postgres.db, time });
  await fees.begin(venue, options.fees);
  const store = createPostgresStore({ db, append, time, clock });
  const symbols = startSymbolFeed({ clock, log, socket, random }, { refreshMs: limits.symbolsRefreshMs });
  const jams = metrics.counter({
    name: 'saga_jams_total',
    help: 'Orders at which portfolio refused what it may not, or whose fills could not be written: somebody has to look',
  });
  /** The two know each other: what fills orders wakes who settles, who accepts asks what is traded. */
  const woken: { wake: (ids: Iterable<string>) => void } = { wake: () => undefined };
  const wake = (ids: Iterable<string>) => woken.wake(ids);
  const execution = startExecution({
    ...{ store, db: postgres.db, time, wake, symbols, fees, clock, log, metrics },
    jammed: () => jams.inc(),
  });
  const { reservations, portfolios } = portfolio;
  const { judge } = rules;
  const callMs = portfolioCallMs;
  const saga = startSaga(
    { store, reservations, tape: execution, judge, clock, log, random, jammed: () => jams.inc() },
    { ...limits, callMs },
  );
  woken.wake = saga.wake;
  const readings = createReadings({ db: postgres.db, listEvents: events.list });
  const placing = createPlacing(
    {
      store,
      saga,
      portfolios,
      rules,
      symbols,
      tape: execution,
      fees: () => fees.now(venue),
      openBuys: readings.openBuys,
      clock,
    },
    { ...limits, leaseMs: leaseMsOf({ callMs }) },
  );
  const cancelling = createCancelling({ store, saga, openOf: readings.openOf });
  const broken = startBrokenSymbols(
    { db: postgres.db, time, clock, log, symbols, store, wake },
    { periodMs: limits.brokenPeriodMs },
  );
  const intake = startUserIntake({ db, append, time, clock, log, metrics, eventLog, accounts });
  const audits = startAudits(
    { db: postgres.db, time, clock, log, metrics, portfolio },
    { periodMs: limits.auditPeriodMs },
  );
  const database = watchDependency(
    { clock, log },
    {
      name: 'orders-database',
      required: true,
      words: 'the database',
      ask: () => postgres.ping(),
      periodMs: limits.healthPeriodMs,
      timeoutMs: limits.healthTimeoutMs,
    },
  );
  const { address, operationsAddress, tls } = options;
  const served = await serveGrpc(
    { clock, log, metrics },
    {
      address,
      portVariable: 'GRPC_PORT',
      operationsAddress,
      tls,
      drainMs: limits.drainMs,
      maxConnectionAgeMs,
      service: serviceName,
      dependencies: [
        database,
        { name: 'event-log', required: false, check: () => eventLog.check() },
        { name: 'user-events', required: false, check: () => intake.problem() },
        { name: 'portfolio', required: false, check: () => portfolio.check() },
        { name: 'socket', required: false, check: () => symbols.problem() },
        { name: 'tape', required: false, check: async () => execution.problem() },
      ],
      add: (server) => {
        serveOrders(server, { placing, cancelling, readings, symbols });
        serveEvents(server, events.list);
      },
      stop: async (until) => {
        database.close();
        await intake.close(until);
        await audits.close();
        await broken.close();
        await execution.close();
        await saga.close();
        await symbols.close();
        await events.close(until);
      },
    },
  );
  log.info({ port: served.port }, 'serving orders');
  return { ...served, failed: intake.failed };
};
