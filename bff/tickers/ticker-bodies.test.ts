import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createTickerBodies } from './ticker-bodies.js';

it('writes and compresses the answer of a moment once, however many ask for it, and keeps no more than a few', async () => {
  const bodies = createTickerBodies();
  let made = 0;
  const make = () => {
    made += 1;
    return { asOf: '', stale: null, simulated: null, tickers: [], next: null };
  };
  const [one, other] = [bodies.of('a', make), bodies.of('a', make)];
  expect([made, one.compressed('gzip') === other.compressed('gzip')]).toEqual([1, true]);
  expect(gunzipSync(await one.compressed('gzip')).toString()).toBe(one.text);
  for (const etag of ['b', 'c', 'd', 'e', 'a']) bodies.of(etag, make);
  expect(made).toBe(6);
});
