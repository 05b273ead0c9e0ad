import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { RawResponse } from '@tickfolio/gen/market/v1';
import { createManualClock } from '@tickfolio/lib/clock';
import type { SecondStat } from '@tickfolio/lib/price-bus';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { createMarket } from './market.js';
import type { MarketFeed } from './market-feed.js';
import { createTally } from './tally.js';
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

/** Plays the frames at their recorded times, some of them left out, to a market whose history has them all. */
const replay = async (frames: readonly Frame[], keep: (index: number) => boolean) => {
  const clock = createManualClock((frames[0]?.receivedMs ?? 0) - 100);
  const tally = createTally();
  const published: SecondStat[] = [];
  const symbols = new Set(frames.map(({ symbol }) => symbol));
  let push: ((response: RawResponse) => void) | undefined;
  const feed: MarketFeed = {
    open: (kind, _symbols, signal) => ({
      async *[Symbol.asyncIterator]() {
        const waiting: RawResponse[] = [{ frames: [], statuses: [] }];
        let wake: () => void = () => undefined;
        signal.addEventListener('abort', () => wake());
        if (kind === 'aggTrade') {
          push = (response) => {
            waiting.push(response);
            wake();
          };
        }
        while (!signal.aborted) {
          const next = waiting.shift();
          if (next) yield next;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      },
    }),
    listTrades: async (symbol, { fromId, limit }) => {
      if (fromId === undefined) return [];
      return frames
        .filter((frame) => frame.symbol === symbol && frame.trade.id >= fromId)
        .slice(0, limit)
        .map(({ trade }) => toTrade(trade));
    },
    listSymbols: async () => ({ revision: '', symbols: [], simulated: false }),
  };
  const market = createMarket({
    clock,
    log: silentLogger(),
    tally,
    feed,
    priceBus: { publish: (stat) => published.push(stat), setLast: () => undefined },
    eventLog: { publish: () => undefined },
  });
  market.follow(symbols);
  await clock.advanceAsync(50);
  for (const [index, { payload, receivedMs }] of frames.entries()) {
    if (receivedMs > clock.now()) await clock.advanceAsync(receivedMs - clock.now());
    if (keep(index)) push?.({ frames: [{ payload, receiveTimeMs: receivedMs }], statuses: [] });
  }
  await clock.advanceAsync(5_000);
  market.close();
  return { tally, published, symbols };
};

const latest = (published: readonly SecondStat[], symbol: string) =>
  [...new Map(published.filter((stat) => stat.symbol === symbol).map((stat) => [stat.second, stat])).values()]
    .sort((a, b) => a.second - b.second)
    .map(({ revision, ...stat }) => stat);

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
    expect(tally).toMatchObject({ trades: frames.length, tradesLost: 0, payloadsMalformed: 0, tradesDuplicate: 0 });
    for (const symbol of symbols) {
      const record = frames.filter((frame) => frame.symbol === symbol).map(({ trade }) => trade);
      const expected = referenceSecondStats(symbol, record).slice(1);
      expect(latest(published, symbol)).toEqual(expected.map((stat) => ({ ...stat, complete: true })));
    }
  });
});
