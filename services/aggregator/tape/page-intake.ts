import type { AppError } from '@tickfolio/lib/errors';
import { tradeFaults } from '@tickfolio/lib/market/agg-trade';
import type { Tally } from '../tally.js';
import type { HistoryPlan } from './history-plan.js';
import type { PageRequest } from './page-request.js';
import { secondOf } from './second-trades.js';
import type { TapeOptions } from './tape-limits.js';
import { type HistoryRow, isVoid, type Trade, type VoidTrade } from './trade.js';
import type { Placement } from './trade-sequence.js';
import type { TradeSeries } from './trade-series.js';

/** Ids from the one to the other. */
export interface IdRange {
  readonly from: number;
  readonly to: number;
  /** Time of the first known trade after them. */
  readonly toTimeMs?: number;
}

export interface PageIntakeDeps {
  /** As it is now: it begins anew when the ids or times do. */
  readonly series: () => TradeSeries;
  readonly history: HistoryPlan;
  readonly tally: Tally;
  /** Whether a time lies further ahead of the feed than can be. */
  readonly isAhead: (timeMs: number) => boolean;
  readonly place: (trade: Trade, localMs: number) => Placement;
  readonly skip: (trade: VoidTrade) => void;
  readonly lose: (range: IdRange, why: string) => void;
  /** The last trade of the history is placed, before any of the stream. */
  readonly seeded: (localMs: number) => void;
  readonly options: Pick<
    TapeOptions,
    'maxLeapTrades' | 'maxTimeSlipMs' | 'maxHoleAgeMs' | 'maxLagRetries' | 'maxHoleLagRetries'
  >;
}

/** What a page of history says of a symbol's trades, by what it was asked for. */
export interface PageIntake {
  take(request: PageRequest, rows: readonly HistoryRow[], localMs: number): void;
  failed(request: PageRequest, error: AppError, localMs: number): void;
}

/** Codes that no repeat mends. */
const hopeless: ReadonlySet<string> = new Set(['invalid_argument', 'unprocessable', 'not_found']);

export const createPageIntake = (deps: PageIntakeDeps): PageIntake => {
  const { series, history, tally, isAhead, place, skip, lose, seeded, options } = deps;

  /** Places the rows of a page. What its history says against all others is as good as nothing. */
  const takeRows = (rows: readonly HistoryRow[], localMs: number) => {
    for (const row of rows) {
      if (series().sequence.started && row.id - series().sequence.maxId > options.maxLeapTrades) continue;
      if (isVoid(row)) skip(row);
      else if (isAhead(row.timeMs) || !series().sequence.canHave(row.id, row.timeMs, options.maxTimeSlipMs))
        skip({ id: row.id, fault: tradeFaults.time });
      else if (place(row, localMs) !== 'repeat') tally.tradesBackfilled += 1;
    }
  };
  const holePage = ({ fromId = 0, loseFromId }: PageRequest, rows: readonly HistoryRow[], localMs: number) => {
    const [first] = rows;
    const hole = series().sequence.holeAt(fromId);
    if (!first) {
      // It has nothing newer either, though the stream has: it is behind.
      if (hole && history.lacked(localMs, options.maxHoleLagRetries))
        lose(hole, 'the history of the exchange does not have them');
      return;
    }
    if (hole) hole.gap.servedMs = localMs;
    const trade = rows.find((row): row is Trade => !isVoid(row));
    const before = { from: loseFromId, to: first.id - 1 };
    lose(trade ? { ...before, toTimeMs: trade.timeMs } : before, 'the history of the exchange begins later');
    takeRows(rows, localMs);
    history.served();
  };
  const newestPage = (
    { purpose, limit, second, through = 0 }: PageRequest,
    rows: readonly HistoryRow[],
    localMs: number,
  ) => {
    if (rows.length === 0) {
      if (!history.lacked(localMs, options.maxLagRetries)) return;
      if (second !== undefined) series().proof.inVain(second);
      if (purpose === 'probe') history.probed();
      return;
    }
    takeRows(rows, localMs);
    history.served();
    if (rows.length >= limit) return;
    history.probed();
    series().doubts.answered();
    const newest = secondOf(series().sequence.maxTimeMs);
    if (newest <= through && series().ledger.isPending(newest)) tally.secondsProven += 1;
    series().proof.shown(through);
  };
  const seedPage = (rows: readonly HistoryRow[], localMs: number) => {
    const seed = rows.findLast((row): row is Trade => !isVoid(row) && !isAhead(row.timeMs));
    history.served();
    if (series().sequence.started) return;
    if (!seed) {
      if (rows.length === 0) history.empty(localMs);
      else history.onlyVoid(localMs);
      return;
    }
    place(seed, localMs);
    takeRows(rows.slice(rows.indexOf(seed) + 1), localMs);
    seeded(localMs);
  };

  return {
    take: (request, rows, localMs) => {
      if (request.purpose === 'hole') holePage(request, rows, localMs);
      else if (request.purpose === 'seed') seedPage(rows, localMs);
      else newestPage(request, rows, localMs);
    },
    failed: ({ purpose, fromId, loseFromId }, error, localMs) => {
      history.failed(error, localMs);
      const { sequence } = series();
      const hole = purpose === 'hole' ? (sequence.holeAt(fromId ?? 0) ?? sequence.holeAt(loseFromId)) : undefined;
      if (!hole) return;
      if (hopeless.has(error.code)) lose(hole, error.message);
      else if (localMs - hole.gap.servedMs > options.maxHoleAgeMs) lose(hole, `given up: ${error.message}`);
    },
  };
};
