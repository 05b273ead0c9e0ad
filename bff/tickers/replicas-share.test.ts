import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { createPastPrices } from './past-prices.js';

/** What the socket service lets each lane use of the exchange's weight in a minute, whoever asks. */
const budgetOf = (clock: { now(): number }, shares: { readonly history: number; readonly audit: number }) => {
  const used = { history: 0, audit: 0 };
  let minute = 0;
  return {
    take: (weight: number, lane: keyof typeof shares): number => {
      const now = Math.floor(clock.now() / 60_000);
      if (now !== minute) [minute, used.history, used.audit] = [now, 0, 0];
      if (used[lane] + weight > shares[lane]) return (now + 1) * 60_000 - clock.now();
      used[lane] += weight;
      return 0;
    },
  };
};

it('four replicas that learn the past leave something of it for who opens a chart', async () => {
  const clock = createManualClock(Date.parse('2026-01-27T10:00:01Z'));
  const budget = budgetOf(clock, { audit: 300, history: 1_200 });
  const names = Array.from({ length: 2_000 }, (_, at) => `coin${at}usdt`);
  const replicas = [1, 2, 3, 4].map(() =>
    createPastPrices({
      klines: {
        page: async ({ lane }) => {
          const waitMs = budget.take(2, lane ?? 'history');
          if (waitMs > 0) throw new AppError('resource_exhausted', 'used up', { retryAfterMs: waitMs });
          return { klines: [], gaps: [], serverTimeMs: clock.now(), simulated: false };
        },
      },
      board: { all: () => [], simulated: false, fault: undefined } as never,
      ...{ byVolume: () => names, clock, exchangeNow: clock.now, log: silentLogger() },
    }),
  );
  let refused = 0;
  for (let second = 0; second < 300; second++) {
    await clock.advanceAsync(1_000);
    if (second % 5 === 4 && budget.take(2, 'history') > 0) refused += 1; // Somebody opens a chart.
  }
  for (const one of replicas) await one.close();
  expect(refused).toBe(0);
});
