import { createManualClock, type ManualClock } from '@tickfolio/lib/clock';
import { createFeedClock, type FeedClock } from '@tickfolio/lib/market/feed-clock';
import { readAmount } from '@tickfolio/lib/money';
import type { LastPrice, PublishedThrough, SecondStat } from '@tickfolio/lib/price-bus';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { createTally, type Tally } from '../tally.js';
import { createTape, type Tape } from '../tape/tape.js';
import { type TapeOptions, tapeDefaults } from '../tape/tape-limits.js';
import type { Trade, VoidTrade } from '../tape/trade.js';
import type { TradeKeeper } from '../tape/trade-series.js';
import type { ReferenceTrade } from './reference-second-stats.js';

/** A tape under a clock that a test moves, for tests. */
export interface TapeBench {
  readonly clock: ManualClock;
  readonly feedClock: FeedClock;
  readonly tape: Tape;
  readonly tally: Tally;
  readonly published: SecondStat[];
  readonly told: LastPrice[];
  /** What was said to be wrong with trades. */
  readonly complaints: string[];
  /** Trades of the live feed, together, with an event time of now. */
  stream(...trades: ReferenceTrade[]): void;
  /** Moves time on, publishing what is due every 10 ms. */
  wait(ms: number): void;
  /** Another tape goes on where this one ended, as at a takeover. @returns false when nothing said where that is. */
  takeOver(): boolean;
  /** Who is told the trades themselves, from now on. */
  keep(keeper: TradeKeeper): void;
  /** Answers what the tape wants now from this record, as the exchange would. @returns whether it wanted something. */
  serve(record: readonly (ReferenceTrade | VoidTrade)[], oldestId?: number): boolean;
}

/** Start of a second. */
export const startMs = 1_700_000_000_000;

export const toTrade = ({ id, price, quantity, timeMs }: ReferenceTrade): Trade => ({
  id,
  price: readAmount(price),
  quantity: readAmount(quantity),
  timeMs,
  priceText: price,
  quantityText: quantity,
  firstTradeId: id,
  lastTradeId: id,
  buyerIsMaker: true,
});

/** A trade `ms` after the start. */
export const tradeAt = (id: number, ms: number, price = '100.00000000', quantity = '1.00000000'): ReferenceTrade => ({
  id,
  price,
  quantity,
  timeMs: startMs + ms,
});

/** A published second as a test reads it: which since the start, how many trades, complete or not, revision. */
export const brief = (stat: { second: number; trades: number; complete: boolean; revision: number }) => [
  (stat.second - startMs) / 1000,
  stat.trades,
  stat.complete,
  stat.revision,
];

/** @param goOnFrom what somebody else has published */
export const createTapeBench = (options: Partial<TapeOptions> = {}, goOnFrom?: PublishedThrough): TapeBench => {
  const clock = createManualClock(startMs);
  const feedClock = createFeedClock(clock);
  const tally = createTally();
  const published: SecondStat[] = [];
  const told: LastPrice[] = [];
  const complaints: string[] = [];
  let ended: PublishedThrough | undefined;
  let keeper: TradeKeeper | undefined;
  const deps = {
    emit: (stat: SecondStat, through: PublishedThrough | undefined) => {
      published.push(stat);
      ended = through ?? ended;
    },
    tellPrice: (last: LastPrice) => told.push(last),
    feedClock,
    tally,
    log: silentLogger(),
    complain: (why: string) => void complaints.push(why),
  };
  const limits = { ...tapeDefaults, random: () => 0.5, ...options };
  let tape = createTape('btcusdt', deps, limits, goOnFrom);
  return {
    clock,
    feedClock,
    get tape() {
      return tape;
    },
    takeOver: () => {
      tape.keep(undefined);
      tape = createTape('btcusdt', deps, limits, ended);
      tape.keep(keeper);
      return ended !== undefined;
    },
    keep: (next) => {
      keeper = next;
      tape.keep(next);
    },
    tally,
    published,
    told,
    complaints,
    stream: (...trades) => {
      feedClock.observe(clock.now());
      for (const trade of trades) tape.fromStream(toTrade(trade), clock.monotonic());
      tape.advance(feedClock.now());
    },
    wait: (ms) => {
      for (let left = ms; left > 0; left -= 10) {
        clock.advance(Math.min(10, left));
        tape.advance(feedClock.now());
      }
    },
    serve: (record, oldestId = 0) => {
      const request = tape.want(clock.monotonic());
      if (!request) return false;
      const kept = record.filter(({ id }) => id >= oldestId).sort((a, b) => a.id - b.id);
      const page =
        request.fromId === undefined
          ? kept.slice(-request.limit)
          : kept.filter(({ id }) => id >= (request.fromId ?? 0)).slice(0, request.limit);
      const rows = page.map((row) => ('fault' in row ? row : toTrade(row)));
      tape.fromPage(request, rows, clock.monotonic());
      tape.advance(feedClock.now());
      return true;
    },
  };
};
