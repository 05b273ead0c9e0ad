import { createManualClock } from '@tickfolio/lib/clock';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import type { ConnectionEvents } from '../exchange/exchange-connection.js';
import { allTickersStream } from '../exchange/ticker-array.js';
import { defaultLimits } from '../limits.js';
import { createSocketMetrics } from '../metrics.js';
import { createConnectionGate } from '../pool/connection-gate.js';
import { createConnectionPool } from '../pool/connection-pool.js';
import { createAllMarket } from './all-market.js';

it('a frame that was on its way when the last reader left asks for nothing and is shown to nobody later', async () => {
  const clock = createManualClock(Date.parse('2026-01-27T10:00:00Z'));
  const metrics = createSocketMetrics(createMetrics('socket'));
  let on: ConnectionEvents | undefined;
  let asked = 0;
  const nothing = () => undefined;
  const market = createAllMarket({
    ...{ clock, log: silentLogger(), metrics, limits: defaultLimits, exchangeNowMs: () => clock.now() },
    dayTickers: async () => {
      asked += 1;
      return [];
    },
    connect: (events) =>
      createConnectionPool({
        open: (given) => {
          on = given;
          return {
            ...{ isOpen: true, lastDataMs: undefined, lastSignMs: clock.monotonic() },
            ...{ acknowledgedAtMs: nothing, lastSeenMs: nothing, isRefused: () => false },
            ...{ want: nothing, unwant: nothing, renew: nothing, close: async () => undefined },
          };
        },
        ...{ clock, log: silentLogger(), random: () => 0.5, metrics, limits: defaultLimits, events },
        gate: createConnectionGate(clock, 100, 300_000),
      }),
  });
  const got: string[] = [];
  const reader = {
    push: (tickers: readonly { symbol: string }[]) => void got.push(...tickers.map(({ symbol }) => symbol)),
    report: nothing,
  };
  market.open(reader);
  on?.opened();
  on?.acknowledged(allTickersStream);
  await clock.advanceAsync(100);
  expect(asked).toBe(1);
  market.close(reader);
  await clock.advanceAsync(defaultLimits.lingerMs);
  const figures = { open: '1', high: '1', low: '1', close: '1', volume: '1', quoteVolume: '1' };
  on?.tickers([{ symbol: 'btcusdt', eventTimeMs: clock.now(), ...figures }], clock.now());
  await clock.advanceAsync(5_000);
  market.open(reader);
  expect([asked, got]).toEqual([1, []]);
  await market.shutdown();
});
