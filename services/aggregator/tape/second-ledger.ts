import type { Moment } from '@tickfolio/lib/market/feed-clock';
import type { PublishedThrough, SecondStat } from '@tickfolio/lib/price-bus';
import type { Tally } from '../tally.js';
import { createPublishedRecord } from './published-record.js';
import { addTrade, type SecondTrades, secondMs, secondOf, startSecond, toSecondStat } from './second-trades.js';
import type { Trade } from './trade.js';

export interface LedgerOptions {
  /**
   * How long after its end a second is taken to be over, by the clock alone: trades of its last moments are on their
   * way. Default 10.
   */
  readonly latenessMs: number;
  /**
   * How long a second that is over waits to be known whole before it is published as incomplete, and how long a whole
   * one waits at most for those before it. Default 2 000.
   */
  readonly holdMs: number;
  /** How far behind the newest second a published one is remembered. Default 120 000. */
  readonly keepMs: number;
}

export const ledgerDefaults: LedgerOptions = { latenessMs: 10, holdMs: 2_000, keepMs: 120_000 };

/** At most this many ranges of lost trades are remembered; the oldest go first. */
const maxLostRanges = 100;

/** What the ledger has to know of the trade sequence. */
export interface SequenceView {
  /** Whether it is proven that every trade of this second is known, or lost for good. */
  isWhole(second: number): boolean;
  /** Time of the newest known trade. */
  readonly maxTimeMs: number;
}

interface Entry extends SecondTrades {
  /** A `complete` one was published as such and never changes again. */
  state: 'waiting' | 'incomplete' | 'complete';
  /** Of the next publication. */
  revision: number;
  /** It holds trades that the last publication does not. */
  changed: boolean;
  /** Since when (monotonic) it is over and waits. */
  overSinceMs: number | undefined;
  /** Trades of it are lost: it can never be complete. */
  lossy: boolean;
}

/**
 * What became of a trade: `late` for a second that is complete, `too late` for one that is not remembered. Neither
 * counts in any second.
 */
export type Added = 'added' | 'late' | 'too late';

/** The seconds of one symbol, from their first trade to the time when nothing can change them any more. */
export interface SecondLedger {
  /** Adds a trade that was not added before. */
  add(trade: Trade, fillsHole: boolean): Added;
  /** Nothing up to and including this second is published: its trades are known in part only. */
  skipThrough(second: number): void;
  /** Some trades between these times are lost. */
  markLost(fromTimeMs: number, toTimeMs: number): void;
  /**
   * Publishes what is due, oldest first. A second that was found when a younger one was published already holds up
   * none: while an old hole is filled page by page there is always one that waits for its next page.
   */
  advance(now: Moment, sequence: SequenceView): void;
  /** Publishes what there is: no trade will come any more. @param canBe whether there can be such a second at all */
  finish(sequence: SequenceView, canBe: (second: number) => boolean): void;
  /** Whether this second has trades and is not at rest. */
  isPending(second: number): boolean;
  /** True while something waits to be published. */
  readonly busy: boolean;
  /** How many seconds are in memory. */
  readonly size: number;
}

export type Emit = (stat: SecondStat, through: PublishedThrough | undefined) => void;

/** @param goOnFrom what somebody else has published; only what is missing behind it is published here */
export const createSecondLedger = (
  symbol: string,
  emit: Emit,
  tally: Tally,
  options: LedgerOptions = ledgerDefaults,
  goOnFrom?: PublishedThrough,
): SecondLedger => {
  const { latenessMs, holdMs, keepMs } = options;
  /** Ascending by second: what is still to be published, or published again. */
  let pending: Entry[] = [];
  /** Published and at rest. */
  const settled = new Map<number, Entry>();
  const lostRanges: { readonly from: number; readonly to: number }[] = [];
  const record = createPublishedRecord(symbol, goOnFrom);
  const inherited = new Map(goOnFrom?.later.map((published) => [published.second, published]));
  let skippedThrough = goOnFrom?.last.second ?? Number.NEGATIVE_INFINITY;
  let forgottenThrough = Number.NEGATIVE_INFINITY;
  let newest = Number.NEGATIVE_INFINITY;
  /** Youngest one that was published: those before it are passed. */
  let publishedThrough = Number.NEGATIVE_INFINITY;

  const enqueue = (entry: Entry) => {
    let at = pending.length;
    while (at > 0 && (pending[at - 1] as Entry).second > entry.second) at--;
    pending.splice(at, 0, entry);
  };
  const findPending = (second: number): Entry | undefined => {
    for (let i = pending.length - 1; i >= 0; i--) if (pending[i]?.second === second) return pending[i];
    return undefined;
  };
  const forget = () => {
    for (const second of settled.keys()) {
      if (second >= newest - keepMs) return;
      settled.delete(second);
      if (second > forgottenThrough) forgottenThrough = second;
    }
  };
  const oldestWaiting = (): number | undefined => pending.find(({ state }) => state === 'waiting')?.second;
  const publish = (entry: Entry, complete: boolean, final: boolean) => {
    tally.secondsPublished += 1;
    if (!complete) tally.secondsIncomplete += 1;
    else if (entry.state === 'incomplete') tally.secondsRepaired += 1;
    entry.state = complete ? 'complete' : 'incomplete';
    entry.changed = false;
    if (entry.second > publishedThrough) publishedThrough = entry.second;
    record.add(entry, entry.revision + 1, final, oldestWaiting());
    emit(toSecondStat(symbol, entry, complete, entry.revision), record.through());
    entry.revision += 1;
  };

  const isOver = (second: number, now: Moment, maxTimeMs: number): boolean =>
    secondOf(maxTimeMs) > second || now.feedMs >= second + secondMs + latenessMs;

  /** @returns 'blocked' when younger seconds have to wait for this one, 'done' when it is at rest. */
  const settle = (entry: Entry, now: Moment, sequence: SequenceView, blocked: boolean): 'blocked' | 'open' | 'done' => {
    const whole = sequence.isWhole(entry.second);
    if (entry.state === 'waiting') {
      if (isOver(entry.second, now, sequence.maxTimeMs)) entry.overSinceMs ??= now.localMs;
      const mustWait = entry.overSinceMs === undefined || now.localMs - entry.overSinceMs < holdMs;
      if (mustWait && (blocked || !whole)) return entry.second < publishedThrough ? 'open' : 'blocked';
      publish(entry, whole && !entry.lossy, whole);
      return whole ? 'done' : 'open';
    }
    if (!whole) return 'open';
    if (!entry.lossy) publish(entry, true, true);
    else if (entry.changed) publish(entry, false, true);
    return 'done';
  };

  return {
    add: (trade, fillsHole) => {
      const second = secondOf(trade.timeMs);
      const before = inherited.get(second);
      if (second <= skippedThrough || before?.final) return 'added';
      const rested = settled.get(second);
      if (rested?.state === 'complete') {
        tally.tradesLate += 1;
        return 'late';
      }
      const entry = rested ?? findPending(second);
      if (entry) {
        addTrade(entry, trade);
        entry.changed = true;
        if (settled.delete(second)) enqueue(entry);
        return 'added';
      }
      // A second that was forgotten must not come back with a part of its trades; one inside a hole was never there.
      if (second <= forgottenThrough && !fillsHole) {
        tally.tradesTooLate += 1;
        return 'too late';
      }
      if (second > newest) newest = second;
      const lossy = lostRanges.some((range) => range.from <= second && second <= range.to);
      const published = { state: before ? 'incomplete' : 'waiting', revision: before?.revision ?? 0 } as const;
      enqueue({ ...startSecond(trade), ...published, changed: true, overSinceMs: undefined, lossy });
      return 'added';
    },
    skipThrough: (second) => {
      skippedThrough = second;
    },
    markLost: (fromTimeMs, toTimeMs) => {
      const from = secondOf(fromTimeMs);
      const to = secondOf(toTimeMs);
      if (lostRanges.length >= maxLostRanges) lostRanges.shift();
      lostRanges.push({ from, to });
      // The range may touch a complete second at its edge: that one was proven whole before, so the loss is not in it.
      for (const entry of pending) if (from <= entry.second && entry.second <= to) entry.lossy = true;
    },
    advance: (now, sequence) => {
      if (pending.length === 0) return;
      let blocked = false;
      let rested = 0;
      for (const entry of pending) {
        const outcome = settle(entry, now, sequence, blocked && entry.second > publishedThrough);
        if (outcome === 'blocked') blocked = true;
        else if (outcome === 'done') {
          settled.set(entry.second, entry);
          rested += 1;
        }
      }
      if (rested === 0) return;
      pending = pending.filter((entry) => settled.get(entry.second) !== entry);
      forget();
    },
    finish: (sequence, canBe) => {
      for (const entry of pending) {
        if (!canBe(entry.second)) continue;
        if (sequence.isWhole(entry.second) && !entry.lossy) publish(entry, true, true);
        else if (entry.changed) publish(entry, false, true);
      }
      pending = [];
    },
    isPending: (second) => findPending(second) !== undefined,
    get busy() {
      return pending.length > 0;
    },
    get size() {
      return pending.length + settled.size;
    },
  };
};
