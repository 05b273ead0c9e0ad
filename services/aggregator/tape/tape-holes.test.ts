import { AppError } from '@tickfolio/lib/errors';
import { describe, expect, it } from 'vitest';
import { referenceSecondStats } from '../kit/reference-second-stats.js';
import { brief, createTapeBench, startMs, tradeAt } from '../kit/tape.js';

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
    const bench = createTapeBench({ maxHoleLagRetries: 3 });
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

  it('loses no trade when the history of the exchange is a minute behind its stream, and asks no more than some 20 times', () => {
    const bench = createTapeBench();
    bench.stream(first);
    bench.wait(2_000);
    bench.stream(second, fourth, fifth);
    let asked = 0;
    for (let ms = 0; ms < 90_000; ms += 100) {
      bench.wait(100);
      const nowMs = bench.clock.now();
      if (bench.serve(record.filter(({ timeMs }) => timeMs < nowMs - 60_000))) asked += 1;
    }
    expect(bench.tape.missing).toBe(0);
    expect(bench.tally).toMatchObject({ tradesLost: 0, gapsFilled: 1 });
    expect(asked).toBeLessThanOrEqual(24);
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
      bench.tape.pageFailed(
        request,
        new AppError('resource_exhausted', 'spent', { retryAfterMs: 7_000 }),
        bench.clock.monotonic(),
      );
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

  it('gives up none that is being filled for long because one of its pages fails', () => {
    const bench = createTapeBench({ maxHoleAgeMs: 5_000 });
    const long = Array.from({ length: 5_001 }, (_, i) => tradeAt(i + 1, i * 2));
    bench.stream(tradeAt(1, 0));
    bench.wait(10_100);
    bench.stream(tradeAt(5_001, 10_000));
    for (let page = 0; page < 4; page++) {
      bench.wait(2_000);
      bench.serve(long);
    }
    const request = bench.tape.want(bench.clock.monotonic());
    if (request) bench.tape.pageFailed(request, new AppError('unavailable', 'no'), bench.clock.monotonic());
    bench.wait(1_000);
    expect(bench.serve(long)).toBe(true);
    expect(bench.tape.missing).toBe(0);
    expect(bench.tally.tradesLost).toBe(0);
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
