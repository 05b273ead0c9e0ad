import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createMarketBench, type MarketBench } from './test-feed.js';
import { type ReferenceTrade, referenceSecondStats } from './test-reference-second-stats.js';
import { toTrade } from './test-tape.js';

const folder = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const recordings = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.frames.jsonl.gz')) : [];

interface Frame {
  readonly payload: string;
  readonly receivedMs: number;
  readonly symbol: string;
  readonly trade: ReferenceTrade;
}

const readFrames = (name: string): Frame[] =>
  gunzipSync(readFileSync(folder + name))
    .toString()
    .split('\n')
    .filter((line) => line.includes('"aggTrade"'))
    .map((line) => {
      const { recv, frame } = JSON.parse(line) as { recv: number; frame: { data: Record<string, string | number> } };
      const { s, a, p, q, T } = frame.data;
      return {
        payload: JSON.stringify(frame.data),
        receivedMs: Math.round(recv * 1000),
        symbol: String(s).toLowerCase(),
        trade: { id: Number(a), price: String(p), quantity: String(q), timeMs: Number(T) },
      };
    });

/** Plays the frames at their recorded times, some of them left out, to a market whose history has all that came so far. */
const replay = async (frames: readonly Frame[], keep: (index: number) => boolean) => {
  const symbols = new Set(frames.map(({ symbol }) => symbol));
  const bench = await createMarketBench((frames[0]?.receivedMs ?? 0) - 100, symbols, (clock) => async (symbol, { fromId, limit }) => {
    if (fromId === undefined) return [];
    return frames
      .filter((frame) => frame.symbol === symbol && frame.trade.id >= fromId && frame.receivedMs <= clock.now())
      .slice(0, limit)
      .map(({ trade }) => toTrade(trade));
  });
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

if (recordings.length === 0) console.warn(`NOT COVERED: there are no recorded frames of the real exchange in ${folder}`);

describe.skipIf(recordings.length === 0).each(recordings)('the recorded real frames %s', (name) => {
  const frames = readFrames(name);
  const firstAndLast = new Map<string, Set<number>>();
  for (const [index, { symbol }] of frames.entries()) {
    const last = frames.findLastIndex((frame) => frame.symbol === symbol);
    firstAndLast.set(symbol, firstAndLast.get(symbol) ?? new Set([index, last]));
  }

  it.each([
    ['as they came', () => true],
    // The first trade of a symbol begins its record and the last one shows that there were others.
    ['with every third left out', (index: number) => index % 3 !== 0 || [...firstAndLast.values()].some((edge) => edge.has(index))],
  ])('%s, give the seconds that an independent computation gives', async (_how, keep) => {
    const { tally, published, symbols } = await replay(frames, keep);
    expect(tally).toMatchObject({ trades: frames.length, tradesLost: 0, payloadsMalformed: 0, tradesDuplicate: 0, tradesLate: 0 });
    const complete = published.filter((stat) => stat.complete);
    expect(new Set(complete.map(({ symbol, second }) => `${symbol} ${second}`)).size).toBe(complete.length);
    for (const symbol of symbols) {
      const record = frames.filter((frame) => frame.symbol === symbol).map(({ trade }) => trade);
      const expected = referenceSecondStats(symbol, record).slice(1);
      expect(latest(published, symbol)).toEqual(expected.map((stat) => ({ ...stat, complete: true })));
    }
  });
});
