import { expect, it } from 'vitest';
import { weekPath } from './week-path.js';

it('draws a week at equal distances, with a gap where no price is known', () => {
  expect(weekPath(['1', '2', '3'])).toBe('M0.0 26.0L50.0 14.0L100.0 2.0');
  expect(weekPath([null, '1', '2', null, '3'])).toBe('M25.0 26.0L50.0 14.0M100.0 2.0h0');
  expect(weekPath(['5', '5'])).toBe('M0.0 14.0L100.0 14.0');
});
