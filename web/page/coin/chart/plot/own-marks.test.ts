import { describe, expect, it } from 'vitest';
import { arrowsOf } from './own-marks.js';

const minuteMs = 60_000;

describe('own trades on a chart', () => {
  it('are one arrow a candle and side, with how many they are, in the order of time', () => {
    const trades = [
      { atMs: 2 * minuteMs + 5, side: 'SELL' as const },
      { atMs: 3, side: 'BUY' as const },
      { atMs: minuteMs - 1, side: 'BUY' as const },
      { atMs: 2 * minuteMs + 4, side: 'BUY' as const },
      { atMs: 1, side: 'BUY' as const },
    ];
    expect(arrowsOf(trades, minuteMs)).toEqual([
      { atMs: 0, side: 'BUY', count: 3 },
      { atMs: 2 * minuteMs, side: 'BUY', count: 1 },
      { atMs: 2 * minuteMs, side: 'SELL', count: 1 },
    ]);
  });

  it('are none where nothing was traded', () => {
    expect(arrowsOf([], minuteMs)).toEqual([]);
  });
});
