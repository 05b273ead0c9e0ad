import type { RawResponse } from '@tickfolio/gen/market/v1';
import { createManualClock, type ManualClock } from '@tickfolio/lib/clock';
import type { LastPrice, SecondStat } from '@tickfolio/lib/price-bus';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { createMarket } from '../feed/market.js';
import type { MarketFeed } from '../feed/market-feed.js';
import { createPublishGate } from '../publishing/publish-gate.js';
import { createTally, type Tally } from '../tally.js';

/** A market under a clock that a test moves, fed with the trade frames that the test pushes; for tests. */
export interface MarketBench {
  readonly clock: ManualClock;
  readonly tally: Tally;
  readonly published: (SecondStat & { readonly atMs: number })[];
  readonly told: (LastPrice & { readonly atMs: number })[];
  push(payload: string, receiveTimeMs: number): void;
  close(): void;
}

export const createMarketBench = async (
  startMs: number,
  symbols: ReadonlySet<string>,
  listTrades: (clock: ManualClock) => MarketFeed['listTrades'],
): Promise<MarketBench> => {
  const clock = createManualClock(startMs);
  const tally = createTally();
  const published: (SecondStat & { atMs: number })[] = [];
  const told: (LastPrice & { atMs: number })[] = [];
  let push: ((response: RawResponse) => void) | undefined;
  const feed: MarketFeed = {
    open: (kind, _symbols, signal) => ({
      async *[Symbol.asyncIterator]() {
        const waiting: RawResponse[] = [{ frames: [], statuses: [] }];
        let wake: () => void = () => undefined;
        signal.addEventListener('abort', () => wake());
        if (kind === 'aggTrade') {
          push = (response) => {
            waiting.push(response);
            wake();
          };
        }
        while (!signal.aborted) {
          const next = waiting.shift();
          if (next) yield next;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      },
    }),
    listTrades: listTrades(clock),
    listSymbols: async () => ({ revision: '', symbols: [], simulated: false }),
  };
  const priceBus = {
    publish: (stat: SecondStat) => void published.push({ ...stat, atMs: clock.now() }),
    publishPrice: (last: LastPrice) => void told.push({ ...last, atMs: clock.now() }),
  };
  const log = silentLogger();
  const gate = createPublishGate({ priceBus, certain: () => true, by: 'test', tally, log });
  const bus = { resume: async () => new Map(), forgetThrough: () => undefined };
  const market = createMarket({
    clock,
    log,
    tally,
    feed,
    priceBus: bus,
    gate,
    eventLog: { publish: () => undefined },
    simulated: () => false,
  });
  market.follow(symbols);
  await clock.advanceAsync(50);
  return {
    clock,
    tally,
    published,
    told,
    push: (payload, receiveTimeMs) => push?.({ frames: [{ payload, receiveTimeMs }], statuses: [] }),
    close: () => market.close(),
  };
};
