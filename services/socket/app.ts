import { StreamState } from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';
import type { Address } from '@tickfolio/lib/config';
import type { GrpcTls } from '@tickfolio/lib/grpc';
import type { RunningService } from '@tickfolio/lib/service';
import { serveGrpc } from '@tickfolio/lib/service/grpc';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { createAllMarket } from './all-market/all-market.js';
import { createExchange, type ExchangePlace } from './exchange.js';
import { createKlinePages } from './klines/kline-pages.js';
import { defaultLimits, type SocketLimits } from './limits.js';
import { createSocketMetrics, observe } from './metrics.js';
import { createConnectionGate } from './pool/connection-gate.js';
import { createConnectionPool } from './pool/connection-pool.js';
import { serve, serviceName } from './rpc.js';
import { refusedInWords } from './streams/refused-streams.js';
import { createSubscriptions } from './streams/subscriptions.js';
import { createSymbols } from './symbols/symbols.js';

export type { SocketLimits } from './limits.js';

export interface SocketDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Uniform in [0, 1); default Math.random. */
  readonly random?: () => number;
  /** Default Node's own. */
  readonly fetch?: typeof fetch;
}

export interface SocketOptions extends ExchangePlace {
  readonly address: Address;
  /** Where /health, /ready and /metrics are served; absent: nowhere. */
  readonly operationsAddress?: Address | undefined;
  /** Absent: gRPC is not encrypted. */
  readonly tls?: GrpcTls | undefined;
  readonly limits?: Partial<SocketLimits>;
}

export interface SocketApp extends RunningService {
  /** What its /ready shows besides, for somebody else's too. */
  facts(): Readonly<Record<string, unknown>>;
  /** The address at which the exchange's streams are had, or tried. */
  readonly streamUrl: string;
  /** Why they are not had, in words. */
  readonly streamFault: string | undefined;
}

const nameOf = (state: StreamState): string => StreamState[state].replace('STREAM_STATE_', '').toLowerCase();

/** Starts the socket service. @throws StartError when a port is taken. */
export const startSocket = async (deps: SocketDeps, options: SocketOptions): Promise<SocketApp> => {
  const { clock, log, random = Math.random } = deps;
  const limits: SocketLimits = { ...defaultLimits, ...options.limits };
  const metrics = createSocketMetrics(deps.metrics);
  const exchange = createExchange({ clock, log, metrics, limits, fetch: deps.fetch }, options);
  const { rest, time } = exchange;
  const gate = createConnectionGate(clock, limits.attemptsPerWindow, limits.attemptWindowMs);

  const symbols = createSymbols(
    { clock, log, random, read: (signal) => rest.symbolList(signal), changed: () => subscriptions.listingChanged() },
    limits,
  );
  const subscriptions = createSubscriptions({
    clock,
    log,
    metrics,
    limits,
    listing: (symbol) => symbols.listing(symbol),
    listDoubted: () => void symbols.lookAgain(),
    lastTradeMs: async (symbol) => (await rest.aggTrades(symbol, undefined, 1)).trades.at(-1)?.tradeTimeMs,
    exchangeNowMs: () => time.nowMs,
    connect: (events) =>
      createConnectionPool({
        open: exchange.connect,
        noneMissing: exchange.noneMissing,
        clock,
        log,
        random,
        gate,
        metrics,
        limits,
        events,
      }),
  });

  const { pool } = subscriptions;
  const allMarket = createAllMarket({
    clock,
    log,
    metrics,
    limits,
    dayTickers: (signal) => rest.dayTickers(signal),
    exchangeNowMs: () => time.nowMs,
    // Apart from the others: half a megabyte in one frame would hold up trades.
    connect: (events) =>
      createConnectionPool({
        open: (on) => exchange.connect(on, limits.maxAllTickersBytes),
        ...{ clock, log, random, gate, metrics, limits, events },
      }),
  });
  const klines = createKlinePages({ rest, clock, exchangeNowMs: () => time.nowMs }, limits.klinesKept);
  const connections = () => {
    const [streams, all] = [pool.connections, allMarket.pool.connections];
    return { open: streams.open + all.open, wanted: streams.wanted + all.wanted };
  };
  observe(deps.metrics, 'connections_open', 'Open connections to the exchange', () => connections().open);
  observe(
    deps.metrics,
    'connections_wanted',
    'Connections to the exchange that should be open',
    () => connections().wanted,
  );
  observe(deps.metrics, 'streams_down', 'Upstream streams whose connection is down', () => pool.streams.down);
  deps.metrics.gauge({
    name: 'connection_newest_frame_age_seconds',
    help: 'By the place of each open connection: since when it brings no data',
    labelNames: ['connection'],
    collect() {
      this.reset();
      for (const [place, ageMs] of pool.newestAgesMs()) this.set({ connection: String(place) }, ageMs / 1_000);
    },
  });
  deps.metrics.gauge({
    name: 'streams',
    help: 'Upstream streams by state',
    labelNames: ['state'],
    collect() {
      this.reset();
      for (const [state, count] of subscriptions.countByState()) this.set({ state: nameOf(state) }, count);
    },
  });

  // Without a stream asked for there is no connection; then the symbol list shows whether the exchange is there.
  const streamFault = () =>
    pool.fault ?? (pool.connections.wanted === 0 && !symbols.current ? symbols.fault : undefined);
  const restFault = () => {
    const fault = symbols.fault ?? exchange.restFault;
    return fault !== undefined && pool.connections.open > 0
      ? `prices stream in, but the REST interface does not work: ${fault}`
      : fault;
  };
  const offsetSeconds = () => time.offset && time.offset.offsetMs / 1_000;
  observe(
    deps.metrics,
    'clock_offset_seconds',
    "The exchange's clock minus this computer's; missing until measured",
    offsetSeconds,
  );
  const facts = () => ({
    streams: { ...pool.streams, refused: subscriptions.refused.length },
    degraded:
      [pool.degraded, refusedInWords(subscriptions.refused, pool.streams.wanted), subscriptions.lateDates]
        .filter(Boolean)
        .join('; ') || null,
    exchangeStreams: exchange.streamUrl,
    allTickers: allMarket.readers > 0 ? allMarket.status.detail || 'live' : 'nobody asks',
    clockOffsetMs: time.offset?.offsetMs ?? null,
    clockUncertaintyMs: time.offset?.uncertaintyMs ?? null,
  });

  const served = await serveGrpc(
    { clock, log, metrics: deps.metrics },
    {
      address: options.address,
      portVariable: 'ADDRESS',
      operationsAddress: options.operationsAddress,
      tls: options.tls,
      drainMs: limits.drainMs,
      service: serviceName,
      dependencies: [
        { name: 'exchange-streams', required: true, check: streamFault },
        { name: 'exchange-rest', required: false, check: restFault },
      ],
      facts: () => ({
        simulated: symbols.current?.simulated ?? null,
        symbols: symbols.current?.symbols.length ?? 0,
        connections: connections(),
        ...facts(),
      }),
      add: (server) => serve(server, { clock, log, limits, metrics, subscriptions, rest, symbols, klines, allMarket }),
      stop: async () => {
        await Promise.all([symbols.close(), subscriptions.shutdown(), allMarket.shutdown()]);
        await exchange.close();
      },
    },
  );
  const { streamUrl, proxy } = exchange;
  log.info({ port: served.port, exchange: streamUrl, ...(proxy ? { proxy } : {}) }, 'serving market data');
  return {
    ...served,
    facts,
    get streamUrl() {
      return exchange.streamUrl;
    },
    get streamFault() {
      return streamFault();
    },
  };
};
