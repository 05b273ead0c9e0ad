import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@tickfolio/lib/clock';
import { type Address, hostPort } from '@tickfolio/lib/config';
import { StartError } from '@tickfolio/lib/errors';
import { closingOnce, type RunningService } from '@tickfolio/lib/service';
import { createMetrics, type Logger, type Metrics } from '@tickfolio/lib/telemetry';
import { WebSocketServer } from 'ws';
import { type Connection, createConnection } from './connections/connection.js';
import type { ErrorShape } from './connections/control-message.js';
import { createDoorman, resetConnection } from './connections/doorman.js';
import { targetsIn } from './connections/fault-targets.js';
import { createFaults, type Faults } from './faults/faults.js';
import { exchangeLimits, type Limits } from './limits.js';
import { amountText } from './market/fixed-point.js';
import { createForwardClock } from './market/forward-clock.js';
import { createMarket, type MarketOptions } from './market/market.js';
import type { Listing, PriceSource, SourceSink } from './market/price-source.js';
import { loadReplay, type ReplayOptions } from './market/replay.js';
import { aggTradeText, type Trade } from './market/trade.js';
import type { KeptTrade } from './market/trade-history.js';
import { createSimMetrics } from './metrics.js';
import { loadPlantedKlines } from './rest/planted-klines.js';
import { createRest, faultBody, sendJson } from './rest/rest.js';
import { createSimControl } from './sim-control.js';
import { startMiniTickers } from './streams/mini-ticker.js';
import { createStreamHub, type StreamHub } from './streams/stream-hub.js';

/** A trade as the record has it; price and quantity in the exchange's text. Field order is that of `--record` files. */
export interface RecordedTrade {
  /** Upper case. */
  readonly symbol: string;
  readonly id: number;
  readonly price: string;
  readonly quantity: string;
  readonly firstId: number;
  readonly lastId: number;
  readonly timeMs: number;
  readonly eventMs: number;
  readonly buyerIsMaker: boolean;
}

export interface ExchangeSimDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Default of its own. */
  readonly metrics?: Metrics;
}

export interface ExchangeSimOptions extends Partial<Omit<MarketOptions, 'maxCatchUpMs'>> {
  /** Default a free port of 127.0.0.1. */
  readonly address?: Address;
  /** How often the market moves. Default 20. */
  readonly tickMs?: number;
  /** Default flat. */
  readonly errorShape?: ErrorShape;
  /** What differs from the exchange's own limits. */
  readonly limits?: Partial<Limits>;
  /** Play a recording instead of making a market up. */
  readonly replay?: ReplayOptions;
  /** JSON lines of klines that take the place of made-up ones. */
  readonly klinesFile?: string | undefined;
  /** Gets every trade in the order made, those of the warm-up first. Must not throw, and be quick. */
  readonly recordSink?: (trade: RecordedTrade) => void;
  /** How a port in use can be moved, for the error's text. Default the option of the command line. */
  readonly portHint?: string;
}

/** Closing says goodbye (1001) to every client; by the clock, those that do not answer are cut after a second. */
export interface ExchangeSim extends RunningService {
  /** Base of the WebSocket addresses: `ws://host:port`. */
  readonly url: string;
  readonly restUrl: string;
  readonly faults: Faults;
  /** By symbol in upper case. */
  readonly listings: ReadonlyMap<string, Listing>;
  /** Kept trades of a symbol (either case) from an id on, oldest first. */
  trades(symbol: string, fromId?: number, limit?: number): readonly KeptTrade[];
  /** Open connections, oldest first. */
  connections(): readonly { readonly id: number; readonly streams: readonly string[] }[];
}

/** An address may name 1,024 streams, which is more than Node takes of a request's head by default (16 KiB). */
const maxHeadBytes = 131_072;

/**
 * Starts a simulated exchange: WebSocket streams, REST and fault control on one port.
 * @throws StartError when the port is taken, or a recording or a file of klines cannot be read.
 */
export const startExchangeSim = async (
  deps: ExchangeSimDeps,
  options: ExchangeSimOptions = {},
): Promise<ExchangeSim> => {
  const { log, metrics = createMetrics('exchange-sim') } = deps;
  const clock = createForwardClock(deps.clock);
  const {
    address = { host: '127.0.0.1', port: 0 },
    tickMs = 20,
    errorShape = 'flat',
    recordSink,
    seed = '1',
  } = options;
  const limits: Limits = { ...exchangeLimits, ...options.limits };
  const replay = options.replay && (await loadReplay(options.replay));
  const planted = options.klinesFile === undefined ? undefined : await loadPlantedKlines(options.klinesFile);
  const source: PriceSource = replay ?? createMarket({ ...options, startMs: options.startMs ?? clock.now() });
  const { listings } = source;
  const connections = new Map<number, Connection>();
  let lastConnection = 0;

  const faults = createFaults({ clock, log, targets: targetsIn(clock, connections, source) }, seed);
  const hub = createStreamHub(faults.route);
  const counts = createSimMetrics(metrics, {
    connections: () => connections.size,
    subscriptions: () => hub.subscriptions,
  });
  const sink = publishTo(hub, (trade) => {
    counts.trades.inc();
    recordSink?.(trade);
  });
  if (replay && options.replay?.begin === 'start') replay.begin(clock.now());
  const move = () => hub.together(() => source.advance(clock.now(), sink));

  const rest = createRest({ clock, limits, listings, faults, planted });
  const simControl = createSimControl(faults, listings);
  const server = createServer({ maxHeaderSize: maxHeadBytes }, (req, res) => {
    res.setHeader('X-Exchange-Simulator', '1');
    const url = URL.canParse(req.url ?? '/', 'http://exchange')
      ? new URL(req.url ?? '/', 'http://exchange')
      : new URL('http://exchange/unreadable');
    if (url.pathname.startsWith('/sim/')) {
      void simControl(req, res, url);
      return;
    }
    if (url.pathname === '/metrics') {
      void metrics.text().then((text) => res.setHeader('content-type', metrics.contentType).end(text));
      return;
    }
    counts.restCalls.inc();
    const refusal = faults.refusal('rest');
    if (refusal === 'reset') resetConnection(req.socket);
    else if (refusal !== undefined) sendJson(res, refusal, faultBody(refusal));
    else rest(req, res, url);
  });
  const door = createDoorman({ clock, limits, faults, connections: () => connections.size });
  const wss = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxMessageBytes,
    perMessageDeflate: false,
    autoPong: false,
  });
  wss.on('headers', (headers) => headers.push('X-Exchange-Simulator: 1'));
  server.on('upgrade', (req, socket, head) => {
    socket.on('error', (err) => log.debug({ err }, 'a connection broke'));
    const wanted = door(req, socket);
    if (!wanted) return;
    wss.handleUpgrade(req, socket, head, (ws) => {
      const id = ++lastConnection;
      const onClose = () => void connections.delete(id);
      const onSubscribe = () => replay?.begin(clock.now());
      connections.set(
        id,
        createConnection(
          ws,
          socket,
          { id, ...wanted },
          { clock, log, hub, limits, errorShape, faults, onClose, onSubscribe },
        ),
      );
      log.debug({ connection: id, streams: wanted.streams.length }, 'connection opened');
    });
  });

  move();
  const boundPort = await listen(server, address, options.portHint ?? '--port (or the variable EXCHANGE_SIM_PORT)');
  const timers = [clock.every(tickMs, move), ...(replay ? [] : [startMiniTickers(clock, hub, listings)])];
  const at = hostPort({ host: address.host, port: boundPort });

  return {
    port: boundPort,
    operationsPort: boundPort,
    dependencies: [],
    url: `ws://${at}`,
    restUrl: `http://${at}`,
    faults,
    listings,
    trades: (symbol, fromId, limit = 1_000) => {
      const trades = listings.get(symbol.toUpperCase())?.trades;
      return (fromId === undefined ? trades?.latest(limit) : trades?.from(fromId, limit)) ?? [];
    },
    connections: () => [...connections.values()].map(({ id, streams }) => ({ id, streams })),
    close: closingOnce(async () => {
      for (const timer of timers) timer.cancel();
      faults.clear();
      for (const connection of connections.values()) connection.cut(1001, 'Going away');
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    }),
  };
};

const publishTo = (hub: StreamHub, recordSink: ExchangeSimOptions['recordSink']): SourceSink => {
  const streams = new Map<Listing, string>();
  const streamOf = (listing: Listing): string => {
    let name = streams.get(listing);
    if (name === undefined) {
      name = `${listing.spec.symbol.toLowerCase()}@aggTrade`;
      streams.set(listing, name);
    }
    return name;
  };
  return {
    trade: (listing, trade) => {
      recordSink?.(recordedOf(listing, trade));
      const stream = streamOf(listing);
      if (hub.isHeard(stream)) hub.publish(stream, (unit) => aggTradeText(listing.spec, trade, unit));
    },
    frame: (stream, text) => hub.publish(stream, text),
  };
};

const recordedOf = ({ spec }: Listing, trade: Trade): RecordedTrade => ({
  symbol: spec.symbol,
  id: trade.id,
  price: amountText(trade.ticks, spec.priceDecimals),
  quantity: amountText(trade.lots, spec.quantityDecimals),
  firstId: trade.firstId,
  lastId: trade.lastId,
  timeMs: trade.timeMs,
  eventMs: trade.eventMs,
  buyerIsMaker: trade.buyerIsMaker,
});

const listen = (server: Server, { host, port }: Address, hint: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (err: NodeJS.ErrnoException) => {
      if (err.code === 'EADDRINUSE')
        reject(new StartError(`Port ${port} on ${host} is in use. Choose another with ${hint}.`));
      else
        reject(new StartError(`The exchange simulator cannot listen on ${hostPort({ host, port })}: ${err.message}`));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
