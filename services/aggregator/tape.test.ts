import { AppError } from '@tickfolio/lib/errors';
import { describe, expect, it } from 'vitest';
import { referenceSecondStats } from './test-reference-second-stats.js';
import { createTapeBench, startMs, toTrade, tradeAt } from './test-tape.js';

const brief = (stat: { second: number; trades: number; complete: boolean; revision: number }) => [
  (stat.second - startMs) / 1000,
  stat.trades,
  stat.complete,
  stat.revision,
];

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
    expect(bench.published[0]).toMatchObject({ open: '7.5', high: '8', low: '7.5', close: '8', volume: '2.5', quoteVolume: '19' });
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
    expect(bench.told).toEqual([]);
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

describe('holes', () => {
  const record = [tradeAt(1, 0), tradeAt(2, 1_100), tradeAt(3, 1_400), tradeAt(4, 1_700), tradeAt(5, 2_100)];
  const [first, second, third, fourth, fifth] = record as [
    (typeof record)[0],
    (typeof record)[0],
    (typeof record)[0],
    (typeof record)[0],
    (typeof record)[0],
  ];

  it('drops repeats and takes trades in any order', () => {
    const bench = createTapeBench();
    bench.stream(first, first);
    bench.wait(2_100);
    bench.stream(third, second, third, fourth, second, fifth);
    expect(bench.published.map(brief)).toEqual([[1, 3, true, 0]]);
    expect(bench.published[0]).toMatchObject(referenceSecondStats('btcusdt', record)[1] ?? {});
    expect(bench.tally).toMatchObject({ trades: 5, tradesDuplicate: 3, gapsFound: 0 });
  });

  it('asks for nothing while it may be mere reordering, then for exactly what is missing', () => {
    const bench = createTapeBench();
    bench.stream(first);
    bench.wait(2_100);
    bench.stream(second, fourth);
    bench.wait(140);
    expect(bench.tape.want(bench.clock.monotonic())).toBeUndefined();
    bench.wait(20);
    expect(bench.tape.want(bench.clock.monotonic())).toEqual({ purpose: 'hole', fromId: 3, limit: 1, loseFromId: 3 });
    expect(bench.published).toEqual([]);
    bench.serve(record.slice(0, 4));
    bench.wait(10);
    expect(bench.published).toEqual([]);
    bench.stream(fifth);
    expect(bench.published.map(brief)).toEqual([[1, 3, true, 0]]);
    expect(bench.tally).toMatchObject({
      gapsFound: 1,
      gapsFilled: 1,
      gapsLost: 0,
      tradesBackfilled: 1,
      tradesLost: 0,
      secondsIncomplete: 0,
    });
  });

  it('publishes a held second as incomplete after 2 s, younger ones behind it, and the repair as the next revision', () => {
    const bench = createTapeBench();
    bench.stream(first);
    bench.wait(2_000);
    bench.stream(second, fourth);
    bench.wait(100);
    bench.stream(fifth);
    bench.wait(1_000);
    bench.stream(tradeAt(6, 3_100));
    expect(bench.published).toEqual([]);
    bench.wait(880);
    expect(bench.published).toEqual([]);
    bench.wait(130);
    expect(bench.published.map(brief)).toEqual([
      [1, 2, false, 0],
      [2, 1, true, 0],
    ]);
    bench.stream(tradeAt(7, 4_100));
    expect(bench.published.map(brief).slice(2)).toEqual([[3, 1, true, 0]]);
    bench.serve(record);
    bench.wait(10);
    expect(bench.published.map(brief).slice(3)).toEqual([[1, 3, true, 1]]);
    expect(bench.tally).toMatchObject({ secondsIncomplete: 1, secondsRepaired: 1, tradesLate: 0 });
    // The price never waited for the hole.
    expect(bench.told.map(({ tradeId }) => tradeId)).toEqual([1, 4, 5, 6]);
  });

  it('publishes the seconds inside a long hole as they are filled, page by page', () => {
    const bench = createTapeBench();
    const long = Array.from({ length: 5_001 }, (_, i) => tradeAt(i + 1, i * 2));
    bench.stream(tradeAt(1, 0));
    bench.wait(10_100);
    bench.stream(tradeAt(5_001, 10_000));
    bench.wait(200);
    let pages = 0;
    while (bench.serve(long)) pages += 1;
    expect(pages).toBe(5);
    bench.wait(2_500);
    bench.serve(long);
    bench.wait(10);
    expect(bench.tape.missing).toBe(0);
    expect(bench.published.map((stat) => ({ ...stat, complete: true, revision: 0 }))).toEqual(
      referenceSecondStats('btcusdt', long)
        .slice(1)
        .map((stat) => ({ ...stat, complete: true, revision: 0 })),
    );
    expect(bench.tally).toMatchObject({ gapsFound: 1, gapsFilled: 1, tradesLost: 0 });
  });

  it('gives up what the exchange pruned, says so, and goes on with the rest', () => {
    const bench = createTapeBench();
    const long = Array.from({ length: 100 }, (_, i) => tradeAt(i + 1, i * 100));
    bench.stream(tradeAt(1, 0));
    bench.wait(9_900);
    bench.stream(tradeAt(100, 9_900));
    bench.wait(200);
    expect(bench.serve(long, 46)).toBe(true);
    expect(bench.serve(long, 46)).toBe(false);
    bench.wait(3_000);
    expect(bench.tally).toMatchObject({ tradesLost: 44, gapsFound: 1, gapsFilled: 0, gapsLost: 1 });
    // Trade 46 is of second 4, which misses some; whole seconds follow.
    expect(bench.published.map(brief)).toEqual([
      [4, 5, false, 0],
      [5, 10, true, 0],
      [6, 10, true, 0],
      [7, 10, true, 0],
      [8, 10, true, 0],
      [9, 10, false, 0],
    ]);
  });

  it('asks again when the history lags behind the stream, and gives up after a bounded number of times', () => {
    const bench = createTapeBench({ maxLagRetries: 3 });
    bench.stream(first);
    bench.wait(2_000);
    bench.stream(second, fourth);
    let asked = 0;
    for (let i = 0; i < 2_000 && bench.tape.missing > 0; i++) {
      bench.wait(10);
      if (bench.serve(record.slice(0, 2))) asked += 1;
    }
    bench.wait(10);
    expect(asked).toBe(4);
    expect(bench.tally).toMatchObject({ tradesLost: 1, gapsLost: 1 });
    expect(bench.published.map(brief)).toEqual([[1, 2, false, 0]]);
  });

  it('after a spent budget waits for as long as it was told', () => {
    const bench = createTapeBench();
    bench.stream(first);
    bench.wait(2_000);
    bench.stream(second, fourth, fifth);
    bench.wait(200);
    const request = bench.tape.want(bench.clock.monotonic());
    expect(request).toBeDefined();
    if (request)
      bench.tape.pageFailed(request, new AppError('resource_exhausted', 'spent', { retryAfterMs: 7_000 }), bench.clock.monotonic());
    bench.wait(6_990);
    expect(bench.tape.want(bench.clock.monotonic())).toBeUndefined();
    expect(bench.published.map(brief)).toEqual([
      [1, 2, false, 0],
      [2, 1, false, 0],
    ]);
    bench.wait(20);
    expect(bench.serve(record)).toBe(true);
    bench.wait(10);
    expect(bench.published.map(brief).slice(2)).toEqual([[1, 3, true, 1]]);
    expect(bench.serve(record)).toBe(true);
    bench.wait(10);
    expect(bench.published.map(brief).slice(3)).toEqual([[2, 1, true, 1]]);
  });

  it('gives up a hole at once when the exchange does not know the symbol, and after a time when it never answers', () => {
    for (const [code, ageMs] of [
      ['not_found', 0],
      ['unavailable', 10_000],
    ] as const) {
      const bench = createTapeBench({ maxHoleAgeMs: 5_000 });
      bench.stream(first);
      bench.wait(2_000);
      bench.stream(second, fourth);
      bench.wait(200);
      const request = bench.tape.want(bench.clock.monotonic());
      bench.wait(ageMs);
      expect(bench.tape.missing).toBe(1);
      if (request) bench.tape.pageFailed(request, new AppError(code, 'no'), bench.clock.monotonic());
      expect(bench.tape.missing).toBe(0);
      expect(bench.tally.tradesLost).toBe(1);
    }
  });

  it('fetches only the newest trades of a huge hole', () => {
    const bench = createTapeBench({ maxFillTrades: 50 });
    const long = Array.from({ length: 200 }, (_, i) => tradeAt(i + 1, i * 100));
    bench.stream(tradeAt(1, 0));
    bench.wait(19_900);
    bench.stream(tradeAt(200, 19_900));
    bench.wait(200);
    while (bench.serve(long));
    bench.wait(3_000);
    expect(bench.tally).toMatchObject({ tradesLost: 148, tradesBackfilled: 50 });
    expect(bench.published.map(brief)).toEqual([
      [14, 1, false, 0],
      [15, 10, true, 0],
      [16, 10, true, 0],
      [17, 10, true, 0],
      [18, 10, true, 0],
      [19, 10, false, 0],
    ]);
  });

  it('takes a loss behind a second that history proved whole as none of that second', () => {
    const bench = createTapeBench();
    const record = [first, second, tradeAt(9, 4_100)];
    bench.stream(first);
    bench.wait(1_100);
    bench.stream(second);
    bench.wait(2_500);
    bench.serve(record.slice(0, 2));
    expect(bench.published.map(brief)).toEqual([[1, 1, true, 0]]);
    bench.wait(500);
    bench.stream(tradeAt(9, 4_100));
    bench.wait(200);
    bench.serve(record.slice(2));
    bench.stream(tradeAt(10, 5_000));
    bench.wait(2_000);
    expect(bench.tally.tradesLost).toBe(6);
    expect(bench.published.map(brief)).toEqual([
      [1, 1, true, 0],
      [4, 1, false, 0],
    ]);
  });

  it('a trade in the middle of a hole frees the seconds on the side that is filled first', () => {
    const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const all = ids.map((id) => tradeAt(id, (id - 1) * 1_000));
    const [start, middle, end] = [all[0], all[4], all[8]];
    for (const [filledFirst, freed] of [
      [all.slice(1, 4), [1, 2, 3]],
      [all.slice(5, 8), [5, 6, 7]],
    ] as const) {
      const bench = createTapeBench();
      if (start) bench.stream(start);
      bench.wait(8_000);
      if (middle && end) bench.stream(end, middle);
      bench.wait(200);
      bench.stream(...filledFirst);
      bench.wait(2_500);
      const complete = bench.published.filter((stat) => stat.complete).map((stat) => (stat.second - startMs) / 1_000);
      expect(complete.filter((second) => second !== 8)).toEqual(freed);
    }
  });

  it('keeps a bounded number of holes and of seconds', () => {
    const bench = createTapeBench({ maxHoles: 10, keepMs: 20_000 });
    for (let i = 0; i < 300; i++) {
      bench.stream(tradeAt(i * 2 + 1, i * 1_000));
      bench.wait(1_000);
    }
    expect(bench.tape.missing).toBe(10);
    expect(bench.tally.tradesLost).toBe(289);
  });
});

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
