import type { RawResponse, StreamStatus } from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import { createFeedClock } from '@tickfolio/lib/market/feed-clock';
import type { Kept, LastPrice, PriceBus, PublishedThrough } from '@tickfolio/lib/price-bus';
import { createComplaint, type Logger } from '@tickfolio/lib/telemetry';
import type { PublishGate } from '../publishing/publish-gate.js';
import type { Tally } from '../tally.js';
import { secondMs } from '../tape/second-trades.js';
import { createTape, type Tape } from '../tape/tape.js';
import { type TapeOptions, tapeDefaults } from '../tape/tape-limits.js';
import type { TradeKeeper } from '../tape/trade-series.js';
import { createTickerIntake } from '../tickers/ticker-intake.js';
import { type BackfillOptions, backfillDefaults, createBackfill } from './backfill.js';
import { createLastPrices } from './last-prices.js';
import type { MarketFeed, StreamKind } from './market-feed.js';
import { createMissingPrices } from './missing-prices.js';
import { createRawStream, type RawStreamOptions, rawStreamDefaults } from './raw-stream.js';
import { type SymbolFeed, symbolFeedOf } from './symbol-feed.js';
import { createTradeIntake } from './trade-intake.js';

export interface MarketOptions {
  readonly tape: TapeOptions;
  readonly backfill: BackfillOptions;
  readonly stream: RawStreamOptions;
  /** How often holes and waits are looked at, between the moments at which a second is over. Default 25. */
  readonly tickMs: number;
}

export const marketDefaults: MarketOptions = {
  tape: tapeDefaults,
  backfill: backfillDefaults,
  stream: rawStreamDefaults,
  tickMs: 25,
};

const complaintPeriodMs = 10_000;

export interface MarketDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly tally: Tally;
  readonly feed: MarketFeed;
  readonly priceBus: Pick<PriceBus, 'resume' | 'forgetThrough'>;
  readonly gate: PublishGate;
  readonly eventLog: Pick<EventLog, 'publish'>;
  /** Whether what comes is simulated; undefined while that is not known. */
  readonly simulated: () => boolean | undefined;
  /** Who is told the trades themselves of a symbol, if anybody. Default nobody. */
  readonly keeperOf?: (symbol: string) => TradeKeeper | undefined;
}

/** Follows symbols: their trades become seconds on the price bus, their mini-tickers rows in the event log. */
export interface Market {
  /**
   * The whole set from now on. The seconds of a new symbol go on where they ended, by whomever they were published.
   * @param goesOn whether somebody else goes on with a symbol that leaves the set; of any other the seconds end
   */
  follow(symbols: ReadonlySet<string>, goesOn?: (symbol: string) => boolean): void;
  /** Undefined for a symbol that is not followed. */
  feedOf(symbol: string): SymbolFeed | undefined;
  last(symbol: string): LastPrice | undefined;
  /** The symbol has another keeper now, or none. */
  keep(symbol: string): void;
  /** Has the history asked how far it is shown that the symbol has no more trade. */
  prove(symbol: string): void;
  /** The exchange's time as its frames tell it, epoch milliseconds; undefined before the first one. */
  readonly exchangeTimeMs: number | undefined;
  /** Why no trades can arrive, or undefined. */
  readonly fault: string | undefined;
  /** Why no mini-tickers can arrive for the archive, or undefined. */
  readonly tickerFault: string | undefined;
  readonly symbols: number;
  /** Ids missing now, over all symbols. */
  readonly missing: number;
  close(): void;
}

export const createMarket = (deps: MarketDeps, options: MarketOptions = marketDefaults): Market => {
  const { clock, log, tally, feed, priceBus, gate, keeperOf = () => undefined } = deps;
  const tapes = new Map<string, Tape>();
  /** By the exchange's upper-case spelling. */
  const bySpelling = new Map<string, Tape>();
  const feeds = new Map<string, SymbolFeed>();
  /** Symbols of which is being read where they ended, each with its reading. */
  const opening = new Map<string, object>();
  /** Tapes for which time alone can change something. */
  const active = new Set<Tape>();
  const feedClock = createFeedClock(clock);
  const complain = createComplaint(clock, log, 'the exchange sends something that cannot be right', complaintPeriodMs);
  const missing = createMissingPrices(feed, (spelling) => tapeOf(spelling)?.symbol);
  const lastPrices = createLastPrices(deps.simulated);
  const backfill = createBackfill({ clock, feed: missing, log }, options.backfill);

  const tapeOf = (spelling: string): Tape | undefined => {
    const tape = bySpelling.get(spelling) ?? tapes.get(spelling.toLowerCase());
    if (tape) bySpelling.set(spelling, tape);
    return tape;
  };
  const tickerIntake = createTickerIntake({
    ...deps,
    feedClock,
    complain,
    isFollowed: (symbol) => tapeOf(symbol) !== undefined,
  });
  const tradeIntake = createTradeIntake({ log, tally, feedClock, missing, tapeOf });
  const setFeed = (symbol: string, next: SymbolFeed) => {
    const tape = tapes.get(symbol);
    const { state, detail, sinceMs } = feeds.get(symbol) ?? next;
    if (!tape || (state === next.state && detail === next.detail && sinceMs === next.sinceMs)) return;
    feeds.set(symbol, next);
    tape.setFeed(next.state === 'broken' || next.state === 'refused' ? 'broken' : 'up', clock.monotonic());
    active.add(tape);
  };
  const takeStatus = (status: StreamStatus) => {
    const symbolFeed = symbolFeedOf(status);
    if (symbolFeed) setFeed(status.symbol, symbolFeed);
  };

  const takeTrades = ({ frames, statuses }: RawResponse, isCurrent: boolean) => {
    // A break that is told beside frames came after them, a recovery with them: either way frames first is right.
    const touched = tradeIntake.take({ frames }, clock.monotonic());
    if (isCurrent) for (const status of statuses) takeStatus(status);
    if (touched.size === 0) return;
    const now = feedClock.now();
    for (const tape of touched) {
      tape.advance(now);
      active.add(tape);
    }
  };
  const streamOf = (
    kind: StreamKind,
    message: (response: RawResponse, isCurrent: boolean) => void,
    broken: (reason: string) => void,
  ) =>
    createRawStream(
      {
        clock,
        log: log.child({ kind }),
        open: (symbols, signal) => feed.open(kind, symbols, signal),
        message,
        broken: (reason) => {
          tally.streamsBroken += 1;
          broken(reason);
        },
        opening: () => {
          tally.streamsOpened += 1;
        },
      },
      options.stream,
    );
  const trades = streamOf('aggTrade', takeTrades, (reason) => {
    const lost: SymbolFeed = {
      state: 'broken',
      detail: `The socket service cannot be heard: ${reason}`,
      sinceMs: clock.now(),
    };
    for (const symbol of tapes.keys()) setFeed(symbol, lost);
  });
  const tickers = streamOf('miniTicker', tickerIntake.take, () => undefined);

  const look = () => {
    gate.flush();
    if (active.size === 0) return;
    backfill.run(active);
    const now = feedClock.now();
    for (const tape of active) {
      tape.advance(now);
      if (!tape.busy) active.delete(tape);
    }
  };
  /**
   * Until the second that runs is over by the feed's clock: that moment is looked for exactly, since prices wait for
   * it.
   */
  const untilSecondMs = (): number => {
    const sinceOverMs = (feedClock.now().feedMs - options.tape.latenessMs) % secondMs;
    return Math.ceil(secondMs - sinceOverMs);
  };
  const tick = () => {
    ticking = clock.after(Math.min(options.tickMs, untilSecondMs()), tick);
    look();
  };
  let ticking = clock.after(0, tick);

  const add = (symbol: string, goOnFrom: PublishedThrough | undefined) => {
    const tapeDeps = { emit: gate.publish, tellPrice: gate.publishPrice, feedClock, tally, log, complain };
    const tape = createTape(symbol, tapeDeps, options.tape, goOnFrom);
    tape.keep(keeperOf(symbol));
    tapes.set(symbol, tape);
    feeds.set(symbol, { state: 'pending', detail: 'Not asked for yet.', sinceMs: clock.now() });
    active.add(tape);
  };
  const drop = (symbol: string, tape: Tape) => {
    backfill.forget(tape);
    tape.keep(undefined);
    active.delete(tape);
    tapes.delete(symbol);
    feeds.delete(symbol);
    missing.forget(symbol);
    lastPrices.forget(symbol);
    for (const [spelling, spelled] of bySpelling) {
      if (spelled !== tape) continue;
      bySpelling.delete(spelling);
      tickerIntake.forget(spelling);
    }
  };

  const followTapes = () => {
    trades.follow(tapes.keys());
    // A ticker says of itself that it is simulated, so none is taken before that is known.
    if (deps.simulated() !== undefined) tickers.follow(tapes.keys());
  };
  const open = async (symbols: readonly string[], reading: object) => {
    const kept = await priceBus.resume(symbols).catch((err: unknown): Map<string, Kept> | undefined => {
      log.warn({ err, symbols: symbols.length }, 'where the seconds ended cannot be read; they begin anew');
      return undefined;
    });
    for (const symbol of symbols) {
      if (opening.get(symbol) !== reading) continue;
      opening.delete(symbol);
      const { last, through } = kept?.get(symbol) ?? {};
      if (!kept) tally.symbolsBegunAnew += 1;
      if (last) lastPrices.keep(last);
      add(symbol, through);
    }
    followTapes();
  };

  return {
    follow: (symbols, goesOn = () => false) => {
      for (const symbol of opening.keys()) if (!symbols.has(symbol)) opening.delete(symbol);
      for (const [symbol, tape] of tapes) {
        if (symbols.has(symbol)) continue;
        drop(symbol, tape);
        if (!goesOn(symbol)) priceBus.forgetThrough(symbol);
      }
      const reading = {};
      const fresh = [...symbols].filter((symbol) => !tapes.has(symbol) && !opening.has(symbol));
      for (const symbol of fresh) opening.set(symbol, reading);
      if (fresh.length > 0) void open(fresh, reading);
      else followTapes();
    },
    feedOf: (symbol) => {
      const symbolFeed = feeds.get(symbol);
      const noPrice = missing.of(symbol);
      return symbolFeed && noPrice ? { ...symbolFeed, noPrice } : symbolFeed;
    },
    keep: (symbol) => tapes.get(symbol)?.keep(keeperOf(symbol)),
    prove: (symbol) => {
      const tape = tapes.get(symbol);
      if (!tape) return;
      tape.prove();
      active.add(tape);
    },
    last: (symbol) => lastPrices.of(symbol, tapes.get(symbol)?.last()),
    get exchangeTimeMs() {
      return feedClock.known ? feedClock.now().feedMs : undefined;
    },
    get fault() {
      return trades.fault;
    },
    get tickerFault() {
      return tickers.fault;
    },
    get symbols() {
      return tapes.size;
    },
    get missing() {
      let sum = 0;
      for (const tape of active) sum += tape.missing;
      return sum;
    },
    close: () => {
      opening.clear();
      ticking.cancel();
      trades.close();
      tickers.close();
      backfill.close();
    },
  };
};
