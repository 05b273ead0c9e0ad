import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import type { SourcedKlines } from '../rest/rest.js';
import { createKlinePages } from './kline-pages.js';

const openMs = Date.parse('2026-01-27T11:00:00Z');
const hourMs = 3_600_000;
const asked = { symbol: 'btcusdt', interval: '1h', startMs: openMs, endMs: openMs, limit: 1 } as const;
const pageOf = (close: string): SourcedKlines => ({
  klines: [
    {
      ...{ openTimeMs: openMs, closeTimeMs: openMs + hourMs - 1, open: '1', high: '9', low: '1', close, volume: '1' },
      ...{ quoteVolume: '1', trades: 1, takerBuyVolume: '0', takerBuyQuoteVolume: '0' },
    },
  ],
  gaps: [],
  faults: [],
  simulated: false,
});

describe('an hour that is not over', () => {
  it('is not called over, nor kept for an hour, because its answer took three seconds', async () => {
    const clock = createManualClock(openMs + hourMs - 500); // Half a second before its end.
    let close = '5';
    const rest = {
      klines: async () => {
        const page = pageOf(close); // What the exchange has when it is asked.
        await clock.advanceAsync(3_000); // The way back.
        close = '7'; // How the hour really ended.
        return page;
      },
    };
    const pages = createKlinePages({ rest, clock, exchangeNowMs: clock.now }, 1_000);
    const first = await pages.list(asked, 'history');
    expect(first.klines[0]?.closed).toBe(false);
    await clock.advanceAsync(60_000);
    const later = await pages.list(asked, 'history');
    expect([later.klines[0]?.close, later.klines[0]?.closed]).toEqual(['7', true]);
  });
  it('is not kept because the clock of this computer is two hours fast and the exchange has not told its time', async () => {
    const clock = createManualClock(openMs + 2 * hourMs + 60_000); // Really 11:01.
    let close = '5';
    let told: number | undefined;
    const pages = createKlinePages(
      { rest: { klines: async () => pageOf(close) }, clock, exchangeNowMs: () => told },
      1_000,
    );
    await pages.list(asked, 'history');
    close = '7';
    told = openMs + 120_000;
    const second = await pages.list(asked, 'history');
    expect(second.klines[0]?.close).toBe('7');
  });
});
