import { AppError } from '@tickfolio/lib/errors';
import { createBarHistory } from '../bars/bar-history.js';
import type { Reach } from '../bars/made-past.js';
import { createPace, marketSpells, type Pace, symbolSpells } from './pace.js';
import { pastOf, typicalLots } from './past.js';
import { type Listing, noteTrade, type PriceSource, type SourceSink } from './price-source.js';
import { createPriceWalk } from './price-walk.js';
import { createRandom } from './random.js';
import { knownSymbols, type SymbolSpec } from './symbols.js';
import { createTradeHistory } from './trade-history.js';

/** A gap in the driving clock longer than this (a suspended machine) is skipped, not traded through. */
const maxCatchUpMs = 60_000;

export interface MarketOptions {
  /** Same seed and same start give the same trades, byte for byte. Default '1'. */
  readonly seed?: string;
  readonly startMs: number;
  /** How many of the known symbols, the most important first. Default all. */
  readonly symbols?: number;
  /** Factor on all rates; 1 is some 200 trades a second altogether. */
  readonly tradeRate?: number;
  /** Trading before `startMs`, so that every symbol has a last trade from the first moment. Default 10 000. */
  readonly warmUpMs?: number;
  /** Newest trades kept of a busy symbol; quiet ones keep about an hour's worth. Default 20 000. */
  readonly historyTrades?: number;
  /** Make up what was before. Default true. */
  readonly pastDay?: boolean;
  /** How far that reaches, in days. Default minutes for 2 days, hours for 30, days for 400. */
  readonly reach?: Reach;
}

/** The longest time between a trade and its publishing. */
const maxPublishLagMs = 4;
/**
 * Ids begin where a market running since then at many times the rate would be, so that a restarted simulator never
 * hands out an id twice.
 */
const idEpochMs = 1_600_000_000_000;
const idsPerTrade = 400;
const spareIdsPerSecond = 200;
const maxPauseMs = 120_000;
/** A plain scan finds who trades next. */
const maxListed = 2_000;
const maxLevels = 25;
/** What `order` makes on average: one in four orders sweeps through 3.5 prices. */
const tradesPerOrder = 1.63;
const maxSingles = 40;

interface Trader {
  readonly listing: Listing;
  readonly rate: number;
  readonly pace: Pace;
  /** On command: about so many trades a second, at an even pace. */
  perSecond: number | undefined;
  nextId: number;
  nextSingleId: number;
  lastEventMs: number;
  /** Has one last trade also where it does not trade, from before. */
  readonly hasPast: boolean;
}

/**
 * A made-up market: bursts and quiet spells, correlated prices, whole ticks and lots, consecutive ids. Memory is
 * bounded.
 */
export const createMarket = (options: MarketOptions): PriceSource => {
  const {
    seed = '1',
    startMs,
    symbols = knownSymbols.length,
    tradeRate = 1,
    warmUpMs = 10_000,
    historyTrades = 20_000,
    pastDay = true,
    reach = { minutes: 2, hours: 30, days: 400 },
  } = options;
  const beginMs = startMs - warmUpMs;
  const random = createRandom(`market ${seed}`);
  const walk = createPriceWalk(beginMs, random);
  const wholePace = createPace(marketSpells, random);

  /** Of symbols that were taken off the list. */
  const endedIds = new Map<string, number>();
  const traderOf = (spec: SymbolSpec, fromMs: number, hasPast: boolean): Trader => {
    const rate = spec.rate * tradeRate;
    const idsOfThen = Math.floor(((fromMs - idEpochMs) / 1_000) * Math.ceil(idsPerTrade * rate + spareIdsPerSecond));
    const nextId = Math.max(idsOfThen, endedIds.get(spec.symbol) ?? 0);
    const capacity = Math.min(historyTrades, Math.max(1_000, Math.ceil(rate * 3_600)));
    const past = hasPast && pastDay ? { ...reach, make: pastOf(spec, seed, rate) } : undefined;
    const bars = createBarHistory(hasPast ? beginMs : fromMs, past);
    const listing = { spec, status: spec.status, trades: createTradeHistory(capacity), bars, tickerIsDue: false };
    return {
      listing,
      rate,
      pace: createPace(symbolSpells, random),
      perSecond: undefined,
      nextId,
      nextSingleId: nextId * 4,
      lastEventMs: 0,
      hasPast,
    };
  };
  const traders = knownSymbols.slice(0, symbols).map((spec) => traderOf(spec, startMs, true));
  const listings = new Map(traders.map(({ listing }) => [listing.spec.symbol, listing]));
  // When each symbol trades next; everyone's first trade comes in the first half of the warm-up.
  const dueMs = traders.map(() => beginMs + random.next() * (warmUpMs / 2));
  let reachedMs = beginMs;

  const lots = (spec: SymbolSpec): number =>
    Math.max(1, Math.round(typicalLots(spec) * Math.exp(1.2 * random.normal())));

  /** One taker's order: usually one aggregate, at times a sweep through several prices in the same millisecond. */
  const order = (trader: Trader, dueAtMs: number, sink: SourceSink) => {
    const { listing } = trader;
    const { spec } = listing;
    const timeMs = Math.floor(dueAtMs);
    const middle = walk.price(spec.base, spec.quote, dueAtMs) * 10 ** spec.priceDecimals;
    const takerBuys = random.next() < 0.5;
    const step = takerBuys ? 1 : -1;
    let ticks = Math.round(middle + step * Math.max(0.5, middle * 0.00004));
    const levels = random.next() < 0.75 ? 1 : Math.min(maxLevels, 2 + Math.floor(random.exponential() * 2));
    trader.lastEventMs = Math.max(trader.lastEventMs, timeMs + 1 + random.int(maxPublishLagMs));
    for (let level = 0; level < levels; level++) {
      ticks = Math.max(1, ticks);
      const singles = random.next() < 0.65 ? 1 : Math.min(maxSingles, 2 + Math.floor(random.exponential() * 3));
      const firstId = trader.nextSingleId;
      trader.nextSingleId += singles;
      const trade = {
        id: trader.nextId++,
        ticks,
        lots: lots(spec),
        firstId,
        lastId: firstId + singles - 1,
        timeMs,
        eventMs: trader.lastEventMs,
        buyerIsMaker: !takerBuys,
      };
      noteTrade(listing, trade);
      sink.trade(listing, trade);
      ticks += step * (1 + random.int(2));
    }
  };

  const pauseMs = (trader: Trader, timeMs: number): number => {
    const usual = trader.rate * trader.pace.at(timeMs) * wholePace.at(timeMs);
    const perSecond = trader.perSecond === undefined ? usual : trader.perSecond / tradesPerOrder;
    return Math.min(maxPauseMs, (random.exponential() / perSecond) * 1_000);
  };

  /**
   * The next to trade. A plain scan: a few hundred numbers, a few hundred times a second, is cheaper than any
   * structure.
   */
  const nextTrader = (): number => {
    let first = 0;
    for (let i = 1; i < dueMs.length; i++) if ((dueMs[i] ?? 0) < (dueMs[first] ?? 0)) first = i;
    return first;
  };

  const advance = (nowMs: number, sink: SourceSink) => {
    const untilMs = nowMs - maxPublishLagMs;
    const lateMs = untilMs - reachedMs;
    if (lateMs <= 0) return;
    if (lateMs > Math.max(maxCatchUpMs, warmUpMs))
      for (let i = 0; i < dueMs.length; i++) dueMs[i] = (dueMs[i] ?? 0) + lateMs;
    reachedMs = untilMs;
    for (let i = nextTrader(); (dueMs[i] ?? Infinity) <= untilMs; i = nextTrader()) {
      const trader = traders[i] as Trader;
      const atMs = dueMs[i] ?? untilMs;
      const { status, trades } = trader.listing;
      if (status === 'TRADING' || (trader.hasPast && trades.endId === 0)) order(trader, atMs, sink);
      dueMs[i] = atMs + pauseMs(trader, atMs);
    }
  };
  return {
    listings,
    advance,
    delist: (symbol) => {
      const at = traders.findIndex(({ listing }) => listing.spec.symbol === symbol);
      if (at < 0) return false;
      endedIds.set(symbol, traders[at]?.nextId ?? 0);
      traders.splice(at, 1);
      dueMs.splice(at, 1);
      return listings.delete(symbol);
    },
    renumber: (symbol, fromId) => {
      const trader = traders.find(({ listing }) => listing.spec.symbol === symbol);
      if (!trader) return false;
      trader.nextId = fromId;
      trader.nextSingleId = fromId * 4;
      return true;
    },
    setRate: (symbol, perSecond) => {
      const at = traders.findIndex(({ listing }) => listing.spec.symbol === symbol);
      const trader = traders[at];
      if (!trader) return false;
      trader.perSecond = perSecond;
      dueMs[at] = Math.min(dueMs[at] ?? reachedMs, reachedMs + pauseMs(trader, reachedMs));
      return true;
    },
    list: (spec, nowMs) => {
      if (listings.has(spec.symbol)) throw new AppError('failed_precondition', `${spec.symbol} is listed already.`);
      if (traders.length >= maxListed || endedIds.size > maxListed)
        throw new AppError('failed_precondition', `At most ${maxListed} symbols are listed.`);
      const trader = traderOf(spec, nowMs, false);
      traders.push(trader);
      dueMs.push(nowMs + random.next() * 1_000);
      listings.set(spec.symbol, trader.listing);
      return trader.listing;
    },
  };
};
