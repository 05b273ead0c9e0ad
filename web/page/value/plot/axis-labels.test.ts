import { expect, it } from 'vitest';
import { de } from '../../text/messages-de.js';
import { en } from '../../text/messages-en.js';
import { createTimes } from '../../text/times.js';
import { timeLabels, valueLabels } from './axis-labels.js';

const second = (time: string) => Date.parse(time) / 1_000;

it('labels an axis with local times, and the day where it begins', () => {
  const around = (midnight: string) => [-6, 0, 6, 12].map((hours) => second(midnight) + hours * 3_600);
  const labels = (midnight: string, locale: string, zone: string) =>
    timeLabels(around(midnight), 21_600, createTimes(locale, zone));
  expect(labels('2026-01-27T05:00:00Z', 'en', 'America/New_York')).toEqual([
    '6:00 PM',
    'Jan 27',
    '6:00 AM',
    '12:00 PM',
  ]);
  expect(labels('2026-01-27T18:30:00Z', 'de', 'Asia/Kolkata')).toEqual(['18:00', '28. Jan.', '06:00', '12:00']);
  expect(timeLabels([second('2026-01-27T12:00:00Z')], 86_400, createTimes('en', 'UTC'))).toEqual(['Jan 27']);
});
it('says of which year a day is where that begins, so that two years do not read alike', () => {
  const labels = (days: readonly string[], locale: string, zone: string) =>
    timeLabels(days.map(second), 30 * 86_400, createTimes(locale, zone));
  const halves = ['2025-01-01T05:00:00Z', '2025-07-01T04:00:00Z', '2026-01-01T05:00:00Z'];
  expect(labels(halves, 'en', 'America/New_York')).toEqual(['2025', 'Jul 1', '2026']);
  const months = ['2025-11-30T18:15:00Z', '2026-01-31T18:15:00Z', '2026-03-31T18:15:00Z'];
  expect(labels(months, 'de', 'Asia/Kathmandu')).toEqual(['1. Dez.', 'Feb. 2026', '1. Apr.']);
});
it('labels values with what tells neighbours apart', () => {
  expect(valueLabels([136_000, 136_500], 500, en.numbers, en.sizes)).toEqual(['136,000', '136,500']);
  expect(valueLabels([0.5, 0.75], 0.25, en.numbers, en.sizes)).toEqual(['0.50', '0.75']);
  expect(valueLabels([0.0001, 0.00015], 0.00005, en.numbers, en.sizes)).toEqual(['0.00010', '0.00015']);
  expect(valueLabels([12_000_000, 12_050_000], 50_000, de.numbers, de.sizes)).toEqual(['12,00 Mio.', '12,05 Mio.']);
  expect(valueLabels([68_007_514_285_000_000, 68_007_514_286_000_000], 1_000_000, en.numbers, en.sizes)).toEqual([
    '68,007.514285 T',
    '68,007.514286 T',
  ]);
});
