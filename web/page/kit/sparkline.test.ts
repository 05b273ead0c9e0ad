import { expect, it } from 'vitest';
import { pathOf } from './sparkline.js';

const hourMs = 3_600_000;
const now = 1_800_000_000_000;

it('draws the small line over a day of true time, that of a coin of 16 hours short, and ends where the price is', () => {
  const points = [16, 8, 0].map((ago) => ({ atMs: now - ago * hourMs, price: 100 - ago }));
  expect(pathOf(points)).toBe('M33.3 26.0L66.7 14.0L100.0 2.0');
  expect(pathOf(points.slice(1).map((point) => ({ ...point, price: 5 })))).toBe('M66.7 26.0L100.0 26.0');
});

it('draws no stroke of the prices of some minutes', () => {
  const points = [10, 5, 0].map((ago) => ({ atMs: now - ago * 60_000, price: 100 - ago }));
  expect([pathOf(points), pathOf(points.slice(2)), pathOf([])]).toEqual(['', '', '']);
});

it('begins at the edge with what a coin cost before that day', () => {
  const points = [40, 24.5, 12, 0].map((ago) => ({ atMs: now - ago * hourMs, price: 100 }));
  expect(pathOf(points)).toBe('M0.0 26.0L50.0 26.0L100.0 26.0');
});
