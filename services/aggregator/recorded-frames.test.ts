import { recordedFrames, recordings } from '@tickfolio/lib/kit/recordings';
import { describe, expect, it } from 'vitest';
import { createMarketBench, type MarketBench } from './kit/feed.js';
import { type ReferenceTrade, referenceSecondStats } from './kit/reference-second-stats.js';
import { toTrade } from './kit/tape.js';

interface Frame {
  readonly payload: string;
  readonly receivedMs: number;
  readonly symbol: string;
  readonly trade: ReferenceTrade;
}

const readTrades = (file: string): Frame[] =>
  recordedFrames(file)
    .filter(({ data }) => data.e === 'aggTrade')
    .map(({ receivedMs, data }) => {
      const { s, a, p, q, T } = data;
      return {
        payload: JSON.stringify(data),
        receivedMs: Math.round(receivedMs),
        symbol: String(s).toLowerCase(),
        trade: { id: Number(a), price: String(p), quantity: String(q), timeMs: Number(T) },
      };
    });

/**
 * Plays the frames at their recorded times, some of them left out, to a market whose history has all that came so far.
 */
const replay = async (frames: readonly Frame[], keep: (index: number) => boolean) => {
  const symbols = new Set(frames.map(({ symbol }) => symbol));
  const bench = await createMarketBench(
    (frames[0]?.receivedMs ?? 0) - 100,
    symbols,
    (clock) =>
      async (symbol, { fromId, limit }) => {
        if (fromId === undefined) return [];
        return frames
          .filter((frame) => frame.symbol === symbol && frame.trade.id >= fromId && frame.receivedMs <= clock.now())
          .slice(0, limit)
          .map(({ trade }) => toTrade(trade));
      },
  );
  const { clock } = bench;
  for (const [index, { payload, receivedMs }] of frames.entries()) {
    if (receivedMs > clock.now()) await clock.advanceAsync(receivedMs - clock.now());
    if (keep(index)) bench.push(payload, receivedMs);
  }
  await clock.advanceAsync(5_000);
  bench.close();
  return { ...bench, symbols };
};

const latest = (published: MarketBench['published'], symbol: string) =>
  [...new Map(published.filter((stat) => stat.symbol === symbol).map((stat) => [stat.second, stat])).values()]
    .sort((a, b) => a.second - b.second)
    .map(({ revision, atMs, ...stat }) => stat);

describe.each([...recordings])('the frames of %s', (_name, file) => {
  const frames = readTrades(file);
  const firstAndLast = new Map<string, Set<number>>();
  for (const [index, { symbol }] of frames.entries()) {
    const last = frames.findLastIndex((frame) => frame.symbol === symbol);
    firstAndLast.set(symbol, firstAndLast.get(symbol) ?? new Set([index, last]));
  }

  it.each([
    ['as they came', () => true],
    // The first trade of a symbol begins its record and the last one shows that there were others.
    [
      'with every third left out',
      (index: number) => index % 3 !== 0 || [...firstAndLast.values()].some((edge) => edge.has(index)),
    ],
  ])('%s, give the seconds that an independent computation gives', async (_how, keep) => {
    const { tally, published, symbols } = await replay(frames, keep);
    expect(tally).toMatchObject({
      trades: frames.length,
      tradesLost: 0,
      payloadsMalformed: 0,
      tradesDuplicate: 0,
      tradesLate: 0,
    });
    const complete = published.filter((stat) => stat.complete);
    expect(new Set(complete.map(({ symbol, second }) => `${symbol} ${second}`)).size).toBe(complete.length);
    for (const symbol of symbols) {
      const record = frames.filter((frame) => frame.symbol === symbol).map(({ trade }) => trade);
      const expected = referenceSecondStats(symbol, record).slice(1);
      expect(latest(published, symbol)).toEqual(expected.map((stat) => ({ ...stat, complete: true })));
    }
  });
});
