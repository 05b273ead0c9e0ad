import type { Clock } from '@tickfolio/lib/clock';
import { type AppError, toAppError } from '@tickfolio/lib/errors';
import type { Logger } from '@tickfolio/lib/telemetry';
import { type PageRequest, pageLimit } from '../tape/page-request.js';
import type { Tape } from '../tape/tape.js';
import type { MarketFeed } from './market-feed.js';

export interface BackfillOptions {
  /** Pages asked for at once, over all symbols. Default 8. */
  readonly concurrency: number;
  /** Of these at most so many that only prove seconds whole. Default 2. */
  readonly maxProofs: number;
  /** Such proofs are at least so far apart: 5 a second take 1 200 of the exchange's 6 000 a minute. Default 200. */
  readonly proofSpacingMs: number;
  /** The same of proofs that somebody asks for and no second needs. Default 2 and 200. */
  readonly maxAskedProofs: number;
  readonly askedProofSpacingMs: number;
  /** Pages of holes that need several: at most so many at once, so that whoever needs one finds a place. Default 6. */
  readonly maxLongHoles: number;
  /**
   * Such pages are at least so far apart: 16 a second take 4 000 of the 6 000, so that some are left for the others.
   * Default 60.
   */
  readonly longHoleSpacingMs: number;
  /** How long nothing is asked after the exchange's budget was spent without naming a time. Default 1 000. */
  readonly spentPauseMs: number;
  /** How long nothing is asked after the exchange refused us, or nobody answered. Default 5 000 and 250. */
  readonly refusedPauseMs: number;
  readonly awayPauseMs: number;
  /** No pause is longer. Default 60 000. */
  readonly maxPauseMs: number;
}

export const backfillDefaults: BackfillOptions = {
  concurrency: 8,
  maxProofs: 2,
  proofSpacingMs: 200,
  maxAskedProofs: 2,
  askedProofSpacingMs: 200,
  maxLongHoles: 6,
  longHoleSpacingMs: 60,
  spentPauseMs: 1_000,
  refusedPauseMs: 5_000,
  awayPauseMs: 250,
  maxPauseMs: 60_000,
};

/** What a page is for, as far as its turn goes. */
type Errand = PageRequest['purpose'] | 'long hole' | 'asked proof';

/**
 * Holes hold back seconds of busy symbols, so they go first; then new symbols' last prices, then what may have been
 * missed. A hole of many pages holds back none but its own, and would keep all others waiting for as long as it is
 * filled.
 */
const urgency: Readonly<Record<Errand, number>> = {
  hole: 0,
  seed: 1,
  probe: 2,
  'long hole': 3,
  proof: 4,
  'asked proof': 5,
};

const errandOf = ({ purpose, limit, second }: PageRequest): Errand => {
  if (purpose === 'hole' && limit >= pageLimit) return 'long hole';
  return purpose === 'proof' && second === undefined ? 'asked proof' : purpose;
};

interface Wish {
  readonly tape: Tape;
  readonly request: PageRequest;
  readonly errand: Errand;
}

/** Who may ask for how much of one kind at once, and how soon again. */
interface Quota {
  underway: number;
  nextMs: number;
  readonly most: number;
  readonly spacingMs: number;
}

/**
 * Reads trade history for tapes that want some: one page at a time per tape, a few at once, inside the exchange's
 * budget.
 */
export interface Backfill {
  /** Starts what may be started now. Call it again with time. */
  run(tapes: Iterable<Tape>): void;
  /** Stops asking for this tape; an answer under way is dropped. */
  forget(tape: Tape): void;
  close(): void;
}

export const createBackfill = (
  deps: { readonly clock: Clock; readonly feed: Pick<MarketFeed, 'listTrades'>; readonly log: Logger },
  options: BackfillOptions = backfillDefaults,
): Backfill => {
  const { clock, feed, log } = deps;
  const underway = new Map<Tape, AbortController>();
  let pausedUntilMs = 0;
  /** When each tape had its last turn, counted in turns. */
  const turns = new WeakMap<Tape, number>();
  let turn = 0;
  const quotas: Partial<Record<Errand, Quota>> = {
    proof: { underway: 0, nextMs: 0, most: options.maxProofs, spacingMs: options.proofSpacingMs },
    'asked proof': {
      underway: 0,
      nextMs: 0,
      most: options.maxAskedProofs,
      spacingMs: options.askedProofSpacingMs,
    },
    'long hole': { underway: 0, nextMs: 0, most: options.maxLongHoles, spacingMs: options.longHoleSpacingMs },
  };

  const pauseFor = (error: AppError): number => {
    if (error.code === 'resource_exhausted') return error.retryAfterMs ?? options.spentPauseMs;
    if (error.code === 'failed_precondition') return options.refusedPauseMs;
    if (error.code === 'unavailable') return Math.max(options.awayPauseMs, error.retryAfterMs ?? 0);
    return 0;
  };

  const waitingSince = ({ errand, request }: Wish): number => (errand === 'proof' ? (request.second ?? 0) : 0);
  /** Of one urgency who had a turn longest ago comes first; of the proofs the second that waits longest. */
  const byTurn = (a: Wish, b: Wish): number =>
    urgency[a.errand] - urgency[b.errand] ||
    waitingSince(a) - waitingSince(b) ||
    (turns.get(a.tape) ?? 0) - (turns.get(b.tape) ?? 0);
  const ask = async ({ tape, request, errand }: Wish) => {
    const quota = quotas[errand];
    const controller = new AbortController();
    underway.set(tape, controller);
    turns.set(tape, ++turn);
    if (quota) quota.underway += 1;
    try {
      const trades = await feed.listTrades(tape.symbol, request, controller.signal);
      if (!controller.signal.aborted) tape.fromPage(request, trades, clock.monotonic());
    } catch (thrown) {
      if (controller.signal.aborted) return;
      const error = toAppError(thrown);
      const pauseMs = Math.min(options.maxPauseMs, pauseFor(error));
      log.debug(
        { symbol: tape.symbol, purpose: request.purpose, code: error.code, reason: error.message, pauseMs },
        'no trade history',
      );
      pausedUntilMs = Math.max(pausedUntilMs, clock.monotonic() + pauseMs);
      tape.pageFailed(request, error, clock.monotonic());
    } finally {
      if (quota) quota.underway -= 1;
      if (underway.get(tape) === controller) underway.delete(tape);
    }
  };

  return {
    run: (tapes) => {
      const nowMs = clock.monotonic();
      if (nowMs < pausedUntilMs || underway.size >= options.concurrency) return;
      const wanted: Wish[] = [];
      for (const tape of tapes) {
        const request = underway.has(tape) ? undefined : tape.want(nowMs);
        if (request) wanted.push({ tape, request, errand: errandOf(request) });
      }
      wanted.sort(byTurn);
      for (const wish of wanted) {
        if (underway.size >= options.concurrency) return;
        const quota = quotas[wish.errand];
        if (quota && (quota.underway >= quota.most || nowMs < quota.nextMs)) continue;
        if (quota) quota.nextMs = nowMs + quota.spacingMs;
        void ask(wish);
      }
    },
    forget: (tape) => {
      underway.get(tape)?.abort();
      underway.delete(tape);
    },
    close: () => {
      for (const controller of underway.values()) controller.abort();
      underway.clear();
    },
  };
};
