import { describe, expect, it } from 'vitest';
import { createTapeBench, startMs, type TapeBench, tradeAt } from './kit/tape.js';

const brief = ({ second, trades, complete, revision }: TapeBench['published'][0]) => [
  (second - startMs) / 1_000,
  trades,
  complete,
  revision,
];
const play = (bench: TapeBench, ...times: readonly (readonly [number, number])[]) => {
  for (const [id, ms] of times) {
    const waitMs = startMs + ms - bench.clock.now();
    if (waitMs > 0) bench.wait(waitMs);
    bench.stream(tradeAt(id, ms));
  }
};
const record = (from: number, to: number, ms: (id: number) => number) =>
  Array.from({ length: to - from + 1 }, (_, i) => tradeAt(from + i, ms(from + i)));

describe('a symbol taken over', () => {
  it('goes on behind the last published second, with what was missed from the history', () => {
    const bench = createTapeBench();
    play(bench, [1, 0], [2, 1_100], [3, 1_900], [4, 2_200], [5, 3_100], [6, 3_200]);
    expect(bench.published.splice(0).map(brief)).toEqual([
      [1, 2, true, 0],
      [2, 1, true, 0],
    ]);
    expect(bench.takeOver()).toBe(true);
    bench.clock.advance(2_000);
    play(bench, [10, 5_500]);
    expect(bench.published).toEqual([]);
    bench.wait(200);
    const all = record(1, 10, (id) => (id < 5 ? 0 : 3_000 + (id - 5) * 100));
    bench.serve(all);
    expect(bench.published.map(brief)).toEqual([[3, 5, true, 0]]);
    expect(bench.tally).toMatchObject({ symbolsContinued: 1, symbolsBegunAnew: 0, tradesLost: 0 });
  });

  it('neither repeats a second that was published behind an open one, nor leaves the open one as it was', () => {
    const bench = createTapeBench();
    play(bench, [1, 0], [2, 1_100], [3, 2_100], [6, 2_900], [7, 3_100], [8, 4_100], [9, 5_100], [10, 6_000]);
    expect(bench.published.splice(0).map(brief)).toEqual([
      [1, 1, true, 0],
      [2, 2, false, 0],
      [3, 1, true, 0],
      [4, 1, true, 0],
      [5, 1, true, 0],
    ]);
    bench.takeOver();
    play(bench, [11, 7_000]);
    bench.wait(200);
    const times = [0, 0, 1_100, 2_100, 2_200, 2_300, 2_900, 3_100, 4_100, 5_100, 6_000, 7_000];
    bench.serve(record(1, 11, (id) => times[id] ?? 0));
    expect(bench.published.map(brief)).toEqual([
      [2, 4, true, 1],
      [6, 1, true, 0],
    ]);
    expect(bench.tally.tradesLate).toBe(0);
  });

  it('tells its price at once, and finds by itself that nothing came since', () => {
    const bench = createTapeBench();
    play(bench, [1, 0], [2, 1_100], [3, 2_100]);
    bench.takeOver();
    expect(bench.tape.last()).toBeUndefined();
    const all = [tradeAt(1, 0), tradeAt(2, 1_100), tradeAt(3, 2_100)];
    expect(bench.serve(all)).toBe(true);
    expect(bench.tape.last()).toMatchObject({ tradeId: 3 });
    bench.published.length = 0;
    for (let i = 0; i < 40; i++) {
      bench.wait(100);
      bench.serve(all);
    }
    expect(bench.published.map(brief)).toEqual([[2, 1, true, 0]]);
    bench.wait(1_000);
    expect(bench.tape.busy).toBe(false);
  });

  it('begins anew where too much is missing, or the exchange counts anew', () => {
    const bench = createTapeBench({ maxTakeoverTrades: 10 });
    play(bench, [1, 0], [2, 1_100], [3, 2_100]);
    bench.takeOver();
    play(bench, [20, 9_100], [21, 10_100], [22, 11_100]);
    bench.takeOver();
    play(bench, [5, 15_000], [6, 16_100], [7, 17_100]);
    expect(bench.published.map(brief)).toEqual([
      [1, 1, true, 0],
      [10, 1, true, 0],
      [16, 1, true, 0],
    ]);
    expect(bench.tally).toMatchObject({ symbolsContinued: 0, symbolsBegunAnew: 2, sequenceRestarts: 0 });
  });

  it('tells no older price than the one it goes on behind, where the history of the exchange is behind its stream', () => {
    const bench = createTapeBench();
    const all = record(1, 5, (id) => (id - 1) * 1_100).map((trade) => ({ ...trade, price: `${trade.id}.00000000` }));
    for (const trade of all) {
      bench.wait(trade.timeMs - bench.clock.now());
      bench.stream(trade);
    }
    expect(bench.published.at(-1)?.lastTradeId).toBe(4);
    bench.takeOver();
    bench.told.length = 0;
    bench.serve(all.slice(0, 2));
    expect(bench.told).toEqual([]);
    for (let i = 0; i < 5; i++) {
      bench.wait(1_000);
      bench.serve(all.slice(0, 4));
    }
    expect(bench.told.map(({ tradeId, price }) => [tradeId, price])).toEqual([[4, '4']]);
    expect(bench.tape.last()).toMatchObject({ tradeId: 4 });
    expect(bench.tally.trades).toBe(5);
  });

  it('misses nothing when the exchange begins its ids anew later on, wherever the new ones are heard first', () => {
    const bench = createTapeBench();
    play(bench, [1_001, 0], [1_002, 1_100], [1_003, 2_200], [1_004, 3_100]);
    bench.takeOver();
    const series = (fromId: number, fromMs: number, count: number) =>
      Array.from({ length: count }, (_, i): [number, number] => [fromId + i, fromMs + i * 100]);
    play(bench, ...series(1_005, 4_000, 100));
    bench.serve(record(1_004, 1_104, (id) => 3_100 + (id - 1_004) * 100));
    expect(bench.tape.missing).toBe(0);
    // Lower than before, and above where somebody else ended once.
    play(bench, ...series(1_050, 20_000, 60));
    bench.wait(2_500);
    expect(bench.tape.missing).toBe(0);
    expect(bench.tally).toMatchObject({ sequenceRestarts: 1, symbolsContinued: 1 });
    const since = bench.published.filter(({ second }) => second > startMs + 20_000 && second < startMs + 25_000);
    expect(since.map(brief)).toEqual([21, 22, 23, 24].map((second) => [second, 10, true, 0]));
  });
});
