import { createManualClock } from '@tickfolio/lib/clock';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { readMessage } from '../exchange/frame.js';
import { tickerOf, tradeOf, wrap } from '../kit/scripted-exchange.js';
import { createSocketMetrics } from '../metrics.js';
import { createFrameJudge } from './frame-judge.js';

const hourMs = 3_600_000;
const symbols = ['btcusdt', 'ethusdt', 'solusdt', 'xrpusdt'];

/** @param exchangeAheadMs how the exchange's clock stands to this computer's; undefined where it cannot be asked */
const rig = (exchangeAheadMs: number | undefined) => {
  const clock = createManualClock(1_770_000_000_000);
  const exchangeNowMs = () => (exchangeAheadMs === undefined ? undefined : clock.now() + exchangeAheadMs);
  const judge = createFrameJudge(clock, silentLogger(), createSocketMetrics(createMetrics('socket')), exchangeNowMs);
  let id = 0;
  const faultOf = (symbol: string, kind: 'miniTicker' | 'aggTrade', timeMs: number) => {
    id += 1;
    const payload = kind === 'miniTicker' ? tickerOf(symbol, timeMs) : tradeOf(symbol, id, { E: timeMs, T: timeMs });
    const read = readMessage(wrap(`${symbol}@${kind}`, payload));
    if (read.type !== 'frame') throw new Error('not a frame');
    return judge.fault(read.frame, symbol, clock.now());
  };
  /**
   * Everything of all symbols for so many seconds, by a time that far from this computer's. @returns what was said of
   * the mini-tickers
   */
  const run = (seconds: number, aheadMs: number) => {
    const said = new Set<string | undefined>();
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000);
      for (const symbol of symbols) {
        faultOf(symbol, 'aggTrade', clock.now() + aheadMs);
        said.add(faultOf(symbol, 'miniTicker', clock.now() + aheadMs));
      }
    }
    return [...said];
  };
  return { run };
};
const good = [undefined];

describe('mini-tickers', () => {
  it('that are all dated an hour ahead are not taken, those after them are at once', () => {
    const { run } = rig(0);
    expect(run(10, -40)).toEqual(good);
    expect(run(600, hourMs)).toEqual(["its time lies ahead of the exchange's own clock"]);
    expect(run(10, -40)).toEqual(good);
  });

  it.each([
    ['of this computer is an hour behind', hourMs, hourMs],
    ['of this computer is an hour ahead', -hourMs, -hourMs],
    ['of the exchange’s REST interface alone is an hour behind', -hourMs, 0],
    ['of the exchange cannot be asked', undefined, 0],
  ])('are all taken though the clock %s', (_what, exchangeAheadMs, aheadMs) => {
    expect(rig(exchangeAheadMs).run(30, aheadMs - 40)).toEqual(good);
  });

  it('of a recording of years ago are all taken', () => {
    expect(rig(0).run(30, -5 * 365 * 24 * hourMs)).toEqual(good);
  });
});
