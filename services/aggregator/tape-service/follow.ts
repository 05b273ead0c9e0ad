import type { TapePart } from '@tickfolio/gen/market/v1/tape';
import { type Clock, sleep } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { retryPauseMs } from '@tickfolio/lib/retry';
import type { Tally } from '../tally.js';
import { pageLimit } from '../tape/page-request.js';
import type { Known } from '../tape/trade-series.js';
import type { HistoryPages } from './history-pages.js';
import type { TapeServiceLimits } from './limits.js';
import type { Reel } from './reel.js';
import { emptyPart, partsOf, rowsOfPage, throughOf } from './tape-parts.js';
import type { Row, TradeRun } from './trade-run.js';

export interface FollowDeps {
  readonly clock: Clock;
  readonly tally: Tally;
  readonly pages: HistoryPages;
  readonly limits: TapeServiceLimits;
}

type Parts<Result> = AsyncGenerator<TapePart, Result, undefined>;

const tooSlow = () =>
  new AppError(
    'resource_exhausted',
    'This stream is read too slowly: trades that it has not had are not kept any more. Follow again after the last id.',
    { retryAfterMs: 0 },
  );
const lacking = () =>
  new AppError('unavailable', "The exchange's history does not have all trades yet.", { retryAfterMs: 1_000 });
const tooFarBack = (run: TradeRun, maxMissed: number): AppError => {
  const message = `lies more than ${maxMissed} trades before what is known`;
  return new AppError('failed_precondition', `The id ${message}.`, {
    fields: [{ field: 'after_trade_id', message, reason: 'too-far-back' }],
    facts: {
      beginsAfterId: String((run.floorId ?? 0) - 1 - maxMissed),
      newestId: String(run.newestId ?? -1),
      newestMs: String(run.newestMs ?? 0),
    },
  });
};

/** One reader's way along a reel. */
class Follower {
  readonly #deps: FollowDeps;
  readonly #reel: Reel;
  readonly #signal: AbortSignal;
  #run: TradeRun;
  /** Everything up to this id was told; undefined before it is known where to begin. */
  #toldId: number | undefined;
  #watermarkMs = 0;
  /** Some of this run was told, so what is dropped now was not read in time. */
  #isUnderWay = false;
  /** It came before the first trade of its run, and so misses none of it. */
  #isEarly = false;
  /** The history has an id above what is known here. */
  #isBorneOut = false;
  #lacks = 0;

  constructor(deps: FollowDeps, reel: Reel, afterId: number | undefined, signal: AbortSignal) {
    this.#deps = deps;
    this.#reel = reel;
    this.#signal = signal;
    this.#run = reel.run;
    this.#toldId = afterId;
  }

  async *parts(): Parts<void> {
    while (!this.#signal.aborted) {
      if (this.#reel.over) throw this.#reel.over;
      const { floorId } = this.#run;
      const known = this.#run.known();
      if (this.#isReadThrough(known.throughId)) yield* this.#goOn();
      else if (floorId === undefined) yield* this.#awaitFirst();
      else if (this.#toldId === undefined) this.#toldId = this.#beginning(floorId);
      else if (this.#toldId < floorId - 1) yield* this.#catchUp(this.#toldId, floorId);
      else if (this.#toldId > known.throughId && !this.#isBorneOut) yield* this.#doubtOwn(this.#toldId, floorId);
      else yield* this.#tell(this.#toldId, known);
    }
  }

  async *#awaitFirst(): Parts<void> {
    this.#isEarly = true;
    yield* this.#beating(this.#reel.news(this.#signal));
  }

  /** With the newest trade, which the history has where only its id is known here. */
  #beginning(floorId: number): number {
    if (this.#isEarly) return floorId - 1;
    const newestId = this.#run.newestId ?? floorId;
    return this.#run.size > 0 ? newestId - 1 : newestId - 2;
  }

  #isReadThrough(throughId: number): boolean {
    if (!this.#run.isClosed || !this.#run.next) return false;
    return this.#run.floorId === undefined || this.#toldId === undefined || this.#toldId >= throughId;
  }

  /** To what came when this run was closed. */
  async *#goOn(): Parts<void> {
    const next = this.#run.next as TradeRun;
    this.#run = next;
    this.#isUnderWay = false;
    this.#isBorneOut = false;
    const { floorId, how } = next;
    if (floorId === undefined || this.#toldId === undefined) return;
    // A wrong id that had been told lies above those that are right.
    if (how === 'renumbered' || (how === 'corrected' && this.#toldId > floorId)) yield* this.#beginAnew(floorId);
  }

  async *#beginAnew(floorId: number): Parts<void> {
    this.#toldId = floorId - 1;
    yield { ...emptyPart(this.#watermarkMs), renumbered: true };
  }

  async *#tell(toldId: number, known: Known): Parts<void> {
    const { maxPartTrades, gatherMs } = this.#deps.limits;
    const rows = this.#run.after(toldId, known.throughId, maxPartTrades);
    const isAll = rows.length < maxPartTrades || throughOf(rows, toldId) === known.throughId;
    const watermarkMs = isAll ? Math.max(this.#watermarkMs, known.beforeMs) : this.#watermarkMs;
    if (rows.length === 0 && watermarkMs <= this.#watermarkMs) {
      yield* this.#beating(this.#reel.news(this.#signal));
      await sleep(this.#deps.clock, gatherMs, this.#signal);
      return;
    }
    this.#isUnderWay = true;
    this.#toldId = isAll ? Math.max(toldId, known.throughId) : throughOf(rows, toldId);
    yield* this.#rows(rows, watermarkMs);
  }

  /** @param watermarkMs holds once all of them are told */
  async *#rows(rows: readonly Row[], watermarkMs: number): Parts<void> {
    const parts = partsOf(rows, this.#watermarkMs, this.#deps.limits.maxPartTrades);
    this.#watermarkMs = Math.max(this.#watermarkMs, watermarkMs);
    const last = parts.pop() ?? emptyPart(0);
    for (const part of [...parts, { ...last, watermarkMs: this.#watermarkMs }]) {
      this.#deps.tally.tapeTrades += part.trades.length;
      if (part.hole) this.#deps.tally.tapeHoles += 1;
      yield part;
    }
  }

  /** One page of what lies between what was told and what is kept. */
  async *#catchUp(toldId: number, floorId: number): Parts<void> {
    if (this.#isUnderWay) throw tooSlow();
    const { maxMissedTrades } = this.#deps.limits;
    if (floorId - 1 - toldId > maxMissedTrades) throw tooFarBack(this.#run, maxMissedTrades);
    const fromId = toldId + 1;
    const rows = rowsOfPage(yield* this.#page(fromId, Math.min(pageLimit, floorId - fromId)), fromId, floorId - 1);
    if (rows.length === 0) yield* this.#lack();
    else {
      this.#lacks = 0;
      this.#toldId = throughOf(rows, toldId);
      yield* this.#rows(rows, 0);
    }
  }

  /** The reader has a trade that is not known here: it was told elsewhere and is on its way, or the ids began anew. */
  async *#doubtOwn(toldId: number, floorId: number): Parts<void> {
    const { maxLacks, lackMs } = this.#deps.limits;
    yield* this.#beating(sleep(this.#deps.clock, lackMs, this.#signal));
    if (this.#signal.aborted || toldId <= this.#run.known().throughId) return;
    const rows = yield* this.#page(toldId, 1);
    if (rows.length > 0) {
      this.#lacks = 0;
      this.#isBorneOut = true;
      return;
    }
    this.#lacks += 1;
    if (this.#lacks <= maxLacks) return;
    this.#lacks = 0;
    yield* this.#beginAnew(floorId);
  }

  async *#lack(): Parts<void> {
    const { maxLacks, lackMs } = this.#deps.limits;
    this.#lacks += 1;
    if (this.#lacks > maxLacks) throw lacking();
    const pauseMs = retryPauseMs({ minRetryMs: lackMs / 8, maxRetryMs: lackMs, leastShare: 0.5 }, this.#lacks);
    yield* this.#beating(sleep(this.#deps.clock, pauseMs, this.#signal));
  }

  #page(fromId: number, limit: number) {
    return this.#beating(this.#deps.pages.read(this.#reel.symbol, { fromId, limit }, this.#signal));
  }

  /** Says now and then that the stream lives, until the work is done. */
  async *#beating<T>(work: Promise<T>): Parts<T> {
    const { clock, limits } = this.#deps;
    for (;;) {
      const rest = new AbortController();
      const beat = sleep(clock, limits.heartbeatMs, rest.signal);
      const done = await Promise.race([work.then((value) => ({ value })), beat]).finally(() => rest.abort());
      if (done) return done.value;
      yield emptyPart(this.#watermarkMs);
    }
  }
}

/**
 * Trades of a symbol in the order of their ids, each once, with what is proven about them; ends quietly when the signal
 * aborts. Nothing is kept for the reader: who does not read in time what the reel keeps is too slow.
 * @param afterId begins with the trade after this one; undefined: with the newest
 * @throws AppError failed_precondition `too-far-back`, resource_exhausted, unavailable; what the reel ends with
 */
export const followReel = (
  deps: FollowDeps,
  reel: Reel,
  afterId: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<TapePart, void, undefined> => new Follower(deps, reel, afterId, signal).parts();
