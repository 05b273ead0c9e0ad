import { createManualClock } from '@tickfolio/lib/clock';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { readMessage } from '../exchange/frame.js';
import { tickerOf, wrap } from '../kit/scripted-exchange.js';
import { createSocketMetrics } from '../metrics.js';
import { createFrameJudge } from './frame-judge.js';

const hourMs = 3_600_000;

/**
 * Mini-tickers of some coins for so many seconds. @param lateMs how far behind each coin's times are @returns what was
 * said of each coin's
 */
const rig = (exchangeNowMs?: (nowMs: number) => number) => {
  const clock = createManualClock(1_770_000_000_000);
  const lines: string[] = [];
  const log = createLogger('socket', 'info', (line) => lines.push(JSON.parse(line).msg));
  const judge = createFrameJudge(clock, log, createSocketMetrics(createMetrics('socket')), () =>
    exchangeNowMs?.(clock.now()),
  );
  const play = (seconds: number, lateMs: Readonly<Record<string, number>>) => {
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
  return { play, judge, lines };
};
const asHere = (nowMs: number) => nowMs;

describe('mini-tickers of one coin that are dated an hour back', () => {
  it('are not archived under the hour before', () => {
    const { play } = rig();
    play(10, { btcusdt: 40, ethusdt: 40, solusdt: 40 });
    expect(play(600, { btcusdt: 40, ethusdt: hourMs, solusdt: 40 })).toEqual({
      btcusdt: [undefined],
      ethusdt: ['its time lies behind all other frames'],
      solusdt: [undefined],
    });
  });

  it('are archived where they are late by minutes', () => {
    const { play } = rig();
    play(10, { btcusdt: 40, ethusdt: 40 });
    expect(play(60, { btcusdt: 40, ethusdt: 5 * 60_000 }).ethusdt).toEqual([undefined]);
  });
});

describe('an exchange that dates everything an hour back', () => {
  const all = (ms: number) => ({ btcusdt: ms, ethusdt: ms });
  const behind = ["its time lies behind the exchange's own clock"];

  it('is told of once, in /ready too, and so is the end; its mini-tickers are not archived under the hour before', () => {
    const { play, judge, lines } = rig(asHere);
    play(10, all(40));
    expect(play(60, all(hourMs))).toEqual({ btcusdt: behind, ethusdt: behind });
    expect(judge.lateDates).toBe("the exchange's frames are dated 60 min behind its clock");
    const told = () => lines.filter((line) => line.startsWith("the exchange's frames are dated"));
    expect(told()).toEqual([
      "the exchange's frames are dated 60 min behind its clock; the times of prices are wrong by as much",
    ]);
    expect(play(60, all(40))).toEqual({ btcusdt: [undefined], ethusdt: [undefined] });
    expect(judge.lateDates).toBeUndefined();
    expect(told().slice(1)).toEqual(["the exchange's frames are dated by its clock again"]);
  });

  it('is believed where its own clock says the same, where that is not known, and after a stall of a connection', () => {
    for (const exchangeNowMs of [undefined, (nowMs: number) => nowMs - hourMs]) {
      const { play, judge } = rig(exchangeNowMs);
      expect(play(60, all(hourMs))).toEqual({ btcusdt: [undefined], ethusdt: [undefined] });
      expect(judge.lateDates).toBeUndefined();
    }
    const { play, lines } = rig(asHere);
    play(10, all(40));
    expect(play(3, all(5 * 60_000))).toEqual({ btcusdt: [undefined], ethusdt: [undefined] });
    play(10, all(40));
    expect(lines).toEqual([]);
  });

  it('is told of no more than once where one coin alone is dated so', () => {
    const { play, lines, judge } = rig(asHere);
    play(60, { btcusdt: 40, ethusdt: 40, solusdt: hourMs });
    expect(judge.lateDates).toBeUndefined();
    expect(lines.filter((line) => line.includes('dated'))).toEqual([]);
  });
});
