import type { AppError } from '@tickfolio/lib/errors';
import { formatDecimal } from '@tickfolio/lib/money';
import { isLaterPrice, type LastPrice, type PublishedThrough } from '@tickfolio/lib/price-bus';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { Moment } from './feed-clock.js';
import { createGapRecord } from './gap-record.js';
import { createHistoryPlan } from './history-plan.js';
import type { PageRequest } from './page-request.js';
import { type Added, createSecondLedger, type Emit } from './second-ledger.js';
import { secondMs, secondOf } from './second-trades.js';
import type { Tally } from './tally.js';
import { type TapeOptions, tapeDefaults } from './tape-limits.js';
import type { Trade } from './trade.js';
import { TradeSequence } from './trade-sequence.js';

/** So many trades in a row that are newer in time but older by id mean that the exchange began its ids anew. */
const restartTrades = 3;

export interface TapeDeps {
  readonly emit: Emit;
  /** Told of a last price that no SecondStat carries yet. */
  readonly tellPrice: (last: LastPrice) => void;
  readonly tally: Tally;
  readonly log: Logger;
}

/**
 * The trades of one symbol: none missing, none twice, summed up by second. One writer; does no I/O.
 *
 * A second is published as complete only when the exchange's own numbering proves it: a later trade is known and no id before it
 * is missing, or the history, asked long enough after the second's end, has nothing newer. No clock, no frame of another
 * symbol proves it, because each stream may lag alone. The price does not wait: it is told when the second is over by the clock.
 */
export interface Tape {
  readonly symbol: string;
  /** A trade of the live feed. */
  fromStream(trade: Trade, localMs: number): void;
  /** The feed of this symbol broke, came back, or says something new while it is coming back. */
  setFeed(state: 'up' | 'broken', localMs: number): void;
  /** What it wants of history now, if anything. */
  want(localMs: number): PageRequest | undefined;
  fromPage(request: PageRequest, trades: readonly Trade[], localMs: number): void;
  pageFailed(request: PageRequest, error: AppError, localMs: number): void;
  /** Publishes the seconds that are due. */
  advance(now: Moment): void;
  /** True while time alone can change something. */
  readonly busy: boolean;
  last(): LastPrice | undefined;
  /** Ids missing now. */
  readonly missing: number;
}

/** Codes that no repeat mends. */
const hopeless: ReadonlySet<string> = new Set(['invalid_argument', 'unprocessable', 'not_found']);

/** @param goOnFrom what somebody else has published: the seconds go on behind it, unless too much is missing */
export const createTape = (symbol: string, deps: TapeDeps, options: TapeOptions = tapeDefaults, goOnFrom?: PublishedThrough): Tape => {
  const { tally } = deps;
  const log = deps.log.child({ symbol });
  const gaps = createGapRecord(tally, log);
  const history = createHistoryPlan(options);
  /** Newest trade whose price was told or published. */
  let toldId = -1;
  const emit: Emit = (stat, through) => {
    toldId = Math.max(toldId, stat.lastTradeId);
    deps.emit(stat, through);
  };
  let sequence = new TradeSequence();
  let ledger = createSecondLedger(symbol, emit, tally, options);
  let last: Trade | undefined;
  let tellNotBeforeMs = 0;
  let feedMs = 0;
  /** History has shown that every second up to this one is whole. */
  let provenThrough = Number.NEGATIVE_INFINITY;
  /** History was asked about this second in vain. */
  let unprovable = Number.NEGATIVE_INFINITY;
  let suspects = 0;
  let lateLogged = Number.NEGATIVE_INFINITY;

  const view = {
    isWhole: (second: number): boolean => {
      if (second >= secondOf(sequence.maxTimeMs) && second > provenThrough) return false;
      for (const hole of sequence.holes) if (secondOf(hole.fromTimeMs) <= second && second <= hole.toTimeMs) return false;
      return true;
    },
    get maxTimeMs() {
      return sequence.maxTimeMs;
    },
  };
  const lastPrice = (): LastPrice | undefined =>
    last && { symbol, price: formatDecimal(last.price), timeMs: last.timeMs, tradeId: last.id };
  const tellPrice = (localMs: number) => {
    const price = lastPrice();
    if (!price) return;
    toldId = price.tradeId;
    tellNotBeforeMs = localMs + options.priceSpacingMs;
    tally.pricesAhead += 1;
    deps.tellPrice(price);
  };

  const lose = (range: { from: number; to: number; toTimeMs?: number }, why: string) => {
    for (const run of gaps.lose(sequence, range, why)) ledger.markLost(run.fromTimeMs, run.toTimeMs);
  };

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
    const isAnew = id < tradeId && isLaterPrice({ tradeId: id, timeMs }, { tradeId, timeMs: tradeTimeMs });
    if (isAnew || missed > options.maxTakeoverTrades) {
      log.warn({ missed, isAnew }, 'the seconds begin anew: too much is missing since they were last published');
      tally.symbolsBegunAnew += 1;
      return;
    }
    sequence.place(tradeId, tradeTimeMs, localMs);
    ledger = createSecondLedger(symbol, emit, tally, options, from);
    history.goesOn(localMs);
    tally.symbolsContinued += 1;
  };

  /** @returns whether the trade was not known before. */
  const place = (trade: Trade, localMs: number): boolean => {
    if (goOnFrom && !sequence.started) begin(trade, goOnFrom, localMs);
    const gap = trade.id < sequence.maxId ? sequence.holeAt(trade.id)?.gap : undefined;
    const placement = sequence.place(trade.id, trade.timeMs, localMs);
    if (placement === 'repeat') return false;
    tally.trades += 1;
    suspects = 0;
    if (placement === 'first') {
      // What came before that trade in its second is not known.
      ledger.skipThrough(secondOf(trade.timeMs));
      history.begun();
    }
    if (placement === 'fill') {
      if (gap) gaps.filled(gap);
    } else {
      last = trade;
      // The history was further behind than is allowed for: what it showed proves nothing that is not published yet.
      if (secondOf(trade.timeMs) <= provenThrough) provenThrough = Number.NEGATIVE_INFINITY;
    }
    const added = ledger.add(trade, placement === 'fill');
    if (added !== 'added') logLate(trade, added);
    const oldest = sequence.holes.length > options.maxHoles ? sequence.holes[0] : undefined;
    if (oldest) lose(oldest, 'too many holes at once');
    return true;
  };

  /** Publishes what there is and starts over: the exchange numbers its trades anew. */
  const restart = (trade: Trade, localMs: number) => {
    log.warn({ newId: trade.id, lastId: sequence.maxId }, 'the trade ids of the exchange began anew');
    tally.sequenceRestarts += 1;
    lose({ from: 0, to: Number.MAX_SAFE_INTEGER }, 'the trade ids began anew');
    ledger.finish(view);
    sequence = new TradeSequence();
    ledger = createSecondLedger(symbol, emit, tally, options);
    toldId = -1;
    provenThrough = Number.NEGATIVE_INFINITY;
    unprovable = Number.NEGATIVE_INFINITY;
    suspects = 0;
    history.traded();
    place(trade, localMs);
  };

  const wantedProof = (): { through: number; second: number | undefined } => {
    const through = secondOf(feedMs - secondMs - options.proofDelayMs);
    const newest = secondOf(sequence.maxTimeMs);
    const isDue = newest <= through && newest > provenThrough && newest > unprovable && ledger.isPending(newest);
    return { through, second: isDue ? newest : undefined };
  };
  const holePage = ({ fromId = 0, loseFromId }: PageRequest, trades: readonly Trade[], localMs: number) => {
    const [first] = trades;
    const hole = sequence.holeAt(fromId);
    if (!first) {
      if (hole && history.lacked(localMs)) lose(hole, 'the history of the exchange does not have them');
      return;
    }
    lose({ from: loseFromId, to: first.id - 1, toTimeMs: first.timeMs }, 'the history of the exchange begins later');
    for (const trade of trades) if (place(trade, localMs)) tally.tradesBackfilled += 1;
    history.served();
  };
  const newestPage = ({ purpose, limit, second, through = 0 }: PageRequest, trades: readonly Trade[], localMs: number) => {
    if (trades.length === 0) {
      if (!history.lacked(localMs)) return;
      if (second !== undefined) unprovable = second;
      if (purpose === 'probe') history.probed();
      return;
    }
    for (const trade of trades) if (place(trade, localMs)) tally.tradesBackfilled += 1;
    history.served();
    if (trades.length >= limit) return;
    history.probed();
    const newest = secondOf(sequence.maxTimeMs);
    if (newest <= through && ledger.isPending(newest)) tally.secondsProven += 1;
    provenThrough = Math.max(provenThrough, through);
  };

  return {
    symbol,
    fromStream: (trade, localMs) => {
      const isNew = trade.id > sequence.maxId;
      const newerInTime = trade.timeMs > sequence.maxTimeMs;
      if (place(trade, localMs)) {
        if (isNew) history.traded();
        return;
      }
      tally.tradesDuplicate += 1;
      suspects = newerInTime ? suspects + 1 : 0;
      if (suspects >= restartTrades) restart(trade, localMs);
    },
    setFeed: (state, localMs) => history.setFeed(state, localMs, sequence),
    want: (localMs) => history.next(sequence, wantedProof(), localMs),
    fromPage: (request, trades, localMs) => {
      tally.backfillPages += 1;
      if (request.purpose === 'hole') holePage(request, trades, localMs);
      else if (request.purpose !== 'seed') newestPage(request, trades, localMs);
      else {
        const seed = trades.at(-1);
        history.served();
        if (sequence.started) return;
        if (seed) {
          place(seed, localMs);
          last ??= seed;
          tellPrice(localMs);
        } else history.empty(localMs);
      }
    },
    pageFailed: ({ purpose, fromId, loseFromId }, error, localMs) => {
      tally.backfillFailures += 1;
      history.failed(error, localMs);
      const hole = purpose === 'hole' ? (sequence.holeAt(fromId ?? 0) ?? sequence.holeAt(loseFromId)) : undefined;
      if (!hole) return;
      if (hopeless.has(error.code)) lose(hole, error.message);
      else if (localMs - hole.gap.foundMs > options.maxHoleAgeMs) lose(hole, `given up: ${error.message}`);
    },
    advance: (now) => {
      feedMs = now.feedMs;
      for (const { gap } of sequence.holes) if (!gap.confirmed && now.localMs - gap.foundMs >= options.reorderMs) gaps.confirm(gap);
      ledger.advance(now, view);
      if (!last || last.id <= toldId || now.localMs < tellNotBeforeMs) return;
      if (feedMs >= secondOf(last.timeMs) + secondMs + options.latenessMs) tellPrice(now.localMs);
    },
    get busy() {
      return ledger.busy || sequence.holes.length > 0 || !sequence.started || history.waiting || (last?.id ?? toldId) > toldId;
    },
    last: lastPrice,
    get missing() {
      return sequence.holes.reduce((sum, hole) => sum + hole.to - hole.from + 1, 0);
    },
  };
};
