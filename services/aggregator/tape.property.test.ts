import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReferenceTrade, referenceSecondStats } from './test-reference-second-stats.js';
import { createTapeBench, startMs, type TapeBench } from './test-tape.js';

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
const delivery = fc.record({
  dropped: fc.boolean(),
  delayMs: fc.integer({ min: 0, max: 400 }),
  repeatedAfterMs: fc.option(fc.integer({ min: 0, max: 3_000 }), { nil: undefined }),
});
const steps = fc.array(fc.record({ pause, price: amount, quantity: amount, delivery }), { minLength: 2, maxLength: 120 });
const outages = fc.array(fc.record({ fromMs: fc.integer({ min: 0, max: 15_000 }), lengthMs: fc.integer({ min: 10, max: 6_000 }) }), {
  maxLength: 2,
});
const history = fc.record({
  /** The exchange's database is behind its stream by this much. */
  lagMs: fc.integer({ min: 0, max: 900 }),
  /** How long an answer takes to be asked for. */
  everyMs: fc.integer({ min: 10, max: 4_000 }),
});

interface Run {
  readonly steps: typeof steps extends fc.Arbitrary<infer T> ? T : never;
  readonly outages: typeof outages extends fc.Arbitrary<infer T> ? T : never;
  readonly history: typeof history extends fc.Arbitrary<infer T> ? T : never;
}

/** Plays a run to its end. The first and the last trade always arrive: nothing else tells that there were others. */
const play = ({ steps, outages, history }: Run): { bench: TapeBench; record: ReferenceTrade[] } => {
  const bench = createTapeBench();
  const record: ReferenceTrade[] = [];
  const arrivals: { atMs: number; trade: ReferenceTrade; order: number }[] = [];
  const isOut = (ms: number) => outages.some(({ fromMs, lengthMs }) => fromMs <= ms && ms < fromMs + lengthMs);
  let timeMs = 0;
  steps.forEach(({ pause: pauseMs, price, quantity, delivery: how }, index) => {
    const isEdge = index === 0 || index === steps.length - 1;
    timeMs += isEdge && index > 0 ? 22_000 : pauseMs;
    const trade = { id: 1_000 + index, price, quantity, timeMs: startMs + timeMs };
    record.push(trade);
    const atMs = timeMs + (isEdge ? 0 : how.delayMs);
    if (isEdge || (!how.dropped && !isOut(atMs))) arrivals.push({ atMs, trade, order: index });
    const againMs = atMs + (how.repeatedAfterMs ?? 0);
    if (how.repeatedAfterMs !== undefined && !isEdge && !isOut(againMs)) arrivals.push({ atMs: againMs, trade, order: index });
  });
  arrivals.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
  const endMs = timeMs + 20_000;
  let out = false;
  for (let nowMs = 0; nowMs <= endMs; nowMs += 10) {
    if (isOut(nowMs) !== out) {
      out = !out;
      bench.tape.setFeed(out ? 'broken' : 'up', bench.clock.monotonic());
    }
    const due: ReferenceTrade[] = [];
    while (arrivals[0] && arrivals[0].atMs <= nowMs) due.push((arrivals.shift() as (typeof arrivals)[0]).trade);
    if (due.length > 0) bench.stream(...due);
    const known = record.filter(({ timeMs: ms }) => ms <= startMs + nowMs - history.lagMs);
    if (nowMs % (Math.ceil(history.everyMs / 10) * 10) === 0 && nowMs > 0) bench.serve(known);
    bench.wait(10);
  }
  return { bench, record };
};

const run = fc.record({ steps, outages, history });
const runs = 150;

describe('whatever is dropped, repeated, reordered and cut', () => {
  it('every trade counts once, and the last revision of every second is right and complete', () => {
    fc.assert(
      fc.property(run, (given) => {
        const { bench, record } = play(given);
        expect(bench.tape.missing).toBe(0);
        expect(bench.tally).toMatchObject({ trades: record.length, tradesLost: 0, gapsLost: 0, sequenceRestarts: 0, tradesTooLate: 0 });
        const latest = new Map(bench.published.map((stat) => [stat.second, stat]));
        const found = [...latest.values()].sort((a, b) => a.second - b.second);
        const expected = referenceSecondStats('btcusdt', record).slice(1);
        expect(found.map(({ complete, revision, ...stat }) => stat)).toEqual(expected);
        expect(found.every(({ complete }) => complete)).toBe(true);
      }),
      { numRuns: runs },
    );
  });

  it('revisions of a second count up from 0, and a complete one changes only with a late trade', () => {
    fc.assert(
      fc.property(run, (given) => {
        const { bench } = play(given);
        const bySecond = new Map<number, typeof bench.published>();
        for (const stat of bench.published) bySecond.set(stat.second, [...(bySecond.get(stat.second) ?? []), stat]);
        let changes = 0;
        for (const revisions of bySecond.values()) {
          expect(revisions.map(({ revision }) => revision)).toEqual(revisions.map((_, index) => index));
          for (let i = 1; i < revisions.length; i++) {
            const [before, after] = [revisions[i - 1], revisions[i]];
            expect(after?.trades).toBeGreaterThanOrEqual(before?.trades ?? 0);
            if (before?.complete) changes += 1;
          }
        }
        expect(changes).toBeLessThanOrEqual(bench.tally.tradesLate);
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
        const expected = new Map(referenceSecondStats('btcusdt', all).map((stat) => [stat.second, stat]));
        for (const stat of new Map(bench.published.map((one) => [one.second, one])).values()) {
          const { complete, revision, ...rest } = stat;
          const misses = lostIds.some(({ timeMs }) => timeMs - (timeMs % 1000) === stat.second);
          if (complete) expect(rest).toEqual(expected.get(stat.second));
          if (misses) expect(complete).toBe(false);
        }
      }),
      { numRuns: runs },
    );
  });
});
