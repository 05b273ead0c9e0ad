import { createManualClock } from '@tickfolio/lib/clock';
import { expect, it } from 'vitest';
import { createArchiveOpens } from './archive-opens.js';

it('knows within 2 s what a coin cost that was just added, also where it was asked before there was a ticker of it', async () => {
  const clock = createManualClock();
  const found: { symbol: string; time: string; price: string }[] = [];
  let asked = 0;
  const read = async <T>() => {
    asked += 1;
    return found as T[];
  };
  const opensAt = createArchiveOpens({ read, rows: 'crypto.market_tickers', price: 'open', maxMoments: 4, clock });
  const priceOf = async () => (await opensAt(1_000, ['atomusdt'], false)).get('atomusdt')?.price;
  expect(await priceOf()).toBeUndefined();
  found.push({ symbol: 'ATOMUSDT', time: '900', price: '7.1' });
  clock.advance(1_999); // However many pages ask meanwhile.
  expect([await priceOf(), asked]).toEqual([undefined, 1]);
  clock.advance(1);
  expect([await priceOf(), asked]).toEqual(['7.1', 2]);
});
