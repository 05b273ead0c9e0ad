import { seedsOf } from '@tickfolio/lib/kit/counts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBarHistory } from './bar-history.js';
import type { PastBar } from './made-past.js';

const beginMs = 1_763_000_000_000;
const minuteMs = 60_000;

interface Row {
  readonly timeMs: number;
  readonly ticks: number;
  readonly lots: number;
  readonly count: number;
}

/** The rolling day, summed up trade by trade. */
const expectedDay = (rows: readonly Row[], nowMs: number) => {
  const fromMs = (Math.floor(nowMs / minuteMs) - 1_439) * minuteMs;
  const inside = rows.filter(({ timeMs }) => timeMs >= fromMs);
  const last = rows.at(-1)?.ticks ?? 0;
  const prices = inside.length > 0 ? inside.map(({ ticks }) => ticks) : [last];
  return {
    open: prices[0],
    high: Math.max(...prices),
    low: Math.min(...prices),
    close: last,
    count: inside.reduce((sum, { count }) => sum + count, 0),
    volume: inside.reduce((sum, { lots }) => sum + BigInt(lots), 0n),
    quote: inside.reduce((sum, { lots, ticks }) => sum + BigInt(lots) * BigInt(ticks), 0n),
  };
};

describe('minute bars', () => {
  it('give the rolling day that its trades give, over days, asked at any moment', () => {
    const row = fc.record({
      gapMs: fc.integer({ min: 0, max: 9_000_000 }),
      ticks: fc.integer({ min: 1, max: 9e12 }),
      lots: fc.integer({ min: 1, max: 1_000_000 }),
      count: fc.integer({ min: 1, max: 9 }),
      ask: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 90_000_000 }),
        (steps, waitMs) => {
          const bars = createBarHistory(beginMs);
          const rows: Row[] = [];
          let nowMs = beginMs;
          for (const { gapMs, ticks, lots, count, ask } of steps) {
            nowMs += gapMs;
            rows.push({ timeMs: nowMs, ticks, lots, count });
            bars.add(nowMs, ticks, lots, count, true);
            if (ask) expect(bars.day(nowMs)).toMatchObject(expectedDay(rows, nowMs));
          }
          expect(bars.day(nowMs + waitMs)).toMatchObject(expectedDay(rows, nowMs + waitMs));
        },
      ),
      { numRuns: seedsOf(200) },
    );
  });

  it('draw on a made-up past only when asked, and the same whenever that is', () => {
    const past = function* (): Generator<PastBar, void> {
      for (let i = 1; ; i++)
        yield {
          open: 100 + i,
          high: 120 + i,
          low: 90,
          close: 100 + i,
          count: 1,
          volume: 2,
          takerVolume: 1,
          average: 100,
        };
    };
    let asked = 0;
    const make = () =>
      createBarHistory(beginMs, {
        ...{ minutes: 2, hours: 3, days: 4 },
        make: (_minutes, last) => {
          asked++;
          expect(last).toBe(105);
          return past();
        },
      });
    const early = make();
    early.add(beginMs + 10, 105, 3, 1, true);
    expect(asked).toBe(0);
    expect(early.day(beginMs)).toMatchObject({ open: 1_539, close: 105, volume: 2n * 1_439n + 3n, low: 90 });
    const late = make();
    late.add(beginMs + 10, 105, 3, 1, true);
    const hour = beginMs + 3_600_000;
    expect(late.day(hour)).toEqual(early.day(hour));
    expect(asked).toBe(2);
    expect(late.day(beginMs + 86_400_000 * 2)).toMatchObject({ count: 0, open: 105, close: 105, volume: 0n });
  });

  it('split what takers bought', () => {
    const bars = createBarHistory(beginMs);
    bars.add(beginMs, 10, 5, 1, true);
    bars.add(beginMs + 1, 20, 3, 1, false);
    expect(bars.day(beginMs)).toMatchObject({ volume: 8n, quote: 110n, takerVolume: 5n, takerQuote: 50n });
  });
});
