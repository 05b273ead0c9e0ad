import { expect, it } from 'vitest';
import { createTimes } from '../text/times.js';
import { basisMoment } from './basis-moment.js';

const at = (text: string) => Date.parse(text);
const iso = (atMs: number | undefined) => atMs && new Date(atMs).toISOString();

it('counts the changes of today from midnight where somebody lives, also in the night in which clocks are set', () => {
  const today = (zone: string, now: string) => iso(basisMoment('today', at(now), createTimes('en', zone)));
  expect(today('UTC', '2026-06-15T12:00:00Z')).toBe('2026-06-15T00:00:00.000Z');
  expect(today('America/New_York', '2026-06-15T02:00:00Z')).toBe('2026-06-14T04:00:00.000Z');
  expect(today('Asia/Kolkata', '2026-06-15T20:00:00Z')).toBe('2026-06-15T18:30:00.000Z');
  expect(today('Europe/Berlin', '2026-03-29T12:00:00Z')).toBe('2026-03-28T23:00:00.000Z');
  expect(today('Europe/Berlin', '2026-10-25T12:00:00Z')).toBe('2026-10-24T22:00:00.000Z');
});
it('counts those of a week and of a month from a full hour, and leaves those of 24 hours to the server', () => {
  const times = createTimes('en', 'UTC');
  const now = at('2026-06-15T12:34:56Z');
  expect(iso(basisMoment('7d', now, times))).toBe('2026-06-08T12:00:00.000Z');
  expect(iso(basisMoment('30d', now, times))).toBe('2026-05-16T12:00:00.000Z');
  expect(basisMoment('24h', now, times)).toBeUndefined();
});
