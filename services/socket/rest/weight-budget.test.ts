import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import { createWeightBudget } from './weight-budget.js';

const at = (time: string) => Date.parse(`2026-01-27T${time}Z`);
const start = (time: string) => {
  const clock = createManualClock(at(time));
  return { clock, budget: createWeightBudget(clock, 100) };
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
