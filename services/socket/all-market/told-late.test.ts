import { EventEmitter } from 'node:events';
import type { ReceiveAllMiniTickersResponse } from '@tickfolio/gen/market/v1';
import { createManualClock } from '@tickfolio/lib/clock';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { createReceiveAll } from './receive-all.js';

describe('a stream of all symbols that was opened before the list of symbols was read', () => {
  it('does not go on for ever without saying whether the exchange is a simulator', async () => {
    const clock = createManualClock(Date.parse('2026-01-27T10:00:00Z'));
    const got: ReceiveAllMiniTickersResponse[] = [];
    const call = Object.assign(new EventEmitter(), {
      request: {},
      write: (message: ReceiveAllMiniTickersResponse) => got.push(message) > 0,
    });
    let known: boolean | undefined;
    const stop = new AbortController();
    const allMarket = {
      open: (reader: { report(status: unknown): void }) =>
        reader.report({ state: 1, detail: 'asking the exchange', sinceMs: 0 }),
      close: () => undefined,
      readers: 1,
    };
    const receive = createReceiveAll({
      clock,
      allMarket: allMarket as never,
      heartbeatMs: 1_000,
      simulated: () => known,
    });
    let refused: unknown;
    const over = receive(call as never, { log: silentLogger(), signal: stop.signal } as never).catch((err: unknown) => {
      refused = err;
    });
    await clock.advanceAsync(500);
    known = true;
    await clock.advanceAsync(600_000);
    stop.abort();
    await over;
    expect(refused !== undefined || got.some(({ simulated }) => simulated === true)).toBe(true);
  });
});
