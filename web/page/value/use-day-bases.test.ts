import { expect, it } from 'vitest';
import { dayRefreshMs } from './use-day-bases.js';

it('asks for the prices of the day soon again while a coin that has a value waits for its first one, else seldom', () => {
  const day = { direction: 'up', text: '+1.00', percent: '+1.00 %', percentDirection: 'up', size: 0.01 } as const;
  const nowMs = 1_800_000_000_000;
  const row = (more: object) => ({ valueText: '1.00', day, daySinceMs: undefined, ...more });
  expect(dayRefreshMs([], nowMs)).toBe(60_000);
  expect(dayRefreshMs([row({}), row({ valueText: undefined, day: undefined })], nowMs)).toBe(60_000);
  expect(dayRefreshMs([row({}), row({ day: undefined })], nowMs)).toBe(20_000);
  expect(dayRefreshMs([row({ daySinceMs: nowMs - 60_000 })], nowMs)).toBe(20_000);
  expect(dayRefreshMs([row({ daySinceMs: nowMs - 3_600_000 })], nowMs)).toBe(60_000);
});
