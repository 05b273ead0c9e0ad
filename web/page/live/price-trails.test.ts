import { expect, it } from 'vitest';
import { createPriceTrails } from './price-trails.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

it('asks for a new picture at once while a trail is young, later once a minute', () => {
  const trails = createPriceTrails();
  const countsOver = (fromSecond: number, seconds: number) => {
    const seen = new Set<number>();
    for (let second = fromSecond; second < fromSecond + seconds; second++) {
      trails.add('btcusdt', second * 1_000, `${100 + second}`);
      seen.add(trails.countOf('btcusdt'));
    }
    return seen.size;
  };
  expect(countsOver(0, 10)).toBe(10);
  countsOver(10, 4_000);
  expect(countsOver(4_010, 600)).toBeLessThanOrEqual(12);
  expect(trails.of('btcusdt').at(-1)?.price).toBe(4_709);
});

it('has the 24 hours of the market of a coin that was added a moment ago', () => {
  const trails = createPriceTrails();
  trails.add('btcusdt', 30 * hourMs, '2');
  const before = trails.countOf('btcusdt');
  let told = 0;
  const stop = trails.onSeed(() => told++);
  const hours = Array.from({ length: 26 }, (_, at) => ({ atMs: (6 + at) * hourMs, price: at }));
  trails.seed('btcusdt', hours);
  expect([trails.countOf('btcusdt'), told]).toEqual([before + 1, 1]);
  // Nothing new is nothing to draw.
  trails.seed('btcusdt', hours);
  expect(told).toBe(1);
  stop();
  const points = trails.of('btcusdt');
  expect([points.length, points[0]?.atMs, points.at(-1)]).toEqual([25, 6 * hourMs, { atMs: 30 * hourMs, price: 2 }]);
});

it('fills the night in which the computer slept, and stays within its bound over days', () => {
  const trails = createPriceTrails();
  for (let minute = 0; minute < 60; minute++) trails.add('btcusdt', minute * minuteMs, '1');
  trails.add('btcusdt', 9 * hourMs, '1');
  trails.seed(
    'btcusdt',
    Array.from({ length: 10 }, (_, at) => ({ atMs: at * hourMs, price: 5 })),
  );
  const between = trails.of('btcusdt').filter(({ atMs }) => atMs > hourMs && atMs < 9 * hourMs);
  expect(between.map(({ price }) => price)).toEqual(Array(7).fill(5));
  for (let minute = 0; minute < 3 * 24 * 60; minute++) trails.add('btcusdt', 9 * hourMs + minute * minuteMs, '1');
  expect(trails.of('btcusdt').length).toBeLessThanOrEqual(130);
});

it('has no simulated price in a line of real ones', () => {
  const trails = createPriceTrails();
  trails.add('btcusdt', 0, '1');
  const before = trails.countOf('btcusdt');
  trails.clear();
  expect(trails.of('btcusdt')).toEqual([]);
  expect(trails.countOf('btcusdt')).toBeGreaterThan(before);
});

it('goes on when the clock of the server is set back, in order, with the newest price at its end', () => {
  const trails = createPriceTrails();
  for (let minute = 0; minute < 120; minute++) trails.add('btcusdt', minute * minuteMs, `${minute}`);
  const before = trails.countOf('btcusdt');
  trails.add('btcusdt', 100 * minuteMs, '7');
  trails.add('btcusdt', 101 * minuteMs, '8');
  const points = trails.of('btcusdt');
  expect(points.every(({ atMs }, at) => at === 0 || atMs > (points[at - 1]?.atMs ?? 0))).toBe(true);
  expect(points.at(-1)).toEqual({ atMs: 101 * minuteMs, price: 8 });
  expect(trails.countOf('btcusdt')).toBeGreaterThan(before);
});
