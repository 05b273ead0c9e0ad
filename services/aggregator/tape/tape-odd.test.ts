import type { PublishedThrough } from '@tickfolio/lib/price-bus';
import { describe, expect, it } from 'vitest';
import { brief, createTapeBench, startMs, tradeAt } from '../kit/tape.js';

const hourMs = 3_600_000;
const noPrice = 'its price is not above 0';
const wildId = 99_999_999_999_999;

describe('a trade that is none', () => {
  it('of price 0 changes no price, no low and no total, and nothing waits for it', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 0));
    bench.wait(1_100);
    bench.stream(tradeAt(2, 1_100));
    bench.tape.skip({ id: 3, fault: noPrice });
    bench.stream(tradeAt(4, 1_200));
    bench.wait(900);
    bench.stream(tradeAt(5, 2_000));
    expect(bench.published.map(brief)).toEqual([[1, 2, true, 0]]);
    expect(bench.published[0]).toMatchObject({ low: '100', close: '100', lastTradeId: 4 });
    expect(bench.tape.missing).toBe(0);
    expect(bench.tally).toMatchObject({ tradesVoid: 1, tradesLost: 0, gapsFound: 0 });
    expect(bench.complaints).toEqual([noPrice]);
  });

  it('in a page of history closes its hole, which is asked about once; the other trades of the page are there', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 0));
    bench.wait(1_500);
    bench.stream(tradeAt(5, 1_500));
    bench.wait(200);
    const rows = [tradeAt(1, 0), tradeAt(2, 1_100), { id: 3, fault: 'its ids' }, tradeAt(4, 1_300), tradeAt(5, 1_500)];
    expect(bench.serve(rows)).toBe(true);
    expect(bench.serve(rows)).toBe(false);
    bench.stream(tradeAt(6, 2_000));
    expect(bench.published.map(brief)).toEqual([[1, 3, true, 0]]);
    expect(bench.tally).toMatchObject({ tradesVoid: 1, tradesBackfilled: 2, tradesLost: 0, gapsFilled: 1 });
  });

  it('is known before the trades between show that they were missing', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 0));
    bench.tape.skip({ id: 3, fault: noPrice });
    bench.tape.skip({ id: 3, fault: noPrice });
    expect(bench.tape.missing).toBe(0);
    bench.stream(tradeAt(4, 100));
    expect(bench.tape.missing).toBe(1);
    bench.stream(tradeAt(2, 50));
    expect(bench.tape.missing).toBe(0);
    expect(bench.tally).toMatchObject({ trades: 3, tradesVoid: 1 });
  });

  it('and is the newest of a quiet symbol: that gets its price at the start from the one before', () => {
    const bench = createTapeBench();
    const rows = [tradeAt(40, -60_000, '3.10000000'), { id: 41, fault: noPrice }, { id: 42, fault: noPrice }];
    bench.serve(rows);
    expect(bench.told).toEqual([]);
    expect(bench.tape.want(bench.clock.monotonic())).toMatchObject({ purpose: 'seed', limit: 1_000 });
    bench.serve(rows);
    expect(bench.told).toEqual([{ symbol: 'btcusdt', price: '3.1', timeMs: startMs - 60_000, tradeId: 40 }]);
    bench.stream(tradeAt(43, 0));
    expect(bench.tape.missing).toBe(0);
  });

  it('and there is no other: history is asked now and then, and the first trade is taken', () => {
    const bench = createTapeBench();
    let asked = 0;
    for (let i = 0; i < 6_000; i++) {
      if (bench.serve([{ id: 42, fault: noPrice }])) asked += 1;
      bench.wait(10);
    }
    // A short page and a long one, every five seconds.
    expect(asked).toBeLessThan(30);
    bench.stream(tradeAt(43, 60_000));
    expect(bench.tape.last()?.tradeId).toBe(43);
  });
});

describe('a trade with a time that cannot be right', () => {
  const record = [tradeAt(1, 0), tradeAt(2, 1_100), tradeAt(3, 1_200), tradeAt(4, 1_300), tradeAt(5, 2_100)];
  const [first, second, , fourth, fifth] = record as [
    (typeof record)[0],
    (typeof record)[0],
    (typeof record)[0],
    (typeof record)[0],
    (typeof record)[0],
  ];

  it('is asked of history, which knows the right one', () => {
    const bench = createTapeBench();
    bench.stream(first);
    bench.wait(1_100);
    bench.stream(second);
    bench.tape.doubt(3, 'its time', bench.clock.monotonic());
    bench.stream(fourth);
    bench.wait(200);
    bench.serve(record.slice(0, 4));
    bench.wait(800);
    bench.stream(fifth);
    expect(bench.published.map(brief)).toEqual([[1, 3, true, 0]]);
    expect(bench.tally).toMatchObject({ tradesDoubted: 1, tradesBackfilled: 1, tradesVoid: 0, tradesLate: 0 });
  });

  it('is asked of history also where no other trade follows, and its price is told', () => {
    const bench = createTapeBench();
    bench.stream(first);
    bench.wait(100);
    bench.tape.doubt(2, 'its time', bench.clock.monotonic());
    bench.wait(1_100);
    bench.serve([first, { ...second, price: '7.00000000' }]);
    bench.wait(1_500);
    expect(bench.told.at(-1)).toMatchObject({ tradeId: 2, price: '7' });
  });

  it('in every frame of a symbol costs the exchange ever fewer questions, and its price comes by them', () => {
    const bench = createTapeBench();
    bench.stream(first);
    let asked = 0;
    const known = [first];
    for (let at = 1; at <= 6_000; at++) {
      bench.wait(100);
      bench.feedClock.observe(bench.clock.now());
      if (at % 10 === 0) known.push(tradeAt(known.length + 1, at * 100));
      if (at % 10 === 0) bench.tape.doubt(known.length, 'its time', bench.clock.monotonic());
      const request = bench.tape.want(bench.clock.monotonic());
      if (request?.purpose === 'probe') asked += 1;
      if (request) bench.serve(known);
    }
    expect(asked).toBeLessThan(20);
    expect(bench.tape.last()?.tradeId).toBeGreaterThan(500);
  });

  it('is none where history says the same: the seconds after it are published as they are over, each once', () => {
    const bench = createTapeBench();
    const wrong = { ...tradeAt(3, 1_200 + hourMs) };
    bench.stream(first);
    bench.wait(1_100);
    bench.stream(second);
    bench.tape.doubt(3, 'its time', bench.clock.monotonic());
    bench.stream(fourth);
    bench.wait(200);
    bench.serve([first, second, wrong, fourth]);
    for (let id = 5; id < 50; id++) {
      bench.wait(200);
      bench.stream(tradeAt(id, bench.clock.now() - startMs));
    }
    expect(bench.published.every(({ complete, revision }) => complete && revision === 0)).toBe(true);
    expect(bench.published.length).toBeGreaterThan(7);
    expect(bench.tally).toMatchObject({ tradesVoid: 1, tradesLate: 0, tradesTooLate: 0, sequenceRestarts: 0 });
  });

  it('from long ago, in the middle of the present, shows no price of 1970', () => {
    const bench = createTapeBench();
    bench.stream(first);
    bench.wait(1_100);
    bench.stream(second, { ...tradeAt(3, 0), timeMs: 0 }, fourth);
    bench.wait(1_000);
    bench.stream(fifth);
    bench.wait(3_000);
    expect(bench.published.every(({ second: start }) => start >= startMs)).toBe(true);
    expect(bench.told.every(({ timeMs }) => timeMs >= startMs)).toBe(true);
    expect(bench.tally.tradesDoubted).toBe(1);
  });

  it('taken before anybody knew the time stops the symbol for no hour: the trades that follow begin anew', () => {
    const bench = createTapeBench();
    // The last trade at the start, with nothing of the feed heard yet.
    bench.serve([tradeAt(40, hourMs)]);
    for (let id = 41; id < 90; id++) {
      bench.wait(100);
      bench.stream(tradeAt(id, bench.clock.now() - startMs));
    }
    expect(bench.tape.last()?.tradeId).toBe(89);
    expect(bench.published.length).toBeGreaterThanOrEqual(3);
    expect(bench.published.every(({ complete, second: start }) => complete && start < startMs + 10_000)).toBe(true);
    expect(bench.tally).toMatchObject({ sequenceRestarts: 1, tradesLate: 0, tradesTooLate: 0 });
  });

  it('an hour ahead, in the middle of the present, leaves every later second whole', () => {
    const bench = createTapeBench();
    for (let id = 1; id < 100; id++) {
      bench.wait(100);
      const ms = bench.clock.now() - startMs;
      bench.stream(id === 40 ? tradeAt(id, ms + hourMs) : tradeAt(id, ms));
    }
    const later = bench.published.filter(({ second }) => second > startMs + 5_000);
    expect(later.map(brief)).toEqual([6, 7, 8].map((second) => [second, 10, true, 0]));
    expect(bench.published.map(({ second }) => second)).toEqual(
      [...bench.published.map(({ second }) => second)].sort((a, b) => a - b),
    );
    expect(bench.told.every(({ timeMs }) => timeMs < startMs + 20_000)).toBe(true);
    expect(bench.tally).toMatchObject({ tradesLate: 0, tradesTooLate: 0 });
  });

  it('is no place to go on from either, where somebody else published it', () => {
    const end = { second: startMs + hourMs, tradeId: 40, tradeTimeMs: startMs + hourMs, revision: 1, final: true };
    const bench = createTapeBench({}, { symbol: 'btcusdt', last: end, later: [] } satisfies PublishedThrough);
    for (let id = 41; id < 90; id++) {
      bench.wait(100);
      bench.stream(tradeAt(id, bench.clock.now() - startMs));
    }
    expect(bench.published.length).toBeGreaterThanOrEqual(3);
    expect(bench.tally).toMatchObject({ symbolsBegunAnew: 1, symbolsContinued: 0, tradesTooLate: 0 });
  });
});

describe('an id that leaps ahead absurdly', () => {
  it('is not followed: what goes on is published and told as if it had not been', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 0));
    bench.wait(1_100);
    bench.stream(tradeAt(2, 1_100), tradeAt(wildId, 1_150, '5.00000000'), tradeAt(3, 1_200));
    bench.wait(900);
    bench.stream(tradeAt(4, 2_000));
    bench.wait(2_000);
    expect(bench.published.map(brief)[0]).toEqual([1, 2, true, 0]);
    expect(bench.published[0]).toMatchObject({ low: '100' });
    expect(bench.told.every(({ tradeId }) => tradeId < 10)).toBe(true);
    expect(bench.tape.missing).toBe(0);
    expect(bench.tally).toMatchObject({ tradesLost: 0, tradesDoubted: 1, sequenceRestarts: 0 });
  });

  it('is asked of history where nothing follows, and forgotten when that does not know it', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 0), tradeAt(wildId, 50));
    bench.wait(1_100);
    expect(bench.tape.want(bench.clock.monotonic())).toMatchObject({ purpose: 'probe', fromId: 1 });
    bench.serve([tradeAt(1, 0)]);
    bench.wait(5_000);
    expect(bench.tape.busy).toBe(false);
    expect(bench.tape.last()?.tradeId).toBe(1);
  });

  it('is believed when a second one stands behind it, as after a break of days: both are there', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 0));
    bench.wait(3_000);
    const record = [tradeAt(5_000_000, 3_000), tradeAt(5_000_001, 3_100), tradeAt(5_000_002, 4_000)];
    bench.stream(...record.slice(0, 2));
    bench.wait(200);
    bench.serve(record);
    bench.wait(800);
    bench.stream(...record.slice(2));
    expect(bench.published.map(brief)).toEqual([[3, 2, false, 0]]);
    expect(bench.tally.trades).toBe(4);
  });

  it('in a page of history is left out', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 0));
    bench.wait(100);
    bench.stream(tradeAt(4, 100));
    bench.wait(200);
    bench.serve([tradeAt(2, 10), tradeAt(3, 20), tradeAt(wildId, 30)]);
    expect(bench.tape.missing).toBe(0);
    expect(bench.tape.last()?.tradeId).toBe(4);
  });

  it('by less, so that it is believed, holds a symbol up for three trades and not for as long as its hole is asked about', () => {
    const bench = createTapeBench();
    bench.stream(tradeAt(1, 0));
    bench.wait(1_000);
    bench.stream(tradeAt(50_000, 1_000));
    for (let id = 2; id < 30; id++) {
      bench.wait(100);
      bench.stream(tradeAt(id, bench.clock.now() - startMs, '7.00000000'));
      if (id === 6) expect(bench.tape.last()?.tradeId).toBe(6);
    }
    expect(bench.tape.missing).toBe(0);
    expect(bench.tally).toMatchObject({ sequenceRestarts: 1, tradesLost: 0 });
    expect(bench.published.filter(({ complete }) => complete).length).toBeGreaterThanOrEqual(1);
  });
});
