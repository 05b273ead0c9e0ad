import { expect, it } from 'vitest';
import { dayRefreshMs } from './use-day-opens.js';

it('asks for the prices of the day soon again while a coin that has a value waits for its first one, else seldom', () => {
  const today = { direction: 'up', text: '+1.00', percent: '+1.0 %' } as const;
  const [known, added, unpriced] = [
    { valueText: '1.00', today },
    { valueText: '1.00', today: undefined },
    { valueText: undefined, today: undefined },
  ];
  expect(dayRefreshMs([])).toBe(300_000);
  expect(dayRefreshMs([known, unpriced])).toBe(300_000);
  expect(dayRefreshMs([known, added])).toBe(20_000);
});
