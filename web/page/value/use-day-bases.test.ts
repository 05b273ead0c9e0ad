import { expect, it } from 'vitest';
import { dayRefreshMs } from './use-day-bases.js';

it('asks for the prices of the day soon again while a coin that has a value waits for its first one, else seldom', () => {
  const day = { direction: 'up', text: '+1.00', percent: '+1.00 %', percentDirection: 'up', size: 0.01 } as const;
  const [known, added, unpriced] = [
    { valueText: '1.00', day },
    { valueText: '1.00', day: undefined },
    { valueText: undefined, day: undefined },
  ];
  expect(dayRefreshMs([])).toBe(60_000);
  expect(dayRefreshMs([known, unpriced])).toBe(60_000);
  expect(dayRefreshMs([known, added])).toBe(20_000);
});
