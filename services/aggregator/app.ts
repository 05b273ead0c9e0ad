import { randomUUID } from 'node:crypto';
import type { Clock } from '@tickfolio/lib/clock';
import type { Address } from '@tickfolio/lib/config';
import type { EventLog } from '@tickfolio/lib/event-log';
import type { GrpcTls } from '@tickfolio/lib/grpc';
import type { Dependency } from '@tickfolio/lib/http';
import type { PriceBus } from '@tickfolio/lib/price-bus';
import { type RunningService, serveHttp } from '@tickfolio/lib/service';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { buildHttp } from './demand/http.js';
import { createRegistry, type RegistryOptions, registryDefaults } from './demand/registry.js';
import { createSubscriptions } from './demand/subscriptions.js';
import { createSymbolList, type SymbolListOptions, symbolListDefaults } from './demand/symbol-list.js';
import { createUnlisted } from './demand/unlisted.js';
import { createMarket, type MarketOptions, marketDefaults } from './feed/market.js';
import { createMarketFeed } from './feed/market-feed.js';
import type { SocketClient } from './feed/socket-client.js';
import { markKind } from './price-kind.js';
import { createPublishGate } from './publishing/publish-gate.js';
import { measurePublishing } from './publishing/publish-metrics.js';
import { watchRivals } from './publishing/rival-watch.js';
import { everyShare, joinShares, type Shares, shareCount } from './publishing/shares.js';
import { createTally, exportTally, type Tally } from './tally.js';
import { defaultLimits, type TapeServiceLimits } from './tape-service/limits.js';
import { serveTapeFace } from './tape-service/tape-face.js';
import { createTapeService } from './tape-service/tape-service.js';

export { createSocketClient } from './feed/socket-client.js';
export { shareTopic } from './publishing/shares.js';

export interface AggregatorDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly priceBus: PriceBus;
  readonly eventLog: Pick<EventLog, 'publish' | 'check'>;
  /**
   * With it the symbols are shared with the other aggregators; its topics must have `shareTopic`. Default: all are this
   * one's.
   */
  readonly sharing?: Pick<EventLog, 'join'>;
  readonly socket: Pick<SocketClient, 'client' | 'call'>;
}

export interface AggregatorOptions {
  /** Port 0 picks a free one. */
  readonly address: Address;
  /** Where TapeService is served. Default nowhere. */
  readonly grpcAddress?: Address | undefined;
  /** Absent: gRPC is not encrypted. */
  readonly tls?: GrpcTls | undefined;
  /** Symbols in lower case that are followed for ever, whoever holds them. Default none. */
  readonly alwaysFollow?: readonly string[];
  readonly market?: Partial<MarketOptions>;
  readonly registry?: Partial<RegistryOptions>;
  readonly symbolList?: Partial<SymbolListOptions>;
  readonly tapeService?: Partial<TapeServiceLimits>;
}

/** Closing ends the streams and both faces. */
export interface Aggregator extends RunningService {
  /** The bound port of gRPC; undefined: not served. */
  readonly grpcPort: number | undefined;
  /** The counts behind the metrics, live. */
  readonly tally: Readonly<Tally>;
}

/** Holds what is always followed; no user has such a name. */
const alwaysHolder = 'FOLLOW_SYMBOLS';

/** Starts the service; it needs none of its servers to be there yet. @throws StartError when the port is taken. */
export const startAggregator = async (deps: AggregatorDeps, options: AggregatorOptions): Promise<Aggregator> => {
  const { clock, log, metrics, priceBus, eventLog } = deps;
  const tally = createTally();
  const feed = createMarketFeed(deps.socket);
  const exchangeNow = () => market.exchangeTimeMs ?? clock.now();
  const published = measurePublishing({ priceBus, metrics, clock, log, exchangeNow });
  const by = randomUUID();
  const simulated = () => (list.known ? list.simulated : undefined);
  const gate = createPublishGate({
    priceBus: markKind(published, simulated),
    certain: () => shares.certain,
    by,
    tally,
    log,
  });
  const market = createMarket(
    { clock, log, tally, feed, priceBus, gate, eventLog, simulated, keeperOf: (symbol) => tape.keeperOf(symbol) },
    { ...marketDefaults, ...options.market },
  );
  // Until the list is known the socket service judges the symbols.
  const follow = (isOurs = shares.owns) => {
    const all = [...registry.symbols()].filter((symbol) => isOurs(symbol) && (!list.known || list.has(symbol)));
    market.follow(new Set(all), (symbol) => !isOurs(symbol));
  };
  const moved = (kept: (symbol: string) => boolean) => {
    // What was not ours without a break goes on where somebody else may have ended, also when it was ours before.
    follow(kept);
    priceBus.release((symbol) => !shares.owns(symbol));
    gate.release(kept);
    follow();
    tape.look();
  };
  const pause = () => {
    gate.pause();
    return priceBus.settled();
  };
  const { sharing } = deps;
  const shares: Shares = sharing ? joinShares({ eventLog: sharing, clock, tally, pause, moved }) : everyShare;
  const rivals = watchRivals({ clock, log, priceBus, gate, shares, by });
  const registry = createRegistry(clock, () => follow(), { ...registryDefaults, ...options.registry });
  const notFollowed = options.alwaysFollow?.length
    ? registry.replace(alwaysHolder, new Set(options.alwaysFollow))
    : new Map<string, string>();
  for (const [symbol, reason] of notFollowed)
    log.warn({ symbol, reason }, 'a symbol of FOLLOW_SYMBOLS is not followed');
  const unlisted = createUnlisted(log, () => list, options.alwaysFollow ?? []);
  const changed = () => {
    follow();
    unlisted.look();
    tape.look();
  };
  const list = createSymbolList({ clock, feed, log, changed }, { ...symbolListDefaults, ...options.symbolList });

  const limits = { ...defaultLimits, ...options.tapeService };
  const tape = createTapeService({ clock, metrics, tally, feed, market, registry, list, shares }, limits);

  exportTally(metrics, tally);
  const gauge = (name: string, help: string, read: () => number) =>
    metrics.gauge({
      name,
      help,
      collect() {
        this.set(read());
      },
    });
  gauge('symbols', 'Symbols followed', () => market.symbols);
  gauge('holds', 'Subscriptions, one per symbol and holder', () => registry.holds);
  gauge(
    'shares_owned',
    'Shares of the symbols that this aggregator publishes',
    () => shares.counts?.owned ?? shareCount,
  );
  gauge('trades_missing', 'Aggregate trades missing now', () => market.missing);

  const dependencies: readonly Dependency[] = [
    { name: 'socket', required: true, check: () => market.fault ?? list.fault },
    // Portfolios live without them, the archive does not.
    { name: 'tickers', required: false, check: () => market.tickerFault },
    { name: 'price-bus', required: true, check: () => priceBus.check() },
    { name: 'event-log', required: false, check: () => eventLog.check() },
    // Its members keep what they have while the group cannot be heard, so prices go on.
    ...(sharing ? [{ name: 'symbol-shares', required: false, check: () => shares.fault }] : []),
  ];
  const facts = () => ({
    simulated: list.known ? list.simulated : null,
    symbols: market.symbols,
    degraded: unlisted.words ?? null,
    ...(sharing ? { shares: shares.counts } : {}),
  });
  const subscriptions = createSubscriptions(registry, list, market, shares);
  const stop = async (until?: AbortSignal) => {
    // Handed over first: the others begin while this one is still closing.
    await shares.close(until);
    await grpc?.close();
    rivals.close();
    list.close();
    tape.close();
    registry.close();
    market.close();
    published.close();
  };
  const { grpcAddress: address, tls } = options;
  const faceDeps = { clock, log, metrics, tape, fault: () => market.fault ?? list.fault };
  let grpc: Awaited<ReturnType<typeof serveTapeFace>> | undefined;
  try {
    grpc = address && (await serveTapeFace(faceDeps, { address, tls, limits }));
  } catch (err) {
    await stop();
    throw err;
  }
  const served = await serveHttp(
    { clock },
    {
      address: options.address,
      portVariable: 'SERVER_ADDR',
      dependencies,
      build: (draining) =>
        buildHttp({ log, list, subscriptions, operations: { metrics, dependencies, facts, draining } }),
      stop,
    },
  );
  log.info({ port: served.port, grpcPort: grpc?.port }, 'aggregator listens');
  return { ...served, grpcPort: grpc?.port, tally };
};
