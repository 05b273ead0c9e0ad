import { seedsOf } from '@tickfolio/lib/kit/counts';
import type { SecondStat } from '@tickfolio/lib/price-bus';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReferenceTrade, referenceSecondStats } from '../kit/reference-second-stats.js';
import { createTapeBench, startMs, type TapeBench } from '../kit/tape.js';

const amount = fc.bigInt(1n, 10n ** 14n).map((units) => {
  const digits = units.toString().padStart(9, '0');
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`;
});
/** Bursts within a millisecond, busy spells, and silences. */
const pause = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 150 }) },
  { weight: 1, arbitrary: fc.integer({ min: 500, max: 4_000 }) },
);
const maxDensePauseMs = 8;
const delivery = fc.record({
  dropped: fc.boolean(),
  delayMs: fc.integer({ min: 0, max: 400 }),
  repeatedAfterMs: fc.option(fc.integer({ min: 0, max: 3_000 }), { nil: undefined }),
});
const steps = fc.array(fc.record({ pause, price: amount, quantity: amount, delivery }), {
  minLength: 2,
  maxLength: 120,
});
const outages = fc.array(
  fc.record({ fromMs: fc.integer({ min: 0, max: 15_000 }), lengthMs: fc.integer({ min: 10, max: 6_000 }) }),
  {
    maxLength: 2,
  },
);
/** A stream that lags as a whole: from one moment on everything comes later, without a word. */
const lag = fc.record({ fromMs: fc.integer({ min: 0, max: 10_000 }), lengthMs: fc.integer({ min: 100, max: 5_000 }) });
const history = fc.record({
  /** The exchange's database is behind its stream by this much. */
  lagMs: fc.integer({ min: 0, max: 900 }),
  /** How long an answer takes to be asked for. */
  everyMs: fc.integer({ min: 10, max: 4_000 }),
});

/** The publisher is killed, and another one goes on after a while. */
const takeovers = fc.array(
  fc.record({ fromMs: fc.integer({ min: 0, max: 15_000 }), lengthMs: fc.integer({ min: 10, max: 7_000 }) }),
  {
    minLength: 1,
    maxLength: 3,
  },
);

interface Run {
  readonly steps: typeof steps extends fc.Arbitrary<infer T> ? T : never;
  readonly outages: typeof outages extends fc.Arbitrary<infer T> ? T : never;
  readonly lag: typeof lag extends fc.Arbitrary<infer T> ? T : never;
  readonly history: typeof history extends fc.Arbitrary<infer T> ? T : never;
  /** Hundreds of trades a second. */
  readonly dense?: boolean;
  readonly takeovers?: typeof takeovers extends fc.Arbitrary<infer T> ? T : never;
  /** Which ids have no trade, by their order; never the first and the last. */
  readonly voids?: readonly boolean[];
}

/** Plays a run to its end. The first and the last trade always arrive: nothing else tells that there were others. */
const play = ({
  steps,
  outages,
  lag,
  history,
  dense = false,
  takeovers: given = [],
  voids = [],
}: Run): { bench: TapeBench; record: ReferenceTrade[]; anew: boolean } => {
  const bench = createTapeBench();
  const record: ReferenceTrade[] = [];
  const rows: ReferenceTrade[] = [];
  const voidIds = new Set<number>();
  const asVoid = ({ id }: ReferenceTrade) => ({ id, fault: 'none' });
  const arrivals: { atMs: number; trade: ReferenceTrade; order: number }[] = [];
  const isOut = (ms: number) => outages.some(({ fromMs, lengthMs }) => fromMs <= ms && ms < fromMs + lengthMs);
  let timeMs = 0;
  steps.forEach(({ pause: pauseMs, price, quantity, delivery: how }, index) => {
    const isEdge = index === 0 || index === steps.length - 1;
    timeMs += isEdge && index > 0 ? 22_000 : pauseMs % (dense ? maxDensePauseMs : Number.POSITIVE_INFINITY);
    const trade = { id: 1_000 + index, price, quantity, timeMs: startMs + timeMs };
    if (voids[index] && !isEdge) voidIds.add(trade.id);
    else record.push(trade);
    rows.push(trade);
    const readyMs = timeMs + (isEdge ? 0 : how.delayMs);
    const isLagging = lag.fromMs <= readyMs && readyMs < lag.fromMs + lag.lengthMs && !isEdge;
    const atMs = isLagging ? lag.fromMs + lag.lengthMs : readyMs;
    if (isEdge || (!how.dropped && !isOut(atMs))) arrivals.push({ atMs, trade, order: index });
    const againMs = atMs + (how.repeatedAfterMs ?? 0);
    if (how.repeatedAfterMs !== undefined && !isEdge && !isOut(againMs))
      arrivals.push({ atMs: againMs, trade, order: index });
  });
  arrivals.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
  const endMs = timeMs + 20_000;
  let out = false;
  let dead = false;
  let anew = false;
  for (let nowMs = 0; nowMs <= endMs; nowMs += 10) {
    if (given.some(({ fromMs, lengthMs }) => fromMs <= nowMs && nowMs < fromMs + lengthMs)) {
      dead = true;
      bench.clock.advance(10);
      arrivals.splice(0, arrivals.filter(({ atMs }) => atMs <= nowMs).length);
      continue;
    }
    if (dead) {
      dead = false;
      out = false;
      anew ||= !bench.takeOver();
    }
    if (isOut(nowMs) !== out) {
      out = !out;
      bench.tape.setFeed(out ? 'broken' : 'up', bench.clock.monotonic());
    }
    const due: ReferenceTrade[] = [];
    while (arrivals[0] && arrivals[0].atMs <= nowMs) due.push((arrivals.shift() as (typeof arrivals)[0]).trade);
    for (const one of due) if (voidIds.has(one.id)) bench.tape.skip(asVoid(one));
    const trades = due.filter(({ id }) => !voidIds.has(id));
    if (trades.length > 0) bench.stream(...trades);
    // Other symbols' frames come all the time.
    bench.feedClock.observe(bench.clock.now());
    if (nowMs % (Math.ceil(history.everyMs / 10) * 10) === 0 && nowMs > 0) {
      const known = rows.filter(({ timeMs: ms }) => ms <= startMs + nowMs - history.lagMs);
      bench.serve(known.map((row) => (voidIds.has(row.id) ? asVoid(row) : row)));
    }
    bench.wait(10);
  }
  return { bench, record, anew };
};

const run = fc.record({ steps, outages, lag, history, dense: fc.boolean() });
const runs = seedsOf(100);

/**
 * Holds what was published against what subscribers may rely on: revisions count up, and a complete second is right and
 * never changes.
 */
const expectFinal = (published: readonly SecondStat[], record: readonly ReferenceTrade[]) => {
  const expected = new Map(referenceSecondStats('btcusdt', record).map((stat) => [stat.second, stat]));
  const before = new Map<number, SecondStat>();
  for (const stat of published) {
    const { complete, revision, ...rest } = stat;
    const last = before.get(stat.second);
    expect(revision).toBe(last ? last.revision + 1 : 0);
    expect(last?.complete ?? false).toBe(false);
    expect(stat.trades).toBeGreaterThanOrEqual(last?.trades ?? 0);
    if (complete) expect(rest).toEqual(expected.get(stat.second));
    before.set(stat.second, stat);
  }
};

describe('whatever is dropped, delayed, repeated, reordered and cut', () => {
  it('every trade counts once, every second ends right and complete and never changes then, and prices come in order', () => {
    fc.assert(
      fc.property(run, (given) => {
        const { bench, record } = play(given);
        expect(bench.tape.missing).toBe(0);
        expect(bench.tally).toMatchObject({
          trades: record.length,
          tradesLost: 0,
          gapsLost: 0,
          sequenceRestarts: 0,
          tradesTooLate: 0,
        });
        const latest = new Map(bench.published.map((stat) => [stat.second, stat]));
        const found = [...latest.values()].sort((a, b) => a.second - b.second);
        const expected = referenceSecondStats('btcusdt', record).slice(1);
        expect(found.map(({ complete, revision, ...stat }) => stat)).toEqual(expected);
        expect(found.every(({ complete }) => complete)).toBe(true);

        // What was published as complete never changes, and no trade comes late for it.
        expectFinal(bench.published, record);
        expect(bench.tally.tradesLate).toBe(0);

        // The newest trade is always told or published at the end.
        const ids = bench.told.map(({ tradeId }) => tradeId);
        expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
        const newest = record.at(-1)?.id;
        expect(Math.max(...ids, ...bench.published.map(({ lastTradeId }) => lastTradeId))).toBe(newest);
      }),
      { numRuns: runs },
    );
  });

  it('where some ids have no trade, every other one counts once, and no second waits for them', () => {
    fc.assert(
      fc.property(run, fc.array(fc.boolean(), { minLength: 120, maxLength: 120 }), (given, voids) => {
        const { bench, record } = play({ ...given, voids });
        expect(bench.tape.missing).toBe(0);
        expect(bench.tally).toMatchObject({
          trades: record.length,
          tradesLost: 0,
          gapsLost: 0,
          sequenceRestarts: 0,
          tradesTooLate: 0,
        });
        expect(bench.tally.tradesVoid).toBe(given.steps.length - record.length);
        expectFinal(bench.published, record);
        const latest = new Map(bench.published.map((stat) => [stat.second, stat]));
        const found = [...latest.values()].sort((a, b) => a.second - b.second);
        expect(found.map(({ complete, revision, ...stat }) => stat)).toEqual(
          referenceSecondStats('btcusdt', record).slice(1),
        );
        expect(found.every(({ complete }) => complete)).toBe(true);
      }),
      { numRuns: Math.ceil(runs / 5) },
    );
  });

  it('whoever is killed: the next publisher leaves no second out, and repeats none', () => {
    fc.assert(
      fc.property(run, takeovers, (given, killed) => {
        const { bench, record, anew } = play({ ...given, takeovers: killed });
        fc.pre(!anew); // Killed before its first second: nothing says then that anything was begun.
        expectFinal(bench.published, record);
        expect(bench.tally).toMatchObject({ tradesLate: 0, tradesLost: 0, symbolsBegunAnew: 0 });
        const latest = new Map(bench.published.map((stat) => [stat.second, stat]));
        const found = [...latest.values()].sort((a, b) => a.second - b.second);
        expect(found.map(({ complete, revision, ...stat }) => stat)).toEqual(
          referenceSecondStats('btcusdt', record).slice(1),
        );
        expect(found.every(({ complete }) => complete)).toBe(true);
      }),
      { numRuns: runs },
    );
  });

  it('with a history that begins later, what is complete is right and what is lost is counted', () => {
    fc.assert(
      fc.property(run, fc.integer({ min: 0, max: 120 }), (given, pruned) => {
        // The newest trade at least is always there.
        const oldestId = 1_000 + (pruned % given.steps.length);
        const bench = createTapeBench();
        const all = given.steps.map(({ price, quantity }, index) => ({
          id: 1_000 + index,
          price,
          quantity,
          timeMs: startMs + index * 130,
        }));
        const last = all.length - 1;
        const sent = all.filter((_, index) => index === 0 || index === last || !given.steps[index]?.delivery.dropped);
        for (const trade of sent) {
          const waitMs = trade.timeMs - bench.clock.now();
          if (waitMs > 0) bench.wait(waitMs);
          bench.stream(trade);
          bench.serve(all.slice(0, trade.id - 999), oldestId);
        }
        for (let i = 0; i < 500; i++) {
          bench.wait(10);
          bench.serve(all, oldestId);
        }
        expect(bench.tape.missing).toBe(0);
        expect(bench.tally.trades + bench.tally.tradesLost).toBe(all.length);
        const lostIds = all.filter((trade) => !sent.includes(trade) && trade.id < oldestId);
        expect(bench.tally.tradesLost).toBe(lostIds.length);
        expectFinal(bench.published, all);
        const lostSeconds = new Set(lostIds.map(({ timeMs }) => timeMs - (timeMs % 1000)));
        for (const { second, complete } of bench.published) if (lostSeconds.has(second)) expect(complete).toBe(false);
      }),
      { numRuns: runs },
    );
  });
});
