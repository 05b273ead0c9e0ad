import { expect, it } from 'vitest';
import { createPriceTrails } from './price-trails.js';

it('asks for a new picture at once while a trail is young, later only with points that stay', () => {
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
  countsOver(10, 110);
  expect(countsOver(120, 60)).toBeLessThanOrEqual(60 / 15 + 1);
  expect(trails.of('btcusdt').at(-1)?.price).toBe(279);
});

it('counts what was before the page was opened', () => {
  const trails = createPriceTrails();
  trails.add('btcusdt', 60_000, '2');
  const before = trails.countOf('btcusdt');
  let told = 0;
  const stop = trails.onSeed(() => told++);
  trails.seed('btcusdt', [
    { atMs: 0, price: 1 },
    { atMs: 61_000, price: 3 },
  ]);
  expect([trails.countOf('btcusdt'), told]).toEqual([before + 1, 1]);
  stop();
  expect(trails.of('btcusdt').map(({ price }) => price)).toEqual([1, 2]);
});

it('goes on when the clock of the server is set back, in order, with the newest price at its end', () => {
  const trails = createPriceTrails();
  for (let second = 0; second < 120; second++) trails.add('btcusdt', second * 1_000, `${second}`);
  const before = trails.countOf('btcusdt');
  trails.add('btcusdt', 100_000, '7');
  trails.add('btcusdt', 101_000, '8');
  const points = trails.of('btcusdt');
  expect(points.every(({ atMs }, at) => at === 0 || atMs > (points[at - 1]?.atMs ?? 0))).toBe(true);
  expect(points.at(-1)).toEqual({ atMs: 101_000, price: 8 });
  expect(trails.countOf('btcusdt')).toBeGreaterThan(before);
});
