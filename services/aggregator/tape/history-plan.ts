import type { AppError } from '@tickfolio/lib/errors';
import { createBackoff, doubledMs, retryPauseMs } from '@tickfolio/lib/retry';
import { holeRequest, type PageRequest, pageLimit } from './page-request.js';
import type { TapeOptions } from './tape-limits.js';
import type { TradeSequence } from './trade-sequence.js';

/** When one symbol's trade history is asked, and for what. */
export interface HistoryPlan {
  /** The feed broke, came back, or says something new while it is coming back. */
  setFeed(state: 'up' | 'broken', localMs: number, sequence: TradeSequence): void;
  /** The feed brought a new trade: what was missed lies before it, and is a hole now if it is anything. */
  traded(): void;
  /**
   * @param through the last second that is over for long enough that history must have its trades
   * @param second the newest second, where only history can tell whether it is whole
   * @param asked whether somebody wants to know how far that is shown, whatever the seconds need
   */
  next(
    sequence: TradeSequence,
    ask: { through: number; second: number | undefined; asked: boolean },
    localMs: number,
  ): PageRequest | undefined;
  /** The history answered what was asked. */
  served(): void;
  /**
   * The history does not have what was asked for, or not yet. @param most how often it is asked again @returns whether
   * that was enough
   */
  lacked(localMs: number, most: number): boolean;
  /** There is no history yet. */
  empty(localMs: number): void;
  /** The newest rows of the history are no trades: more of them are asked for, once. */
  onlyVoid(localMs: number): void;
  /**
   * The feed brought what cannot be believed alone: history tells what there is, ever more seldom, unless a trade shows
   * it first.
   */
  doubted(localMs: number): void;
  failed(error: AppError, localMs: number): void;
  /** What may have been missed while the feed was away is known, or given up. */
  probed(): void;
  /** The first trade is known: nothing that was asked before matters. */
  begun(): void;
  /** The sequence goes on where somebody else ended: what came since is asked for, unless a trade shows it first. */
  goesOn(localMs: number): void;
  /** True while a probe is to come. */
  readonly waiting: boolean;
}

/**
 * A symbol of which nothing can be believed is asked about so often: before its last price counts as old, after a
 * minute by default.
 */
const maxDoubtDelayMs = 45_000;

export const createHistoryPlan = (options: TapeOptions): HistoryPlan => {
  let feedBroken = false;
  /** The feed broke and no trade came by it since. */
  let quietSinceBreak = false;
  let probeAtMs: number | undefined;
  /** That one when history was asked last: what is to be looked at since then is not answered by that. */
  let askedProbeAtMs: number | undefined;
  let notBeforeMs = 0;
  const failures = createBackoff(options);
  let lacks = 0;
  let seedLimit = 1;
  /** Since the last trade that was believed. */
  let doubts = 0;

  const served = () => {
    failures.reset();
    lacks = 0;
    notBeforeMs = 0;
  };

  const empty = (localMs: number) => {
    served();
    seedLimit = 1;
    notBeforeMs = localMs + options.maxRetryMs;
  };

  return {
    setFeed: (state, localMs, { started }) => {
      if (state === 'broken') {
        feedBroken = true;
        quietSinceBreak = started;
        probeAtMs = undefined;
        return;
      }
      if (feedBroken) {
        feedBroken = false;
        failures.reset();
        notBeforeMs = 0;
      }
      // Every step of a recovery (asked, answered, first frame) may come after the moment an earlier probe looked at.
      if (quietSinceBreak) probeAtMs = localMs + options.probeDelayMs;
    },
    traded: () => {
      doubts = 0;
      if (feedBroken) return;
      quietSinceBreak = false;
      probeAtMs = undefined;
    },
    next: (sequence, { through, second, asked }, localMs) => {
      if (localMs < notBeforeMs) return undefined;
      if (!sequence.started) return { purpose: 'seed', fromId: undefined, limit: seedLimit, loseFromId: 0 };
      const hole = holeRequest(sequence, options.maxFillTrades);
      if (hole) return hole;
      const isProbe = probeAtMs !== undefined && localMs >= probeAtMs;
      const isDue = second !== undefined && !feedBroken;
      // A probe that is to come answers for the second too, and for who asks.
      if (!isProbe && ((!isDue && !asked) || probeAtMs !== undefined)) return undefined;
      askedProbeAtMs = probeAtMs;
      // From the newest known trade on: an answer without it is of a history that is behind, and proves nothing.
      const page = { fromId: sequence.maxId, limit: pageLimit, loseFromId: sequence.maxId + 1 };
      return { purpose: isProbe ? 'probe' : 'proof', ...page, second: isProbe || isDue ? second : undefined, through };
    },
    served,
    lacked: (localMs, most) => {
      lacks += 1;
      if (lacks > most) {
        served();
        return true;
      }
      notBeforeMs = localMs + retryPauseMs(options, lacks);
      return false;
    },
    empty,
    onlyVoid: (localMs) => {
      if (seedLimit === pageLimit) empty(localMs);
      else seedLimit = pageLimit;
    },
    doubted: (localMs) => {
      if (probeAtMs !== undefined) return;
      probeAtMs = localMs + doubledMs(options.probeDelayMs, maxDoubtDelayMs, doubts);
      doubts += 1;
    },
    failed: (error, localMs) => {
      notBeforeMs = localMs + Math.max(error.retryAfterMs ?? 0, failures.next());
    },
    probed: () => {
      if (probeAtMs === askedProbeAtMs) probeAtMs = undefined;
    },
    begun: () => {
      notBeforeMs = 0;
    },
    goesOn: (localMs) => {
      notBeforeMs = 0;
      quietSinceBreak = true;
      probeAtMs = localMs + options.probeDelayMs;
    },
    get waiting() {
      return probeAtMs !== undefined;
    },
  };
};
