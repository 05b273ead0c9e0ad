import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import { createWeightBudget } from './weight-budget.js';

const shares = { audit: 20, history: 30 };
const at = (time: string) => Date.parse(`2026-01-27T${time}Z`);
const start = (time: string) => {
  const clock = createManualClock(at(time));
  return { clock, budget: createWeightBudget(clock, 100, shares) };
};

describe('one minute of the exchange', () => {
  it('is given its weight once, also where a slow answer told its time too early and put the clock back over the edge', () => {
    const { clock, budget } = start('12:00:01.500');
    expect(budget.take(60)).toBe(0);
    budget.told(at('11:59:59.500'));
    expect(budget.take(40)).toBe(0);
    expect(budget.take(1)).toBeGreaterThan(0);
    clock.advance(2_000);
    budget.told(at('12:00:03.500'));
    expect(budget.take(1)).toBe(57_500);
    clock.advance(57_500);
    expect(budget.take(100)).toBe(0);
  });

  it('keeps what the exchange said of it while the clock was put back', () => {
    const { clock, budget } = start('12:00:01.500');
    expect(budget.take(4)).toBe(0);
    budget.told(at('11:59:59.500'));
    budget.learn(98);
    clock.advance(2_000);
    expect(budget.take(4)).toBeGreaterThan(50_000);
  });

  it('does not count what was used long before by a clock that was an hour ahead', () => {
    const { clock, budget } = start('13:00:30.000');
    expect(budget.take(100)).toBe(0);
    budget.told(at('12:00:30.000'));
    clock.advance(31_000);
    expect(budget.take(100)).toBe(0);
    clock.advance(3_600_000 - 31_000);
    expect(budget.take(100)).toBe(0);
  });
});

describe('weight budget', () => {
  it('spends no more than its part in a minute, and starts anew with the next', () => {
    const clock = createManualClock(1_700_000_041_000); // One second into the exchange's minute, as we count it.
    const budget = createWeightBudget(clock, 100, shares);
    for (let call = 0; call < 25; call++) expect(budget.take(4)).toBe(0);
    expect(budget.take(4)).toBe(60_000);
    clock.advance(59_999);
    expect(budget.take(4)).toBe(1);
    clock.advance(1);
    expect(budget.take(4)).toBe(0);
  });

  it('counts what others at our address used', () => {
    const clock = createManualClock();
    const budget = createWeightBudget(clock, 100, shares);
    budget.take(4);
    budget.learn(98);
    expect(budget.take(4)).toBeGreaterThan(0);
    expect(budget.used).toBe(98);
  });

  it('does not take an answer that is late by a minute for what was used in this one', () => {
    const clock = createManualClock(1_700_000_040_000); // A minute of the exchange begins.
    const budget = createWeightBudget(clock, 100, shares);
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
  ])(
    'counts by the exchange’s minute on a computer whose clock is half a minute %s, also after that was set',
    (_how, aheadMs) => {
      const time = createManualClock(1_700_000_041_000 - aheadMs);
      let setMs = 0;
      const clock = { ...time, now: () => time.now() + setMs };
      const budget = createWeightBudget(clock, 100, shares);
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
    },
  );

  it('asks nothing while the exchange said to wait', () => {
    const clock = createManualClock();
    const budget = createWeightBudget(clock, 100, shares);
    budget.block(5_000);
    expect(budget.take(1)).toBe(5_000);
    clock.advance(5_000);
    expect(budget.take(1)).toBe(0);
  });
});

describe('the past', () => {
  it('has its own share of a minute, and leaves the rest to live prices', () => {
    const clock = createManualClock(1_700_000_041_000);
    const budget = createWeightBudget(clock, 100, shares);
    for (let call = 0; call < 15; call++) expect(budget.take(2, 'history')).toBe(0);
    expect(budget.take(2, 'history')).toBe(60_000);
    expect(budget.take(20, 'audit')).toBe(0);
    expect(budget.take(2, 'audit')).toBe(60_000);
    expect(budget.take(50)).toBe(0);
    clock.advance(60_000);
    expect(budget.take(2, 'history')).toBe(0);
  });

  it('waits where half of the minute is used by whatever came before', () => {
    const clock = createManualClock(1_700_000_041_000);
    const budget = createWeightBudget(clock, 100, shares);
    budget.take(48);
    expect(budget.take(2, 'history')).toBe(0);
    expect(budget.take(2, 'history')).toBe(60_000);
    expect(budget.take(4)).toBe(0);
    budget.learn(99);
    expect(budget.take(1)).toBe(0);
    expect(budget.take(1, 'history')).toBe(60_000);
  });

  it('is left alone for ten minutes after the exchange said that it was too much, live prices only as long as it says', () => {
    const clock = createManualClock();
    const budget = createWeightBudget(clock, 100, shares);
    budget.block(5_000);
    clock.advance(5_000);
    expect(budget.take(4)).toBe(0);
    expect(budget.take(2, 'history')).toBe(595_000);
    clock.advance(595_000);
    expect(budget.take(2, 'history')).toBe(0);
    budget.block(3_600_000);
    expect(budget.take(2, 'history')).toBe(3_600_000);
  });
});
