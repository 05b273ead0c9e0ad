import { expect, it } from 'vitest';
import { createTimes, localeOf } from './times.js';

const at = Date.parse('2026-01-27T04:05:09.500Z');

it('writes all times in one zone, with 12 or 24 hours as the language has them, and names the zone where one points', () => {
  const all = (locale: string, zone: string) => {
    const times = createTimes(locale, zone);
    return [times.clock(at), times.seconds(at), times.day(at), times.full(at)];
  };
  expect(all('en-US', 'America/New_York')).toEqual([
    '11:05 PM',
    '11:05:09 PM',
    'Jan 26',
    'Jan 26, 2026, 11:05:09 PM EST',
  ]);
  expect(all('en-GB', 'Asia/Kolkata')).toEqual(['09:35', '09:35:09', '27 Jan', '27 Jan 2026, 09:35:09 GMT+5:30']);
  expect(all('de', 'Europe/Berlin')).toEqual(['05:05', '05:05:09', '27. Jan.', '27. Jan. 2026, 05:05:09 MEZ']);
});
it('adds the day to a time of another day than today', () => {
  const times = createTimes('en', 'America/New_York');
  const midnightUtc = Date.parse('2026-01-27T00:00:30Z');
  expect(times.near(midnightUtc, Date.parse('2026-01-27T02:00:00Z'))).toBe('7:00 PM');
  expect(times.near(midnightUtc, Date.parse('2026-01-27T15:00:00Z'))).toBe('Jan 26, 7:00 PM');
});
it('says UTC where a day is cut there', () => {
  expect(createTimes('en', 'America/New_York').utc.full(Date.parse('2026-01-27T00:00:00Z'))).toBe('Jan 27, 2026 (UTC)');
});
it('knows how far a zone is ahead, also over the change of the clocks', () => {
  const hourMs = 3_600_000;
  const aheadIn = (zone: string, time: string) => createTimes('de', zone).aheadMs(Date.parse(time)) / hourMs;
  expect(aheadIn('Europe/Berlin', '2026-10-25T00:59:59.999Z')).toBe(2);
  expect(aheadIn('Europe/Berlin', '2026-10-25T01:00:00Z')).toBe(1);
  expect(aheadIn('Asia/Kolkata', '2026-10-25T01:00:00Z')).toBe(5.5);
  expect(aheadIn('America/New_York', '2026-01-01T00:00:00Z')).toBe(-5);
});
it('takes the browser at its word about the variety of a language', () => {
  expect(localeOf('en', ['de-DE', 'en-GB', 'en-US'])).toBe('en-GB');
  expect(localeOf('de', ['en-GB'])).toBe('de');
});
