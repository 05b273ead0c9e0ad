import { describe, expect, it } from 'vitest';
import { referenceSecondStats } from '../kit/reference-second-stats.js';
import { brief, createTapeBench, startMs, toTrade, tradeAt } from '../kit/tape.js';

describe('seconds', () => {
  it('publishes a second as soon as a trade of a later one arrived, but never the one it began in', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 500), tradeAt(2, 900));
    bench.wait(1_100);
    bench.stream(tradeAt(3, 1_100, '7.50000000', '2.00000000'), tradeAt(4, 1_200, '8.00000000', '0.50000000'));
    expect(bench.published).toEqual([]);
    bench.stream(tradeAt(5, 2_001));
    expect(bench.published).toEqual([
      {
        ...referenceSecondStats('btcusdt', [
          tradeAt(3, 1_100, '7.50000000', '2.00000000'),
          tradeAt(4, 1_200, '8.00000000', '0.50000000'),
        ])[0],
        complete: true,
        revision: 0,
      },
    ]);
    expect(bench.published[0]).toMatchObject({
      open: '7.5',
      high: '8',
      low: '7.5',
      close: '8',
      volume: '2.5',
      quoteVolume: '19',
    });
  });

  it('publishes nothing for a second without a trade', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 0));
    bench.wait(1_000);
    bench.stream(tradeAt(2, 1_000));
    bench.wait(2_000);
    bench.stream(tradeAt(3, 3_000));
    bench.wait(2_999);
    bench.stream(tradeAt(4, 5_999));
    bench.wait(1_000);
    bench.stream(tradeAt(5, 7_000));
    expect(bench.published.map(({ second }) => (second - startMs) / 1_000)).toEqual([1, 3, 5]);
  });

  it('tells the price of a quiet second a little after its end, and publishes it when a later trade proves it whole', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 0));
    bench.wait(1_500);
    bench.stream(tradeAt(2, 1_500, '7.10000000'));
    bench.wait(505);
    expect(bench.told.at(-1)?.tradeId).toBe(1);
    bench.wait(15);
    expect(bench.told.at(-1)).toEqual({ symbol: 'btcusdt', price: '7.1', timeMs: startMs + 1_500, tradeId: 2 });
    bench.wait(1_400);
    expect(bench.published).toEqual([]);
    bench.stream(tradeAt(3, 3_420));
    expect(bench.published.map(brief)).toEqual([[1, 1, true, 0]]);
    expect(bench.told).toHaveLength(2);
  });

  it('takes no frame of another symbol, however late, for a proof: nothing of a stream that lags is published too early', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 0));
    bench.wait(1_100);
    bench.stream(tradeAt(2, 1_100));
    for (let i = 0; i < 13; i++) {
      bench.wait(100);
      bench.feedClock.observe(bench.clock.now());
    }
    expect(bench.published).toEqual([]);
    bench.stream(tradeAt(3, 1_990, '5.00000000'), tradeAt(4, 1_995, '6.00000000'));
    bench.wait(10);
    // Its price is as late as its stream, and no later.
    expect(bench.told.at(-1)).toMatchObject({ price: '6', tradeId: 4 });
    bench.stream(tradeAt(5, 2_400));
    expect(bench.published.map(brief)).toEqual([[1, 3, true, 0]]);
  });

  it('tells at most ten prices a second of a stream that lags', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 0));
    bench.wait(2_100);
    const before = bench.told.length;
    for (let i = 0; i < 100; i++) {
      bench.stream(tradeAt(2 + i, 1_000 + i));
      bench.wait(10);
    }
    expect(bench.told.length - before).toBeLessThanOrEqual(11);
    bench.wait(100);
    expect(bench.told.at(-1)?.tradeId).toBe(101);
  });

  it('where no later trade comes, asks history and publishes what it proves', () => {
    const bench = createTapeBench();
    const record = [tradeAt(1, 0), tradeAt(2, 1_500)];
    bench.stream(...record.slice(0, 1));
    bench.wait(1_500);
    bench.stream(...record.slice(1));
    bench.wait(1_990);
    expect(bench.tape.want(bench.clock.monotonic())).toBeUndefined();
    bench.wait(20);
    const second = startMs + 1_000;
    expect(bench.tape.want(bench.clock.monotonic())).toEqual({
      purpose: 'proof',
      fromId: 2,
      limit: 1_000,
      loseFromId: 3,
      second,
      through: second,
    });
    bench.serve(record);
    expect(bench.published.map(brief)).toEqual([[1, 1, true, 0]]);
    expect(bench.tape.want(bench.clock.monotonic())).toBeUndefined();
    expect(bench.tape.busy).toBe(false);
    expect(bench.tally).toMatchObject({ secondsProven: 1, secondsIncomplete: 0 });
  });

  it('finds by the same question what a stalled stream withholds', () => {
    const bench = createTapeBench();
    const record = [tradeAt(1, 0), tradeAt(2, 1_500), tradeAt(3, 1_900), tradeAt(4, 2_100)];
    bench.stream(...record.slice(0, 1));
    bench.wait(1_500);
    bench.stream(...record.slice(1, 2));
    bench.wait(2_010);
    bench.serve(record);
    expect(bench.published.map(brief)).toEqual([[1, 2, true, 0]]);
    bench.stream(...record.slice(2));
    expect(bench.tally).toMatchObject({ trades: 4, tradesBackfilled: 2, tradesDuplicate: 2 });
  });

  it('takes no proof from a history that does not have the newest known trade yet, and stops asking', () => {
    const bench = createTapeBench();
    const record = [tradeAt(1, 0), tradeAt(2, 1_500)];
    bench.stream(...record.slice(0, 1));
    bench.wait(1_500);
    bench.stream(...record.slice(1));
    let asked = 0;
    for (let i = 0; i < 6_000; i++) {
      bench.wait(10);
      if (bench.serve(record.slice(0, 1))) asked += 1;
    }
    expect(asked).toBe(9);
    expect(bench.published.map(brief)).toEqual([[1, 1, false, 0]]);
    bench.stream(tradeAt(3, 65_000));
    expect(bench.published.map(brief).slice(1)).toEqual([[1, 1, true, 1]]);
  });

  it('publishes as incomplete after 2 s what neither a trade nor history proves, and again when it is proven', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 0));
    bench.wait(1_500);
    bench.stream(tradeAt(2, 1_500));
    bench.wait(2_500);
    expect(bench.published).toEqual([]);
    bench.wait(20);
    expect(bench.published.map(brief)).toEqual([[1, 1, false, 0]]);
    bench.wait(10_000);
    bench.stream(tradeAt(3, 14_000));
    expect(bench.published.map(brief)).toEqual([
      [1, 1, false, 0],
      [1, 1, true, 1],
    ]);
  });

  it('takes the time from the feed: a local clock that is five seconds ahead ends no second early', () => {
    const bench = createTapeBench();
    const behindMs = 5_000;
    for (let id = 1; id <= 30; id++) {
      bench.wait(100);
      const timeMs = bench.clock.now() - behindMs;
      bench.feedClock.observe(timeMs);
      bench.tape.fromStream(toTrade(tradeAt(id, timeMs - startMs)), bench.clock.monotonic());
      bench.tape.advance(bench.feedClock.now());
    }
    expect(bench.tally.tradesLate).toBe(0);
    expect(bench.published.every(({ revision, complete }) => revision === 0 && complete)).toBe(true);
    expect(bench.published.map(({ trades }) => trades)).toEqual([10, 10]);
    // Of the second that was joined in its middle nothing is published, so its end has its price told.
    expect(bench.told.map(({ timeMs }) => timeMs - (startMs - behindMs))).toEqual([1_000]);
  });

  it('never changes a complete second: a trade that comes later still is counted, its price told, and the second stays', () => {
    const bench = createTapeBench();
    const record = [tradeAt(1, 0), tradeAt(2, 1_100)];
    bench.stream(...record.slice(0, 1));
    bench.wait(1_100);
    bench.stream(...record.slice(1));
    bench.wait(2_410);
    // Both the stream and the history are behind by more than a second and a half.
    bench.serve(record);
    expect(bench.published.map(brief)).toEqual([[1, 1, true, 0]]);
    bench.stream(tradeAt(3, 1_990, '5.00000000'));
    bench.wait(3_000);
    expect(bench.published).toHaveLength(1);
    expect(bench.told.at(-1)).toMatchObject({ price: '5', tradeId: 3 });
    expect(bench.tally).toMatchObject({ trades: 3, tradesLate: 1 });
  });

  it('believes a history no more that turned out to be behind', () => {
    const bench = createTapeBench();
    const record = [tradeAt(1, 0), tradeAt(2, 1_100)];
    bench.stream(...record.slice(0, 1));
    bench.wait(1_100);
    bench.stream(...record.slice(1));
    bench.wait(4_000);
    bench.serve(record);
    // The seconds 2 and 3 were held to be empty, too.
    bench.stream(tradeAt(3, 2_100));
    bench.stream(tradeAt(4, 2_200));
    expect(bench.published.map(brief).slice(2)).toEqual([]);
    bench.stream(tradeAt(5, 3_100));
    bench.stream(tradeAt(6, 5_100));
    expect(bench.published.map(brief).slice(2)).toEqual([
      [2, 2, true, 0],
      [3, 1, true, 0],
    ]);
    expect(bench.tally.tradesLate).toBe(0);
  });

  it('sums the smallest and the largest prices exactly', () => {
    const bench = createTapeBench();
    const record = [
      tradeAt(2, 1_000, '0.00000031', '8000000000.00000000'),
      tradeAt(3, 1_001, '99999999999999.123456789', '99999999999999.123456789'),
    ];
    bench.stream(tradeAt(1, 0));
    bench.wait(1_010);
    bench.stream(...record, tradeAt(4, 2_000));
    expect(bench.published[0]).toMatchObject(referenceSecondStats('btcusdt', record)[0] ?? {});
  });
});
