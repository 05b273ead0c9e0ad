import { createManualClock } from '@tickfolio/lib/clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBackoff } from './backoff.js';
import { createConnectionGate } from './pool/connection-gate.js';
import { createWeightBudget } from './rest/weight-budget.js';

describe('backoff', () => {
  it('doubles to the cap, anywhere from nothing to the ceiling, for ever', () => {
    let share = 0.999_999;
    const backoff = createBackoff({ baseMs: 100, capMs: 1_000, random: () => share });
    expect([1, 2, 3, 4, 5, 6].map(() => Math.round(backoff.next()))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    for (let attempt = 0; attempt < 2_000; attempt++) expect(Math.round(backoff.next())).toBe(1_000);
    share = 0;
    expect(backoff.next()).toBe(0);
    backoff.reset();
    share = 0.5;
    expect(backoff.next()).toBe(50);
  });
});

describe('connection gate', () => {
  it('never lets more through than the window holds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 300 }), (waits) => {
        const clock = createManualClock();
        const gate = createConnectionGate(clock, 5, 100);
        const taken: number[] = [];
        for (const waitMs of waits) {
          clock.advance(waitMs);
          const askedToWaitMs = gate.take();
          if (askedToWaitMs === 0) taken.push(clock.monotonic());
          else expect(askedToWaitMs).toBeGreaterThan(0);
        }
        for (const atMs of taken) expect(taken.filter((other) => other > atMs - 100 && other <= atMs).length).toBeLessThanOrEqual(5);
      }),
    );
  });

  it('says how long to wait, truly', () => {
    const clock = createManualClock();
    const gate = createConnectionGate(clock, 2, 100);
    gate.take();
    clock.advance(30);
    gate.take();
    expect(gate.take()).toBe(70);
    clock.advance(70);
    expect(gate.take()).toBe(0);
    gate.block(500);
    expect(gate.take()).toBe(500);
  });
});

describe('weight budget', () => {
  it('spends no more than its part in a minute, and starts anew with the next', () => {
    const clock = createManualClock(1_700_000_041_000); // One second into the exchange's minute, as we count it.
    const budget = createWeightBudget(clock, 100);
    for (let call = 0; call < 25; call++) expect(budget.take(4)).toBe(0);
    expect(budget.take(4)).toBe(60_000);
    clock.advance(59_999);
    expect(budget.take(4)).toBe(1);
    clock.advance(1);
    expect(budget.take(4)).toBe(0);
  });

  it('counts what others at our address used', () => {
    const clock = createManualClock();
    const budget = createWeightBudget(clock, 100);
    budget.take(4);
    budget.learn(98);
    expect(budget.take(4)).toBeGreaterThan(0);
    expect(budget.used).toBe(98);
  });

  it('does not take an answer that is late by a minute for what was used in this one', () => {
    const clock = createManualClock(1_700_000_040_000); // A minute of the exchange begins.
    const budget = createWeightBudget(clock, 100);
    clock.advance(59_000);
    budget.take(4);
    const askedAtMs = clock.now();
    budget.learn(96, askedAtMs);
    clock.advance(2_500);
    expect(budget.take(4)).toBe(0);
    budget.learn(100, askedAtMs);
    expect([budget.used, budget.take(4)]).toEqual([4, 0]);
    budget.learn(50, clock.now());
    expect(budget.used).toBe(50);
  });

  it.each([
    ['behind', 30_000],
    ['ahead', -30_000],
  ])('counts by the exchange’s minute on a computer whose clock is half a minute %s, also after that was set', (_how, aheadMs) => {
    const time = createManualClock(1_700_000_041_000 - aheadMs);
    let setMs = 0;
    const clock = { ...time, now: () => time.now() + setMs };
    const budget = createWeightBudget(clock, 100);
    expect(budget.take(60)).toBe(0);
    budget.told(clock.now() + aheadMs);
    // What was used before the clock was known counts.
    expect([budget.used, budget.take(60)]).toEqual([60, 60_000]);
    setMs = aheadMs;
    time.advance(59_999);
    expect(budget.take(60)).toBe(1);
    time.advance(1);
    expect(budget.take(60)).toBe(0);
    budget.learn(80, budget.nowMs);
    expect(budget.used).toBe(80);
  });

  it('asks nothing while the exchange said to wait', () => {
    const clock = createManualClock();
    const budget = createWeightBudget(clock, 100);
    budget.block(5_000);
    expect(budget.take(1)).toBe(5_000);
    clock.advance(5_000);
    expect(budget.take(1)).toBe(0);
  });
});
