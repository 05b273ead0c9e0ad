import { status } from '@grpc/grpc-js';
import { createManualClock } from '@tickfolio/lib/clock';
import { fromGrpcError } from '@tickfolio/lib/grpc';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { createFilledCandles } from './filled-candles.js';

it('shows the candles of the archive while a socket service of before is asked, which knows no klines', async () => {
  const clock = createManualClock(Date.parse('2026-01-27T10:00:00Z'));
  const older = Object.assign(new Error('12 UNIMPLEMENTED'), {
    ...{ code: status.UNIMPLEMENTED, details: 'The server does not implement the method ListKlines' },
  });
  const klines = { page: () => Promise.reject(fromGrpcError(older)) };
  const filled = createFilledCandles({ klines, isSimulated: () => false, clock, log: silentLogger() });
  const archived = [{ atMs: clock.now() - 600_000, open: '1', high: '1', low: '1', close: '1' }];
  const { candles, lacks } = await filled('btcusdt', '24h', archived, () => undefined);
  expect([candles.map(({ close }) => close), lacks]).toEqual([['1'], expect.any(String)]);
});
