import { describe, expect, it } from 'vitest';
import { createTimes } from '../text/times.js';
import { basisPlanOf, dayPlanOf, dayRefreshMs, isDaySoon } from './use-day-bases.js';

describe('the prices of the day', () => {
  it('are soon asked for again while a coin that has a value waits for its first one', () => {
    const day = { direction: 'up', text: '+1.00', percent: '+1.00 %', percentDirection: 'up', size: 0.01 } as const;
    const nowMs = 1_800_000_000_000;
    const row = (more: object) => ({ valueText: '1.00', day, daySinceMs: undefined, stale: false, ...more });
    expect(isDaySoon([], nowMs)).toBe(false);
    expect(isDaySoon([row({}), row({ valueText: undefined, day: undefined })], nowMs)).toBe(false);
    expect(isDaySoon([row({}), row({ day: undefined })], nowMs)).toBe(true);
    expect(isDaySoon([row({ daySinceMs: nowMs - 60_000 })], nowMs)).toBe(true);
    expect(isDaySoon([row({ daySinceMs: nowMs - 3_600_000 })], nowMs)).toBe(false);
  });
  it('are not asked for every 20 s for good because of a coin that is traded no more', () => {
    const delisted = { valueText: '12.00', day: undefined, daySinceMs: undefined, stale: true };
    expect(isDaySoon([delisted], 1_800_000_000_000)).toBe(false);
  });
  it('of a coin that was added are asked for after 2 s, not 20 s, and then at growing distances', () => {
    const waits = [0, 1, 2, 3, 4, 5, 100].map((asked) => dayRefreshMs('2026-01-27T10:00:42.000Z', 0, true, asked));
    expect(waits).toEqual([2_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
    expect(dayRefreshMs(undefined, 0, true, 1)).toBe(2_000);
  });
  it('are asked for once a minute of the server, by each page at a moment of its own, while the next ones are known and not in force', () => {
    const turns = Array.from({ length: 100 }, (_, page) => {
      const wait = (at: string) => dayRefreshMs(`2026-01-27T10:00:${at}Z`, page / 100, false, 1);
      const turnMs = wait('00.000');
      expect([wait('50.000'), wait('41.500')].map((ms) => (ms + 50_000) % 60_000)).toEqual([
        turnMs % 60_000,
        (turnMs + 8_500) % 60_000,
      ]);
      // The answer of one's own turn is not asked for at once again.
      expect(
        dayRefreshMs(
          new Date(Date.parse('2026-01-27T10:00:00.000Z') + turnMs - 200).toISOString(),
          page / 100,
          false,
          1,
        ),
      ).toBe(60_200);
      return turnMs;
    });
    expect(Math.min(...turns)).toBeGreaterThan(15_000);
    expect(Math.max(...turns)).toBeLessThan(43_000);
    expect(new Set(turns).size).toBe(100);
  });
  it('of a month ago are not those of this morning, for a coin that was added a moment ago', () => {
    const utc = createTimes('en', 'UTC');
    const open = (symbol: string) => ({
      Symbol: symbol,
      Price: '9',
      QuotePrice: '9',
      Since: '2026-01-27T00:00:00.000Z',
    });
    const day = { Opens: [open('btcusdt'), open('dogeusdt'), open('solusdt')] };
    const price = { Symbol: 'btcusdt', Price: '5', QuotePrice: '5', Time: '' };
    const then = { basis: '30d', atMs: 1_000, of: 'btcusdt dogeusdt', prices: [price] } as const;
    const { basis, now } = basisPlanOf(day, then, utc);
    expect([basis, ...now.keys()]).toEqual(['30d', 'btcusdt', 'dogeusdt']);
    expect(now.get('btcusdt')?.sinceMs).toBeUndefined();
    const day24 = dayPlanOf({ ...day, AsOf: '2026-01-27T10:00:00.000Z' });
    expect([day24.basis, day24.untilMs]).toEqual(['24h', Date.parse('2026-01-27T11:00:00.000Z')]);
  });
  it('of today are of the day that a frame is of, until the next midnight of whoever looks, also in the night of 25 hours', () => {
    const berlin = createTimes('en', 'Europe/Berlin');
    const midnight = Date.parse('2026-10-24T22:00:00.000Z');
    const then = { basis: 'today', atMs: midnight, of: 'btcusdt', prices: [] } as const;
    expect(basisPlanOf({ Opens: [] }, then, berlin).untilMs).toBe(Date.parse('2026-10-25T23:00:00.000Z'));
  });
  it('of an older server are asked for once a minute', () => {
    expect(dayRefreshMs(undefined, 0.5, false, 1)).toBe(60_000);
    const { now, next } = dayPlanOf({
      Opens: [{ Symbol: 'ethbtc', Price: '2000', Since: '2026-01-27T00:00:00.000Z' }],
    });
    expect([now.get('ethbtc')?.quotePrice, next]).toEqual([undefined, undefined]);
  });
});
