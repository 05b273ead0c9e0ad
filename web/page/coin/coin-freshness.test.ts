import type { FrameCoin } from '@tickfolio/client/frame';
import { describe, expect, it } from 'vitest';
import { testAsOf, testCoin } from '../live/kit/view.js';
import { coinFreshnessOf } from './coin-freshness.js';

const asOfMs = Date.parse(testAsOf);
const came = (agoMs: number): Partial<FrameCoin> => ({ PriceReceived: new Date(asOfMs - agoMs).toISOString() });
const stale = (agoMs: number, more: Partial<FrameCoin> = {}): Partial<FrameCoin> => ({
  ...came(agoMs),
  Stale: true,
  ...more,
});

describe('how live the price of one coin is', () => {
  it('is about that coin, whatever the portfolio is', () => {
    expect(coinFreshnessOf(testCoin('btcusdt', '1', came(2_000)), asOfMs)).toMatchObject({ kind: 'live', part: '100' });
    expect(coinFreshnessOf(testCoin('btcusdt', '1', came(2_001)), asOfMs)).toEqual({ kind: 'quiet', seconds: 3 });
    expect(coinFreshnessOf(testCoin('btcusdt', '1', stale(70_000, { PriceState: 'feed-down' })), asOfMs)).toMatchObject(
      { kind: 'down' },
    );
  });
  it('is left to the mark beside the coin where its trading ended or pauses', () => {
    for (const PriceState of ['halted', 'delisted', 'unreadable', 'never-traded'] as const)
      expect(coinFreshnessOf(testCoin('btcusdt', '1', stale(70_000, { PriceState })), asOfMs)).toBeUndefined();
  });
});
