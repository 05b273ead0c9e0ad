import type { Clock } from '@tickfolio/lib/clock';
import { type AppError, toAppError } from '@tickfolio/lib/errors';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { MarketFeed } from './market-feed.js';
import type { PageRequest } from './page-request.js';
import type { Tape } from './tape.js';

export interface BackfillOptions {
  /** Pages asked for at once, over all symbols. Default 8. */
  readonly concurrency: number;
  /** Of these at most so many that only prove seconds whole. Default 2. */
  readonly maxProofs: number;
  /** Such proofs are at least so far apart: 5 a second take 1 200 of the exchange's 6 000 a minute. Default 200. */
  readonly proofSpacingMs: number;
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
  spentPauseMs: 1_000,
  refusedPauseMs: 5_000,
  awayPauseMs: 250,
  maxPauseMs: 60_000,
};

/** Holes hold back seconds of busy symbols, so they go first; then new symbols' last prices, then what may have been missed. */
const urgency: Readonly<Record<PageRequest['purpose'], number>> = { hole: 0, seed: 1, probe: 2, proof: 3 };

/** Reads trade history for tapes that want some: one page at a time per tape, a few at once, inside the exchange's budget. */
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
  let proofs = 0;
  let nextProofMs = 0;

  const pauseFor = (error: AppError): number => {
    if (error.code === 'resource_exhausted') return error.retryAfterMs ?? options.spentPauseMs;
    if (error.code === 'failed_precondition') return options.refusedPauseMs;
    if (error.code === 'unavailable') return Math.max(options.awayPauseMs, error.retryAfterMs ?? 0);
    return 0;
  };

  const ask = async (tape: Tape, request: PageRequest) => {
    const controller = new AbortController();
    underway.set(tape, controller);
    if (request.purpose === 'proof') proofs += 1;
    try {
      const trades = await feed.listTrades(tape.symbol, request, controller.signal);
      if (!controller.signal.aborted) tape.fromPage(request, trades, clock.monotonic());
    } catch (thrown) {
      if (controller.signal.aborted) return;
      const error = toAppError(thrown);
      const pauseMs = Math.min(options.maxPauseMs, pauseFor(error));
      log.debug({ symbol: tape.symbol, purpose: request.purpose, code: error.code, reason: error.message, pauseMs }, 'no trade history');
      pausedUntilMs = Math.max(pausedUntilMs, clock.monotonic() + pauseMs);
      tape.pageFailed(request, error, clock.monotonic());
    } finally {
      if (request.purpose === 'proof') proofs -= 1;
      if (underway.get(tape) === controller) underway.delete(tape);
    }
  };

  return {
    run: (tapes) => {
      const nowMs = clock.monotonic();
      if (nowMs < pausedUntilMs || underway.size >= options.concurrency) return;
      const wanted: { tape: Tape; request: PageRequest }[] = [];
      for (const tape of tapes) {
        const request = underway.has(tape) ? undefined : tape.want(nowMs);
        if (request) wanted.push({ tape, request });
      }
      // Of the proofs the second that waits longest comes first.
      wanted.sort((a, b) => urgency[a.request.purpose] - urgency[b.request.purpose] || (a.request.second ?? 0) - (b.request.second ?? 0));
      for (const { tape, request } of wanted) {
        if (underway.size >= options.concurrency) return;
        if (request.purpose === 'proof') {
          if (proofs >= options.maxProofs || nowMs < nextProofMs) return;
          nextProofMs = nowMs + options.proofSpacingMs;
        }
        void ask(tape, request);
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
