import type { AppError } from '@tickfolio/lib/errors';
import { formatDecimal } from '@tickfolio/lib/money';
import type { LastPrice, SecondStat } from '@tickfolio/lib/price-bus';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { Moment } from './feed-clock.js';
import { holeRequest, type PageRequest, pageLimit } from './page-request.js';
import { createSecondLedger } from './second-ledger.js';
import { secondOf } from './second-trades.js';
import type { Tally } from './tally.js';
import { type TapeOptions, tapeDefaults } from './tape-limits.js';
import type { Trade } from './trade.js';
import { type Gap, type LostRun, TradeSequence } from './trade-sequence.js';

/** So many trades in a row that are newer in time but older by id mean that the exchange began its ids anew. */
const restartTrades = 3;

export interface TapeDeps {
  readonly emit: (stat: SecondStat) => void;
  /** Told of a last price that no SecondStat carries. */
  readonly setLast: (last: LastPrice) => void;
  readonly tally: Tally;
  readonly log: Logger;
}

/** The trades of one symbol: none missing, none twice, summed up by second. One writer; does no I/O. */
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

export const createTape = (symbol: string, deps: TapeDeps, options: TapeOptions = tapeDefaults): Tape => {
  const { tally } = deps;
  const log = deps.log.child({ symbol });
  let sequence = new TradeSequence();
  let ledger = createSecondLedger(symbol, deps.emit, tally, options);
  let last: Trade | undefined;
  /** The second of the first known trade: what came before that trade in it is not known. */
  let firstSecond = Number.NEGATIVE_INFINITY;
  let firstSecondTold = true;
  let feedBroken = false;
  /** Trades newer than the newest known may have been missed. */
  let tailUnsure = false;
  /** The feed broke and no trade came by it since. */
  let quietSinceBreak = false;
  let probeAtMs: number | undefined;
  let suspects = 0;
  let notBeforeMs = 0;
  let failures = 0;
  let lagRetries = 0;

  const view = {
    isOpen: (second: number): boolean => {
      for (const hole of sequence.holes) if (secondOf(hole.fromTimeMs) <= second && second <= hole.toTimeMs) return true;
      return tailUnsure && second >= secondOf(sequence.maxTimeMs);
    },
    get maxTimeMs() {
      return sequence.maxTimeMs;
    },
  };
  const lastPrice = (): LastPrice | undefined =>
    last && { symbol, price: formatDecimal(last.price), timeMs: last.timeMs, tradeId: last.id };
  const tellLast = () => {
    const price = lastPrice();
    if (price) deps.setLast(price);
  };

  const closeGap = (gap: Gap) => {
    if (gap.missing > 0) return;
    if (gap.lost > 0) tally.gapsLost += 1;
    else if (gap.confirmed) tally.gapsFilled += 1;
  };
  const confirm = (gap: Gap) => {
    if (gap.confirmed) return;
    gap.confirmed = true;
    tally.gapsFound += 1;
    log.debug({ trades: gap.missing }, 'trades are missing and will be asked for');
  };
  const lose = (from: number, to: number, why: string, localMs: number, toTimeMs?: number) => {
    const gaps = new Set(sequence.holes.filter((hole) => hole.from <= to && hole.to >= from).map((hole) => hole.gap));
    const runs: LostRun[] = sequence.lose(from, to, toTimeMs);
    for (const run of runs) {
      const trades = run.to - run.from + 1;
      tally.tradesLost += trades;
      log.warn({ fromId: run.from, toId: run.to, trades, why }, 'trades are lost');
      ledger.markLost(run.fromTimeMs, run.toTimeMs, localMs);
    }
    for (const gap of gaps) {
      confirm(gap);
      closeGap(gap);
    }
  };

  /** @returns whether the trade was not known before. */
  const place = (trade: Trade, localMs: number): boolean => {
    const gap = trade.id < sequence.maxId ? sequence.holeAt(trade.id)?.gap : undefined;
    const placement = sequence.place(trade.id, trade.timeMs, localMs);
    if (placement === 'repeat') return false;
    tally.trades += 1;
    suspects = 0;
    if (placement === 'first') {
      firstSecond = secondOf(trade.timeMs);
      firstSecondTold = false;
      ledger.skipThrough(firstSecond);
      notBeforeMs = 0;
    }
    if (placement === 'fill') {
      if (gap) closeGap(gap);
    } else last = trade;
    ledger.add(trade, placement === 'fill', localMs);
    const oldest = sequence.holes.length > options.maxHoles ? sequence.holes[0] : undefined;
    if (oldest) lose(oldest.from, oldest.to, 'too many holes at once', localMs);
    return true;
  };

  /** Publishes what there is and starts over: the exchange numbers its trades anew. */
  const restart = (trade: Trade, localMs: number) => {
    log.warn({ newId: trade.id, lastId: sequence.maxId }, 'the trade ids of the exchange began anew');
    tally.sequenceRestarts += 1;
    lose(0, Number.MAX_SAFE_INTEGER, 'the trade ids began anew', localMs);
    tailUnsure = false;
    quietSinceBreak = false;
    // Every second is over and none waits: the old ids end here.
    const end = { localMs: localMs + options.revisionMs, feedMs: Number.MAX_SAFE_INTEGER, evidenceMs: Number.MAX_SAFE_INTEGER };
    ledger.advance(end, { isOpen: () => false, maxTimeMs: sequence.maxTimeMs });
    sequence = new TradeSequence();
    ledger = createSecondLedger(symbol, deps.emit, tally, options);
    suspects = 0;
    probeAtMs = undefined;
    place(trade, localMs);
  };

  const retryIn = (attempt: number): number => {
    const ceiling = Math.min(options.maxRetryMs, options.minRetryMs * 2 ** Math.min(attempt, 16));
    return ceiling / 2 + (ceiling / 2) * options.random();
  };
  const served = () => {
    failures = 0;
    lagRetries = 0;
    notBeforeMs = 0;
  };

  const holePage = (fromId: number, loseFromId: number, trades: readonly Trade[], localMs: number) => {
    const hole = sequence.holeAt(fromId);
    const first = trades[0];
    if (first) {
      lose(loseFromId, first.id - 1, 'the history of the exchange begins later', localMs, first.timeMs);
      let fills = 0;
      for (const trade of trades) if (place(trade, localMs)) fills += 1;
      tally.tradesBackfilled += fills;
      served();
    } else if (hole && ++lagRetries > options.maxLagRetries) {
      lose(hole.from, hole.to, 'the history of the exchange does not have them', localMs);
      served();
    } else notBeforeMs = localMs + retryIn(lagRetries);
  };

  return {
    symbol,
    fromStream: (trade, localMs) => {
      const isNew = trade.id > sequence.maxId;
      const newerInTime = trade.timeMs > sequence.maxTimeMs;
      if (place(trade, localMs)) {
        if (isNew && !feedBroken) {
          // Whatever was missed lies before this trade, and is now a hole if it is anything.
          tailUnsure = false;
          quietSinceBreak = false;
          probeAtMs = undefined;
        }
        return;
      }
      tally.tradesDuplicate += 1;
      suspects = newerInTime ? suspects + 1 : 0;
      if (suspects >= restartTrades) restart(trade, localMs);
    },
    setFeed: (state, localMs) => {
      if (state === 'broken') {
        feedBroken = true;
        tailUnsure = sequence.started;
        quietSinceBreak = sequence.started;
        probeAtMs = undefined;
      } else {
        if (feedBroken) {
          feedBroken = false;
          failures = 0;
          notBeforeMs = 0;
        }
        // Every step of a recovery (asked, answered, first frame) may come after the moment an earlier probe looked at.
        if (quietSinceBreak) probeAtMs = localMs + options.probeDelayMs;
      }
    },
    want: (localMs) => {
      if (localMs < notBeforeMs) return undefined;
      if (!sequence.started) return { purpose: 'seed', fromId: undefined, limit: 1, loseFromId: 0 };
      const wanted = holeRequest(sequence, options.maxFillTrades);
      if (wanted) return wanted;
      if (probeAtMs === undefined || localMs < probeAtMs) return undefined;
      return { purpose: 'probe', fromId: sequence.maxId + 1, limit: pageLimit, loseFromId: sequence.maxId + 1 };
    },
    fromPage: ({ purpose, fromId, limit, loseFromId }, trades, localMs) => {
      tally.backfillPages += 1;
      if (purpose === 'hole') {
        holePage(fromId ?? 0, loseFromId, trades, localMs);
        return;
      }
      if (purpose === 'seed') {
        const seed = trades.at(-1);
        if (seed && !sequence.started) {
          place(seed, localMs);
          tellLast();
        }
        served();
        if (!sequence.started) notBeforeMs = localMs + options.maxRetryMs;
        return;
      }
      for (const trade of trades) if (place(trade, localMs)) tally.tradesBackfilled += 1;
      served();
      if (trades.length >= limit) return;
      probeAtMs = undefined;
      if (!feedBroken) tailUnsure = false;
    },
    pageFailed: ({ purpose, fromId, loseFromId }, error, localMs) => {
      tally.backfillFailures += 1;
      notBeforeMs = localMs + Math.max(error.retryAfterMs ?? 0, retryIn(failures));
      failures += 1;
      const hole = purpose === 'hole' ? (sequence.holeAt(fromId ?? 0) ?? sequence.holeAt(loseFromId)) : undefined;
      if (!hole) return;
      if (hopeless.has(error.code)) lose(hole.from, hole.to, error.message, localMs);
      else if (localMs - hole.gap.foundMs > options.maxHoleAgeMs) lose(hole.from, hole.to, `given up: ${error.message}`, localMs);
    },
    advance: (now) => {
      for (const { gap } of sequence.holes) if (!gap.confirmed && now.localMs - gap.foundMs >= options.reorderMs) confirm(gap);
      ledger.advance(now, view);
      if (!firstSecondTold && now.feedMs >= firstSecond + 1_000) {
        firstSecondTold = true;
        tellLast();
      }
    },
    get busy() {
      return ledger.busy || sequence.holes.length > 0 || !sequence.started || probeAtMs !== undefined || !firstSecondTold;
    },
    last: lastPrice,
    get missing() {
      return sequence.holes.reduce((sum, hole) => sum + hole.to - hole.from + 1, 0);
    },
  };
};
