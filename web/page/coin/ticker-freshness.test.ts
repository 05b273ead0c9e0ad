import { expect, it } from 'vitest';
import { tickerFreshness } from './ticker-freshness.js';

const time = '2026-06-15T12:00:00.000Z';
const sinceMs = Date.parse(time);
const of = (age: number, stale: string | null = null, isAway = false) =>
  tickerFreshness({ ticker: { time, age }, stale }, isAway);

it('calls the price of a coin that one only looks at live while it is of now, and says since when it is not', () => {
  expect(of(2_000)).toMatchObject({ kind: 'live' });
  expect(of(2_001)).toEqual({ kind: 'quiet', seconds: 3 });
  expect(of(60_001)).toEqual({ kind: 'still', sinceMs });
});
it('never calls it live while the exchange is silent or the server away', () => {
  expect(of(500, 'the connection is open but silent')).toEqual({ kind: 'down', sinceMs });
  expect(of(500, null, true)).toEqual({ kind: 'down', sinceMs });
});
