import { describe, expect, it } from 'vitest';
import { brief, createTapeBench, startMs, tradeAt } from '../kit/tape.js';

describe('a feed that breaks', () => {
  it('holds the last second for 2 s, publishes it as incomplete, and completes it when the next trade shows that nothing is missing', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 0));
    bench.wait(1_100);
    bench.stream(tradeAt(2, 1_100));
    bench.tape.setFeed('broken', bench.clock.monotonic());
    bench.wait(1_900);
    expect(bench.published).toEqual([]);
    bench.wait(2_000);
    expect(bench.published.map(brief)).toEqual([[1, 1, false, 0]]);
    bench.tape.setFeed('up', bench.clock.monotonic());
    bench.wait(100);
    bench.stream(tradeAt(3, 5_100));
    expect(bench.published.map(brief)).toEqual([
      [1, 1, false, 0],
      [1, 1, true, 1],
    ]);
  });

  it('asks history once for a symbol that stays quiet, and finds what was missed', () => {
    const bench = createTapeBench();
    const record = [tradeAt(1, 0), tradeAt(2, 1_100), tradeAt(3, 1_900), tradeAt(4, 2_500)];
    bench.stream(...record.slice(0, 1));
    bench.wait(1_100);
    bench.stream(...record.slice(1, 2));
    bench.tape.setFeed('broken', bench.clock.monotonic());
    bench.wait(5_000);
    bench.tape.setFeed('up', bench.clock.monotonic());
    bench.wait(900);
    expect(bench.tape.want(bench.clock.monotonic())).toBeUndefined();
    bench.wait(200);
    expect(bench.tape.want(bench.clock.monotonic())).toEqual({
      purpose: 'probe',
      fromId: 2,
      limit: 1_000,
      loseFromId: 3,
      second: startMs + 1_000,
      through: startMs + 4_000,
    });
    bench.serve(record);
    bench.wait(100);
    expect(bench.published.map(brief)).toEqual([
      [1, 1, false, 0],
      [1, 2, true, 1],
      [2, 1, true, 0],
    ]);
    expect(bench.tape.want(bench.clock.monotonic())).toBeUndefined();
    expect(bench.tape.busy).toBe(false);
  });

  it('does not ask history for a symbol whose next trade came soon', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 0));
    bench.tape.setFeed('broken', bench.clock.monotonic());
    bench.wait(500);
    bench.tape.setFeed('up', bench.clock.monotonic());
    bench.wait(500);
    bench.stream(tradeAt(2, 1_000));
    bench.wait(2_000);
    expect(bench.tape.want(bench.clock.monotonic())).toBeUndefined();
    bench.wait(3_000);
    expect(bench.tape.want(bench.clock.monotonic())).toMatchObject({ purpose: 'proof' });
  });
});

describe('the beginning', () => {
  it('asks for the last trade at once and tells its price', () => {
    const bench = createTapeBench();
    expect(bench.tape.want(bench.clock.monotonic())).toMatchObject({ purpose: 'seed', fromId: undefined, limit: 1 });
    bench.serve([tradeAt(41, -60_000), tradeAt(42, -50_000, '3.10000000')]);
    const last = { symbol: 'btcusdt', price: '3.1', timeMs: startMs - 50_000, tradeId: 42 };
    expect(bench.told[0]).toEqual(last);
    expect(bench.tape.last()).toEqual(last);
    expect(bench.published).toEqual([]);
  });

  it('fills what happened between that trade and the first one of the feed', () => {
    const bench = createTapeBench();
    const record = [tradeAt(42, -500), tradeAt(43, 100), tradeAt(44, 200), tradeAt(45, 300)];
    bench.serve(record.slice(0, 1));
    bench.wait(300);
    bench.stream(...record.slice(3));
    bench.wait(200);
    bench.serve(record);
    bench.wait(500);
    bench.stream(tradeAt(46, 1_000));
    expect(bench.published.map(brief)).toEqual([[0, 3, true, 0]]);
  });

  it('is not disturbed by an answer that comes after the feed began', () => {
    const bench = createTapeBench();
    const request = bench.tape.want(bench.clock.monotonic());
    bench.stream(tradeAt(50, 0));
    if (request) bench.tape.fromPage(request, [], bench.clock.monotonic());
    expect(bench.tape.want(bench.clock.monotonic())).toBeUndefined();
    expect(bench.tape.last()?.tradeId).toBe(50);
  });

  it('an empty history delays no later request', () => {
    const bench = createTapeBench();
    bench.serve([]);
    expect(bench.tape.want(bench.clock.monotonic())).toBeUndefined();
    bench.stream(tradeAt(1, 0), tradeAt(3, 20));
    bench.wait(200);
    expect(bench.tape.want(bench.clock.monotonic())).toMatchObject({ purpose: 'hole', fromId: 2 });
  });

  it('tells the newest price of a first second that is not published', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 100, '5.00000000'), tradeAt(2, 200, '6.00000000'));
    bench.wait(1_005);
    expect(bench.told).toEqual([]);
    bench.wait(15);
    expect(bench.told.at(-1)).toMatchObject({ price: '6', tradeId: 2 });
    expect(bench.published).toEqual([]);
  });
});

describe('ids that begin anew', () => {
  it('are taken as a new sequence after a few trades, and the old seconds are closed', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1_000, 0), tradeAt(1_001, 1_100));
    bench.wait(2_500);
    bench.stream(tradeAt(1, 2_500));
    bench.stream(tradeAt(2, 2_600));
    expect(bench.tally.sequenceRestarts).toBe(0);
    bench.stream(tradeAt(3, 2_700));
    expect(bench.tally.sequenceRestarts).toBe(1);
    bench.wait(600);
    bench.stream(tradeAt(4, 3_100), tradeAt(5, 4_100));
    expect(bench.published.map(brief)).toEqual([
      [1, 1, false, 0],
      [3, 1, true, 0],
    ]);
    expect(bench.tape.last()?.tradeId).toBe(5);
  });

  it('are not suspected because of repeats', () => {
    const bench = createTapeBench();
    const trades = Array.from({ length: 50 }, (_, i) => tradeAt(i + 1, i));
    bench.stream(...trades, ...trades, ...trades);
    expect(bench.tally).toMatchObject({ sequenceRestarts: 0, tradesDuplicate: 100 });
  });
});
