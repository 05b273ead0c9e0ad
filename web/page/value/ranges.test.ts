import { expect, it } from 'vitest';
import { createTimes } from '../text/times.js';
import { rangeOf, rangeStart, readValueSearch, searchOf, servedRange } from './ranges.js';

const now = Date.parse('2026-06-15T12:00:00.000Z');
const dayMs = 86_400_000;

it('begins the year at midnight where somebody lives, also where clocks are set otherwise in winter', () => {
  const start = (zone: string) => new Date(rangeStart('ytd', now, createTimes('en', zone), undefined)).toISOString();
  expect(start('UTC')).toBe('2026-01-01T00:00:00.000Z');
  expect(start('America/New_York')).toBe('2026-01-01T05:00:00.000Z');
  expect(start('Europe/Berlin')).toBe('2025-12-31T23:00:00.000Z');
  expect(start('Asia/Kolkata')).toBe('2025-12-31T18:30:00.000Z');
});
it('asks of a year that is young for a finer range than of an old one', () => {
  const times = createTimes('en', 'UTC');
  const asked = (date: string) => servedRange('ytd', Date.parse(`${date}Z`), times);
  expect(
    ['2026-01-01T00:30:00', '2026-01-01T09:00:00', '2026-01-05', '2026-02-20', '2024-12-31T23:00:00'].map(asked),
  ).toEqual(['1h', '24h', '7d', '1y', 'all']);
  expect(servedRange('1m', now, times)).toBe('30d');
});
it('shows everything from the first record on, and an hour at least', () => {
  const times = createTimes('en', 'UTC');
  expect(rangeStart('all', now, times, now - 90 * dayMs)).toBe(now - 90 * dayMs);
  expect(rangeStart('all', now, times, now - 60_000)).toBe(now - 3_600_000);
  expect(rangeStart('all', now, times, undefined)).toBe(now - 3_600_000);
  expect(rangeStart('1w', now, times, now)).toBe(now - 7 * dayMs);
});
it('takes the range from the address, and the usual one from an address that makes no sense', () => {
  expect(rangeOf(readValueSearch({ range: '1w' }))).toBe('1w');
  expect([searchOf('1d'), searchOf('1w')]).toEqual([{}, { range: '1w' }]);
  for (const range of ['2w', 7, undefined]) expect(rangeOf(readValueSearch({ range }))).toBe('1d');
});
