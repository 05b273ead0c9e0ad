import type { SecondStat } from '@tickfolio/lib/price-bus';
import type { Moment } from './feed-clock.js';
import { addTrade, type SecondTrades, secondOf, startSecond, toSecondStat } from './second-trades.js';
import type { Tally } from './tally.js';
import type { Trade } from './trade.js';

export interface LedgerOptions {
  /** How long after its end a second waits for trades of its last moments. Default 15. */
  readonly latenessMs: number;
  /** Without a frame of a later time a second is over this long after its end. Default 1 000. */
  readonly evidenceWaitMs: number;
  /** How long a second waits for a repair before it is published as incomplete. Default 2 000. */
  readonly holdMs: number;
  /** Late trades of a second gather this long before its next revision. Default 100. */
  readonly revisionMs: number;
  /** How far behind the newest second a published one can still be revised. Default 120 000. */
  readonly keepMs: number;
}

export const ledgerDefaults: LedgerOptions = { latenessMs: 15, evidenceWaitMs: 1_000, holdMs: 2_000, revisionMs: 100, keepMs: 120_000 };

/** At most this many ranges of lost trades are remembered; the oldest go first. */
const maxLostRanges = 100;
const secondMs = 1_000;

/** What the ledger has to know of the trade sequence. */
export interface SequenceView {
  /** Whether trades that are not known yet may belong to this second. */
  isOpen(second: number): boolean;
  /** Time of the newest known trade. */
  readonly maxTimeMs: number;
}

interface Entry extends SecondTrades {
  state: 'waiting' | 'incomplete' | 'complete';
  /** Of the next publication. */
  revision: number;
  /** Since when (monotonic) it holds trades that the last publication does not; undefined when it holds none. */
  changedSinceMs: number | undefined;
  /** Since when (monotonic) it would be published, were its trades all there. */
  heldSinceMs: number | undefined;
  /** Trades of it are lost: it can never be complete. */
  lossy: boolean;
}

/** The seconds of one symbol, from their first trade to the time when nothing can change them any more. */
export interface SecondLedger {
  /** Adds a trade that was not added before. */
  add(trade: Trade, fillsHole: boolean, localMs: number): void;
  /** Nothing up to and including this second is published: its trades are known in part only. */
  skipThrough(second: number): void;
  /** Some trades between these times are lost. */
  markLost(fromTimeMs: number, toTimeMs: number, localMs: number): void;
  /** Publishes what is due, oldest first. */
  advance(now: Moment, sequence: SequenceView): void;
  /** True while something waits to be published. */
  readonly busy: boolean;
  /** How many seconds are in memory. */
  readonly size: number;
}

export const createSecondLedger = (
  symbol: string,
  emit: (stat: SecondStat) => void,
  tally: Tally,
  options: LedgerOptions = ledgerDefaults,
): SecondLedger => {
  const { latenessMs, evidenceWaitMs, holdMs, revisionMs, keepMs } = options;
  /** Ascending by second: what is still to be published, or published again. */
  let pending: Entry[] = [];
  /** Published and at rest. */
  const settled = new Map<number, Entry>();
  const lostRanges: { readonly from: number; readonly to: number }[] = [];
  let skippedThrough = Number.NEGATIVE_INFINITY;
  let forgottenThrough = Number.NEGATIVE_INFINITY;
  let newest = Number.NEGATIVE_INFINITY;

  const enqueue = (entry: Entry) => {
    let at = pending.length;
    while (at > 0 && (pending[at - 1] as Entry).second > entry.second) at--;
    pending.splice(at, 0, entry);
  };
  const find = (second: number): Entry | undefined => {
    for (let i = pending.length - 1; i >= 0; i--) if (pending[i]?.second === second) return pending[i];
    return settled.get(second);
  };
  const reopen = (entry: Entry) => {
    if (settled.delete(entry.second)) enqueue(entry);
  };
  const forget = (sequence: SequenceView) => {
    for (const second of settled.keys()) {
      if (second >= newest - keepMs || sequence.isOpen(second)) return;
      settled.delete(second);
      if (second > forgottenThrough) forgottenThrough = second;
    }
  };
  const publish = (entry: Entry, complete: boolean) => {
    tally.secondsPublished += 1;
    if (!complete) tally.secondsIncomplete += 1;
    else if (entry.state === 'incomplete') tally.secondsRepaired += 1;
    entry.state = complete ? 'complete' : 'incomplete';
    entry.changedSinceMs = undefined;
    emit(toSecondStat(symbol, entry, complete, entry.revision));
    entry.revision += 1;
  };

  /** @returns whether the second is over, as far as anyone can tell without asking the exchange. */
  const isOver = (second: number, now: Moment, maxTimeMs: number): boolean => {
    if (secondOf(maxTimeMs) > second) return true;
    const endMs = second + secondMs;
    return now.feedMs >= endMs + latenessMs && (now.evidenceMs >= endMs || now.feedMs >= endMs + evidenceWaitMs);
  };

  /** @returns 'blocked' when younger seconds have to wait for this one, 'done' when it is at rest. */
  const settle = (entry: Entry, now: Moment, sequence: SequenceView, blocked: boolean): 'blocked' | 'done' | 'open' => {
    const open = sequence.isOpen(entry.second);
    if (entry.state === 'waiting') {
      if (!isOver(entry.second, now, sequence.maxTimeMs)) return 'blocked';
      entry.heldSinceMs ??= now.localMs;
      if (open && now.localMs - entry.heldSinceMs < holdMs) return 'blocked';
      if (blocked) return 'blocked';
      publish(entry, !open && !entry.lossy);
      return open ? 'open' : 'done';
    }
    if (open) return 'open';
    if (entry.lossy) {
      if (entry.state === 'complete' || entry.changedSinceMs !== undefined) publish(entry, false);
      return 'done';
    }
    if (entry.state === 'incomplete') {
      publish(entry, true);
      return 'done';
    }
    if (entry.changedSinceMs === undefined) return 'done';
    if (now.localMs - entry.changedSinceMs < revisionMs) return 'open';
    publish(entry, true);
    return 'done';
  };

  return {
    add: (trade, fillsHole, localMs) => {
      const second = secondOf(trade.timeMs);
      if (second <= skippedThrough) return;
      const entry = find(second);
      if (entry) {
        addTrade(entry, trade);
        if (entry.state === 'waiting') return;
        if (entry.state === 'complete') tally.tradesLate += 1;
        entry.changedSinceMs ??= localMs;
        reopen(entry);
        return;
      }
      // A second that was forgotten must not come back with a part of its trades; one inside a hole was never there.
      if (second <= forgottenThrough && !fillsHole) {
        tally.tradesTooLate += 1;
        return;
      }
      if (second > newest) newest = second;
      const lossy = lostRanges.some((range) => range.from <= second && second <= range.to);
      enqueue({
        ...startSecond(trade),
        state: 'waiting',
        revision: 0,
        changedSinceMs: undefined,
        heldSinceMs: undefined,
        lossy,
      });
    },
    skipThrough: (second) => {
      skippedThrough = second;
    },
    markLost: (fromTimeMs, toTimeMs) => {
      const from = secondOf(fromTimeMs);
      const to = secondOf(toTimeMs);
      if (lostRanges.length >= maxLostRanges) lostRanges.shift();
      lostRanges.push({ from, to });
      for (const entry of pending) if (from <= entry.second && entry.second <= to) entry.lossy = true;
      for (const entry of [...settled.values()]) {
        if (entry.second < from || entry.second > to) continue;
        entry.lossy = true;
        reopen(entry);
      }
    },
    advance: (now, sequence) => {
      if (pending.length === 0) return;
      let blocked = false;
      let rested = 0;
      for (const entry of pending) {
        const outcome = settle(entry, now, sequence, blocked);
        if (outcome === 'blocked') blocked = true;
        else if (outcome === 'done') {
          settled.set(entry.second, entry);
          rested += 1;
        }
      }
      if (rested > 0) {
        pending = pending.filter((entry) => settled.get(entry.second) !== entry);
        forget(sequence);
      }
    },
    get busy() {
      return pending.length > 0;
    },
    get size() {
      return pending.length + settled.size;
    },
  };
};
