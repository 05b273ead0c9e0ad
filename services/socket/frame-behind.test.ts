import { createManualClock } from '@tickfolio/lib/clock';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { readMessage } from './frame.js';
import { createFrameJudge } from './frame-judge.js';
import { createSocketMetrics } from './metrics.js';
import { tickerOf, wrap } from './test-scripted-exchange.js';

const hourMs = 3_600_000;

/** Mini-tickers of three coins for so many seconds. @param lateMs how far behind each coin's times are @returns what was said of each coin's */
const rig = () => {
  const clock = createManualClock(1_770_000_000_000);
  const judge = createFrameJudge(clock, silentLogger(), createSocketMetrics(createMetrics('socket')), () => clock.now());
  return (seconds: number, lateMs: Readonly<Record<string, number>>) => {
    const said: Record<string, Set<string | undefined>> = {};
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000);
      for (const [symbol, ms] of Object.entries(lateMs)) {
        const read = readMessage(wrap(`${symbol}@miniTicker`, tickerOf(symbol, clock.now() - ms)));
        if (read.type !== 'frame') throw new Error('not a frame');
        said[symbol] ??= new Set();
        said[symbol].add(judge.fault(read.frame, symbol, clock.now()));
      }
    }
    return Object.fromEntries(Object.entries(said).map(([symbol, words]) => [symbol, [...words]]));
  };
};

describe('mini-tickers of one coin that are dated an hour back', () => {
  it('are not archived under the hour before', () => {
    const play = rig();
    play(10, { btcusdt: 40, ethusdt: 40, solusdt: 40 });
    expect(play(600, { btcusdt: 40, ethusdt: hourMs, solusdt: 40 })).toEqual({
      btcusdt: [undefined],
      ethusdt: ['its time lies behind all other frames'],
      solusdt: [undefined],
    });
  });

  it('are archived where they are late by minutes, or all coins say the same', () => {
    const play = rig();
    play(10, { btcusdt: 40, ethusdt: 40 });
    expect(play(60, { btcusdt: 40, ethusdt: 5 * 60_000 }).ethusdt).toEqual([undefined]);
    play(10, { btcusdt: hourMs, ethusdt: hourMs });
    expect(play(60, { btcusdt: hourMs, ethusdt: hourMs })).toEqual({ btcusdt: [undefined], ethusdt: [undefined] });
  });
});
