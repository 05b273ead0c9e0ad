import type { AppError } from '@tickfolio/lib/errors';
import type { FeedClock, Moment } from '@tickfolio/lib/market/feed-clock';
import { isLaterPrice, type LastPrice, type PublishedThrough } from '@tickfolio/lib/price-bus';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { Tally } from '../tally.js';
import { createGapRecord } from './gap-record.js';
import { createHistoryPlan } from './history-plan.js';
import { createPageIntake, type IdRange } from './page-intake.js';
import type { PageRequest } from './page-request.js';
import { createPriceTeller } from './price-teller.js';
import type { Added, Emit } from './second-ledger.js';
import { secondOf } from './second-trades.js';
import type { Verdict } from './stream-doubt.js';
import { type TapeOptions, tapeDefaults } from './tape-limits.js';
import type { HistoryRow, Trade, VoidTrade } from './trade.js';
import type { Placement } from './trade-sequence.js';
import { type Beginning, createTradeSeries, type TradeKeeper } from './trade-series.js';

export interface TapeDeps {
  readonly emit: Emit;
  /** Told of a last price that no SecondStat carries yet. */
  readonly tellPrice: (last: LastPrice) => void;
  readonly feedClock: Pick<FeedClock, 'isAhead' | 'isBehind'>;
  readonly tally: Tally;
  readonly log: Logger;
  /** Told of what cannot be right; logs it now and then. */
  readonly complain: (why: string, facts: Readonly<Record<string, unknown>>) => void;
}

/**
 * The trades of one symbol: none missing, none twice, summed up by second. One writer; does no I/O.
 *
 * A second is published as complete only when the exchange's own numbering proves it: a later trade is known and no id
 * before it is missing, or the history, asked long enough after the second's end, has nothing newer. No clock, no frame
 * of another symbol proves it, because each stream may lag alone. The price does not wait: it is told when the second
 * is over by the clock.
 */
export interface Tape {
  readonly symbol: string;
  /** A trade of the live feed. */
  fromStream(trade: Trade, localMs: number): void;
  /** An id of the live feed that has no trade: it is known, and not asked for. */
  skip(trade: VoidTrade): void;
  /** A trade of the live feed that cannot be believed: the history is asked about its id. */
  doubt(id: number, why: string, localMs: number): void;
  /** The feed of this symbol broke, came back, or says something new while it is coming back. */
  setFeed(state: 'up' | 'broken', localMs: number): void;
  /** What it wants of history now, if anything. */
  want(localMs: number): PageRequest | undefined;
  fromPage(request: PageRequest, rows: readonly HistoryRow[], localMs: number): void;
  pageFailed(request: PageRequest, error: AppError, localMs: number): void;
  /** Publishes the seconds that are due. */
  advance(now: Moment): void;
  /** Tells its trades to this one from now on, and to no other; undefined: to nobody. */
  keep(keeper: TradeKeeper | undefined): void;
  /** Has the history asked how far it is shown that there is no more trade, as soon as it can show more. */
  prove(): void;
  /** True while time alone can change something. */
  readonly busy: boolean;
  last(): LastPrice | undefined;
  /** Ids missing now. */
  readonly missing: number;
}

/** @param publishedBefore by somebody else: the seconds go on behind it, unless too much is missing */
export const createTape = (
  symbol: string,
  deps: TapeDeps,
  options: TapeOptions = tapeDefaults,
  publishedBefore?: PublishedThrough,
): Tape => {
  const { tally } = deps;
  const log = deps.log.child({ symbol });
  const gaps = createGapRecord(tally, log);
  const history = createHistoryPlan(options);
  const teller = createPriceTeller({ symbol, tell: deps.tellPrice, spacingMs: options.priceSpacingMs });
  const emit: Emit = (stat, through) => {
    teller.published(stat.lastTradeId);
    deps.emit(stat, through);
  };
  let series = createTradeSeries(symbol, emit, tally, options);
  /** Looked at once: when the ids begin anew it says nothing of them. */
  let goOnFrom = publishedBefore;
  let feedMs = 0;
  /**
   * What was taken for the newest time lies ahead of the feed: it says nothing of seconds, and everything begins anew
   * with the next trade.
   */
  let misdated = false;
  let lateLogged = Number.NEGATIVE_INFINITY;
  let kept: TradeKeeper | undefined;
  /** Somebody waits to hear how far it is shown that there is no more trade. */
  let asked = false;

  /** Further ahead of the feed than its frames are ever late: history may be ahead of a feed that lags. */
  const isAhead = (timeMs: number): boolean => deps.feedClock.isAhead(timeMs, options.maxTimeSlipMs);
  /** What one stream alone says of another time is no beginning: the history tells when its trades were made. */
  const judge = (trade: Trade): Verdict => {
    const verdict = misdated ? 'anew' : series.doubts.judge(trade, series.sequence);
    const isBeginning = verdict === 'anew' || !series.sequence.started;
    return deps.feedClock.isBehind(trade.timeMs, isBeginning ? options.maxTimeSlipMs : options.maxLagMs)
      ? 'doubt'
      : verdict;
  };
  const tellPrice = (localMs: number, isForced = false) => {
    if (teller.tell(localMs, isForced)) tally.pricesAhead += 1;
  };

  const lose = (range: IdRange, why: string) => {
    for (const run of gaps.lose(series.sequence, range, why)) {
      series.ledger.markLost(run.fromTimeMs, run.toTimeMs);
      kept?.lost(run.from, run.to);
    }
  };
  const tellKeeper = (how: Beginning['how']) =>
    kept?.begun({
      how,
      lastId: series.sequence.maxId,
      newest: series.sequence.started ? teller.newest : undefined,
      known: (fromId) => (misdated ? { ...series.knownFrom(fromId), beforeMs: 0 } : series.knownFrom(fromId)),
    });

  /** Once for each second; the metric counts them all. */
  const logLate = ({ id, timeMs }: Trade, added: Added) => {
    if (lateLogged === secondOf(timeMs)) return;
    lateLogged = secondOf(timeMs);
    log.warn({ id, timeMs }, `a trade came ${added} for its second, which stays as it was published`);
  };

  /** Goes on where somebody else ended, if the first trade that is seen shows that it can. */
  const begin = ({ id, timeMs }: Trade, from: PublishedThrough, localMs: number) => {
    const { tradeId, tradeTimeMs } = from.last;
    const missed = id - tradeId - 1;
    const isRenumbered = id < tradeId && isLaterPrice({ tradeId: id, timeMs }, { tradeId, timeMs: tradeTimeMs });
    const isAnew = isRenumbered || isAhead(tradeTimeMs);
    if (isAnew || missed > options.maxTakeoverTrades) {
      log.warn({ missed, isAnew }, 'the seconds begin anew: too much is missing since they were last published');
      tally.symbolsBegunAnew += 1;
      return;
    }
    series = createTradeSeries(symbol, emit, tally, options, from);
    series.sequence.place(tradeId, tradeTimeMs, localMs);
    history.goesOn(localMs);
    tally.symbolsContinued += 1;
  };

  const place = (trade: Trade, localMs: number): Placement => {
    if (goOnFrom && !series.sequence.started) {
      const from = goOnFrom;
      goOnFrom = undefined;
      begin(trade, from, localMs);
    }
    const gap = trade.id < series.sequence.maxId ? series.sequence.holeAt(trade.id)?.gap : undefined;
    const placement = series.sequence.place(trade.id, trade.timeMs, localMs);
    if (placement === 'repeat') {
      // Of the trade that somebody else ended with only the id is known, until it is seen again.
      if (trade.id === series.sequence.maxId && trade.id > teller.lastId) {
        teller.traded(trade);
        kept?.placed(trade);
      }
      return placement;
    }
    tally.trades += 1;
    kept?.placed(trade);
    if (placement === 'first') {
      // What came before that trade in its second is not known.
      series.ledger.skipThrough(secondOf(trade.timeMs));
      history.begun();
    }
    if (placement === 'fill') {
      if (gap) gaps.filled(gap);
    } else {
      teller.traded(trade);
      series.proof.traded(secondOf(trade.timeMs));
    }
    const added = series.ledger.add(trade, placement === 'fill');
    if (added !== 'added') logLate(trade, added);
    const oldest = series.sequence.holes.length > options.maxHoles ? series.sequence.holes[0] : undefined;
    if (oldest) lose(oldest, 'too many holes at once');
    return placement;
  };
  const skip = ({ id, fault }: VoidTrade) => {
    const gap = series.sequence.holeAt(id)?.gap;
    if (!series.sequence.placeVoid(id)) return;
    tally.tradesVoid += 1;
    kept?.voided(id);
    deps.complain(fault, { symbol, id });
    if (gap) gaps.filled(gap);
  };
  const doubt = (id: number, why: string, localMs: number) => {
    if (series.sequence.started && id <= series.sequence.maxId && !series.sequence.holeAt(id)) return;
    tally.tradesDoubted += 1;
    deps.complain(why, { symbol, id });
    history.doubted(localMs);
  };

  /** Publishes what there is and starts over: what is known is not what the trades go on from. */
  const restart = (trade: Trade, isRenumbered: boolean, localMs: number) => {
    const why = isRenumbered
      ? 'the trade ids of the exchange began anew'
      : 'a trade that could not be right had been believed';
    log.warn({ newId: trade.id, lastId: series.sequence.maxId }, `${why}; the seconds begin anew`);
    tally.sequenceRestarts += 1;
    if (isRenumbered) lose({ from: 0, to: Number.MAX_SAFE_INTEGER }, why);
    const view = isRenumbered ? series.view : { isWhole: () => false, maxTimeMs: series.sequence.maxTimeMs };
    series.ledger.finish(view, (second) => !isAhead(second));
    kept?.ended();
    series = createTradeSeries(symbol, emit, tally, options);
    teller.renumbered();
    misdated = false;
    history.traded();
    tellKeeper(isRenumbered ? 'renumbered' : 'corrected');
    place(trade, localMs);
  };

  const pages = createPageIntake({
    series: () => series,
    history,
    tally,
    isAhead,
    place,
    skip,
    lose,
    seeded: (localMs) => tellPrice(localMs, true),
    options,
  });

  /** What the history said of the newest trades is what who asks waits for. */
  const answered = ({ purpose, through = 0 }: PageRequest, failure?: AppError) => {
    if (purpose !== 'probe' && purpose !== 'proof') return;
    if (asked) series.proof.asked(through);
    asked = false;
    kept?.answered(failure);
  };

  return {
    symbol,
    fromStream: (trade, localMs) => {
      const verdict = judge(trade);
      if (verdict === 'doubt') doubt(trade.id, 'its id or its time does not go on from the trades before it', localMs);
      if (verdict === 'anew') restart(trade, false, localMs);
      if (verdict !== 'take') return;
      const newerInTime = trade.timeMs > series.sequence.maxTimeMs;
      const placement = place(trade, localMs);
      if (placement === 'repeat') tally.tradesDuplicate += 1;
      else if (placement !== 'fill') history.traded();
      if (series.doubts.isAnew(placement, newerInTime)) restart(trade, placement === 'repeat', localMs);
    },
    skip,
    doubt,
    setFeed: (state, localMs) => history.setFeed(state, localMs, series.sequence),
    want: (localMs) => {
      const { sequence, ledger, proof } = series;
      const wanted = proof.wanted(feedMs, sequence, ledger);
      return history.next(sequence, { ...wanted, asked: asked && proof.canShow(wanted.through) }, localMs);
    },
    fromPage: (request, rows, localMs) => {
      tally.backfillPages += 1;
      if (misdated) history.lacked(localMs, options.maxLagRetries);
      else pages.take(request, rows, localMs);
      answered(request);
    },
    pageFailed: (request, error, localMs) => {
      tally.backfillFailures += 1;
      pages.failed(request, error, localMs);
      answered(request, error);
    },
    keep: (keeper) => {
      if (keeper === kept) return;
      kept?.ended();
      kept = keeper;
      tellKeeper('new');
    },
    prove: () => {
      asked = true;
    },
    advance: (now) => {
      feedMs = now.feedMs;
      for (const { gap } of series.sequence.holes)
        if (!gap.confirmed && now.localMs - gap.foundMs >= options.reorderMs) gaps.confirm(gap);
      misdated = series.sequence.maxTimeMs > feedMs && isAhead(series.sequence.maxTimeMs);
      if (misdated) return;
      series.ledger.advance(now, series.view);
      if (teller.isDue(feedMs - options.latenessMs)) tellPrice(now.localMs);
    },
    get busy() {
      const { ledger, sequence } = series;
      const isOpen = ledger.busy || sequence.holes.length > 0 || !sequence.started;
      return isOpen || history.waiting || teller.untold || asked;
    },
    last: () => teller.last,
    get missing() {
      return series.sequence.holes.reduce((sum, hole) => sum + hole.to - hole.from + 1, 0);
    },
  };
};
