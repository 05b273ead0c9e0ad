import { expect, it } from 'vitest';
import { pathOf } from './sparkline.js';

const minuteMs = 60_000;
const now = 1_800_000_000_000;

it('draws the small line over true time, a young one short, and ends where the price is', () => {
  const points = [20, 10, 0].map((ago) => ({ atMs: now - ago * minuteMs, price: 100 - ago }));
  expect(pathOf(points)).toBe('M33.3 26.0L66.7 14.0L100.0 2.0');
  expect(pathOf([{ atMs: now - 40 * minuteMs, price: 1 }, ...points])).toBe(pathOf(points));
  expect(pathOf(points.slice(1).map((point) => ({ ...point, price: 5 })))).toBe('M66.7 26.0L100.0 26.0');
});
