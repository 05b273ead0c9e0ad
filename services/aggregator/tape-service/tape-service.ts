import type { Clock } from '@tickfolio/lib/clock';
import type { GrpcServer } from '@tickfolio/lib/grpc';
import type { Metrics } from '@tickfolio/lib/telemetry';
import type { Registry } from '../demand/registry.js';
import type { SymbolList } from '../demand/symbol-list.js';
import type { Market } from '../feed/market.js';
import type { MarketFeed } from '../feed/market-feed.js';
import type { Shares } from '../publishing/shares.js';
import type { Tally } from '../tally.js';
import type { TradeKeeper } from '../tape/trade-series.js';
import { createHistoryPages } from './history-pages.js';
import type { TapeServiceLimits } from './limits.js';
import { createOpenCalls } from './open-calls.js';
import { createReels } from './reels.js';
import { createSymbolHere } from './symbol-here.js';
import { serveTape } from './tape-rpc.js';

export interface TapeServiceDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly tally: Tally;
  readonly feed: Pick<MarketFeed, 'listTrades'>;
  readonly market: Pick<Market, 'keep' | 'prove'>;
  readonly registry: Registry;
  readonly list: SymbolList;
  readonly shares: Shares;
}

/** Tells the trades themselves to whom they are not enough as seconds. */
export interface TapeService {
  /** Whom the tape of a symbol tells its trades, if anybody. */
  keeperOf(symbol: string): TradeKeeper | undefined;
  /** Whose symbols are whose, or the list of all, is another: streams end that cannot go on. */
  look(): void;
  /** Adds the service to a server. */
  serve(server: GrpcServer): void;
  close(): void;
}

export const createTapeService = (deps: TapeServiceDeps, limits: TapeServiceLimits): TapeService => {
  const { clock, metrics, tally, market, registry, list, shares } = deps;
  const simulated = () => list.simulated;
  const here = createSymbolHere({ list, shares });
  const reels = createReels({ clock, market, registry, refusal: here.refusal, simulated }, limits);
  const pages = createHistoryPages(deps, limits);
  const streams = createOpenCalls(limits.maxStreams, 'streams');
  const proofs = createOpenCalls(limits.maxProofs, 'questions about silence');
  const gauge = (name: string, help: string, read: () => number) =>
    metrics.gauge({
      name,
      help,
      collect() {
        this.set(read());
      },
    });
  gauge('tape_streams', 'Streams of trades that are open', () => streams.open);
  gauge('tape_symbols', 'Symbols whose trades are kept because somebody follows them', () => reels.symbols);
  gauge('tape_trades_kept', 'Trades in memory for who follows them', () => reels.kept);

  return {
    keeperOf: reels.of,
    look: reels.look,
    serve: (server) =>
      serveTape(server, { clock, tally, market, limits, here, reels, pages, streams, proofs, simulated }),
    close: reels.close,
  };
};
