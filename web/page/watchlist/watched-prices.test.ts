import { createManualClock } from '@tickfolio/lib/clock';
import { expect, it } from 'vitest';
import { createWatchedPrices } from './watched-prices.js';

it('prices of what is watched are shown together, the newest of each', () => {
  const clock = createManualClock();
  const watched = createWatchedPrices(clock);
  let drawn = 0;
  watched.subscribe(() => {
    drawn += 1;
  });
  const take = (symbol: string, price: string) =>
    watched.take({ Symbol: symbol, Price: price, PriceTime: '2026-06-15T12:00:00.000Z' });
  take('btcusdt', '1');
  take('btcusdt', '2');
  take('ethusdt', '3');
  expect([drawn, watched.prices.size]).toEqual([0, 0]);
  clock.advance(250);
  expect(drawn).toBe(1);
  expect([...watched.prices].map(([symbol, { price }]) => [symbol, price])).toEqual([
    ['btcusdt', '2'],
    ['ethusdt', '3'],
  ]);
  watched.clear();
  expect([drawn, watched.prices.size]).toEqual([2, 0]);
});
