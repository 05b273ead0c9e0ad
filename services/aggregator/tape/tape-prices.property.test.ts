import { seedsOf } from '@tickfolio/lib/kit/counts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReferenceTrade, referenceSecondStats } from '../kit/reference-second-stats.js';
import { createTapeBench, startMs, tradeAt } from '../kit/tape.js';
import { tapeDefaults } from './tape-limits.js';

const stepMs = 10;
const endMs = 6_000;
/** Pauses of 2 to 10 ms on average: 100 to 500 trades a second. */
const density = fc.record({
  meanMs: fc.integer({ min: 2, max: 10 }),
  draws: fc.infiniteStream(fc.double({ min: 0.001, max: 1, noNaN: true })),
});
const losses = fc.record({ every: fc.integer({ min: 20, max: 2_000 }), offset: fc.nat(2_000) });
/** How often a page of history comes; undefined for never. */
const pageEveryMs = fc.option(fc.integer({ min: 10, max: 3_000 }), { nil: undefined });

const tradesOf = ({ meanMs, draws }: { meanMs: number; draws: Iterator<number> }): ReferenceTrade[] => {
  const record: ReferenceTrade[] = [];
  for (let ms = 0; ms < endMs; ms += -Math.log(draws.next().value) * meanMs)
    record.push(tradeAt(record.length + 1, Math.floor(ms)));
  return record;
};

describe('a symbol of hundreds of trades a second that loses some', () => {
  it('shows a price for the end of every second, within a moment, and every second is right in the end', () => {
    fc.assert(
      fc.property(density, losses, pageEveryMs, (given, { every, offset }, pageMs) => {
        const bench = createTapeBench();
        const record = tradesOf({ ...given, draws: given.draws[Symbol.iterator]() });
        const arrived = record.filter(({ id }) => id === 1 || id === record.length || (id + offset) % every !== 0);
        const shownId = () =>
          Math.max(
            0,
            ...bench.told.map(({ tradeId }) => tradeId),
            ...bench.published.map(({ lastTradeId }) => lastTradeId),
          );
        let next = 0;
        for (let ms = stepMs; ms <= endMs + 3_000; ms += stepMs) {
          bench.wait(stepMs);
          const from = next;
          while ((arrived[next]?.timeMs ?? Number.POSITIVE_INFINITY) <= startMs + ms) next += 1;
          bench.stream(...arrived.slice(from, next));
          if (pageMs !== undefined && ms % (stepMs * Math.ceil(pageMs / stepMs)) === 0)
            bench.serve(record.slice(0, next));
          const overMs = ms - tapeDefaults.latenessMs - tapeDefaults.priceSpacingMs;
          if (overMs % 1_000 !== 0) continue;
          const ended = arrived.findLast(({ timeMs }) => timeMs < startMs + overMs);
          expect(shownId()).toBeGreaterThanOrEqual(ended?.id ?? 0);
        }
        for (let i = 0; i < 300 && bench.tape.busy; i++) {
          bench.serve(record);
          bench.wait(100);
        }
        const last = new Map(bench.published.map((stat) => [stat.second, stat]));
        const found = [...last.values()].sort((a, b) => a.second - b.second);
        expect(found.map(({ complete, revision, ...stat }) => stat)).toEqual(
          referenceSecondStats('btcusdt', record).slice(1),
        );
        expect(found.every(({ complete }) => complete)).toBe(true);
        // Nothing is told twice as often for being busy: one price ahead for each second, and the first one.
        expect(bench.told.length).toBeLessThanOrEqual(endMs / 1_000 + 2);
      }),
      { numRuns: seedsOf(8) },
    );
  });
});
