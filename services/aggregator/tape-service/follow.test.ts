import { AppError } from '@tickfolio/lib/errors';
import { describe, expect, it } from 'vitest';
import { createFollowBench, idsOf } from '../kit/follow.js';
import { startMs, toTrade, tradeAt } from '../kit/tape.js';

const second = (n: number) => startMs + n * 1_000;
const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
/** Trades of these ids, 100 ms apart from id 1 on. */
const trades = (from: number, to: number) => ids(from, to).map((id) => tradeAt(id, (id - 1) * 100));
const holesOf = (parts: readonly { readonly hole?: unknown }[]) => parts.flatMap(({ hole }) => (hole ? [hole] : []));
const away = new AppError('unavailable', 'The exchange does not answer.');

describe('who follows a symbol', () => {
  it('is told the newest trade at once, and then each that comes, as the exchange told it', async () => {
    const bench = createFollowBench();
    bench.tape.stream(tradeAt(7, 0), tradeAt(8, 100));
    const reader = bench.follow();
    await bench.wait(20);
    expect(idsOf(reader.parts)).toEqual([8]);
    bench.tape.stream(tradeAt(9, 200), tradeAt(10, 1_300, '101.50000000', '0.25000000'));
    await bench.wait(20);
    expect(idsOf(reader.parts)).toEqual([8, 9, 10]);
    expect(reader.parts.at(-1)).toEqual({
      trades: [
        expect.objectContaining({ id: 9 }),
        {
          id: 10,
          price: '101.50000000',
          quantity: '0.25000000',
          firstTradeId: 10,
          lastTradeId: 10,
          tradeTimeMs: startMs + 1_300,
          buyerIsMaker: true,
        },
      ],
      watermarkMs: second(1),
      renumbered: false,
      voidIds: [],
      hole: undefined,
    });
    await reader.leave();
  });

  it('is told the newest trade of a quiet symbol from the history, also where only its id is known here', async () => {
    const bench = createFollowBench();
    const reader = bench.follow();
    bench.history.rows = trades(1, 5);
    await bench.wait(20);
    expect(idsOf(reader.parts)).toEqual([]);
    bench.serve();
    await bench.wait(20);
    expect(idsOf(reader.parts)).toEqual([5]);
    await reader.leave();
  });

  it('gets what it missed from the history, in pages, and goes on with what comes meanwhile', async () => {
    const bench = createFollowBench();
    bench.history.rows = trades(1, 2_500);
    bench.tape.stream(tradeAt(2_501, 300_000));
    const reader = bench.follow(3);
    await bench.wait(100);
    bench.tape.stream(tradeAt(2_502, 300_050));
    await bench.wait(2_000);
    expect(idsOf(reader.parts)).toEqual(ids(4, 2_502));
    expect(bench.history.pages).toEqual([
      { fromId: 4, limit: 1_000 },
      { fromId: 1_004, limit: 1_000 },
      { fromId: 2_004, limit: 497 },
    ]);
    expect(bench.tape.tally.tapePages).toBe(3);
    await reader.leave();
  });

  it('is refused an id further back than is fetched, with where the tape begins', async () => {
    const bench = createFollowBench({ limits: { maxMissedTrades: 100 } });
    bench.tape.stream(tradeAt(1_000, 500));
    bench.history.rows = trades(900, 999);
    const [late, early] = [bench.follow(898), bench.follow(899)];
    await bench.wait(20);
    expect(late.error).toMatchObject({
      code: 'failed_precondition',
      fields: [{ field: 'after_trade_id', reason: 'too-far-back' }],
      facts: { beginsAfterId: '899', newestId: '1000', newestMs: String(startMs + 500) },
    });
    expect(idsOf(early.parts)).toEqual(ids(900, 1_000));
    await early.leave();
  });

  it('waits for a hole, and no watermark passes it, until it is filled', async () => {
    const bench = createFollowBench();
    const reader = bench.follow();
    bench.tape.stream(tradeAt(1, 0), tradeAt(4, 3_300));
    await bench.wait(200);
    expect(idsOf(reader.parts)).toEqual([1]);
    expect(reader.parts.at(-1)?.watermarkMs).toBe(second(0));
    bench.history.rows = [tradeAt(1, 0), tradeAt(2, 500), tradeAt(3, 1_500), tradeAt(4, 3_300)];
    bench.serve();
    await bench.wait(20);
    expect(idsOf(reader.parts)).toEqual([1, 2, 3, 4]);
    expect(reader.parts.at(-1)?.watermarkMs).toBe(second(3));
    await reader.leave();
  });

  it('hears no watermark that is ahead of a trade still to be told, however many wait', async () => {
    const bench = createFollowBench({ limits: { maxPartTrades: 2 } });
    bench.tape.stream(tradeAt(1, 0));
    const reader = bench.follow();
    await bench.wait(20);
    reader.isPaused = true;
    bench.tape.stream(...ids(2, 8).map((id) => tradeAt(id, id * 700)));
    await bench.wait(20);
    reader.isPaused = false;
    await bench.wait(50);
    expect(reader.parts.map((part) => [idsOf([part]), part.watermarkMs])).toEqual([
      [[1], second(0)],
      [[2, 3], second(0)],
      [[4, 5], second(0)],
      [[6, 7], second(0)],
      [[8], second(5)],
    ]);
    await reader.leave();
  });

  it('is told of a hole that the history does not have, before the trades behind it', async () => {
    const bench = createFollowBench();
    const reader = bench.follow();
    bench.tape.stream(tradeAt(1, 0), tradeAt(6, 1_300));
    await bench.wait(200);
    bench.history.rows = [tradeAt(1, 0), tradeAt(4, 1_000), { id: 5, fault: 'none' }, tradeAt(6, 1_300)];
    bench.serve();
    await bench.wait(20);
    expect(holesOf(reader.parts)).toEqual([{ fromId: 2, toId: 3 }]);
    expect(
      reader.parts.filter(({ trades }) => trades.length > 0).map((part) => [part.hole, idsOf([part]), part.voidIds]),
    ).toEqual([
      [undefined, [1], []],
      [{ fromId: 2, toId: 3 }, [4, 6], [5]],
    ]);
    await reader.leave();
  });

  it('is told of a hole where the history begins later than the reader', async () => {
    const bench = createFollowBench();
    bench.history.rows = trades(1, 9);
    bench.history.oldestId = 6;
    bench.tape.stream(tradeAt(10, 900));
    const reader = bench.follow(2);
    await bench.wait(20);
    expect(holesOf(reader.parts)).toEqual([{ fromId: 3, toId: 5 }]);
    expect(idsOf(reader.parts)).toEqual(ids(6, 10));
    await reader.leave();
  });

  it('is told that the ids began anew, after the last trades of before', async () => {
    const bench = createFollowBench();
    const reader = bench.follow();
    bench.tape.stream(tradeAt(1_001, 0), tradeAt(1_002, 100));
    await bench.wait(2_000);
    bench.tape.stream(...[1, 2, 3, 4].map((id) => tradeAt(id, 2_000 + id * 10)));
    await bench.wait(100);
    expect(idsOf(reader.parts)).toEqual([1_001, 1_002, 3, 4]);
    expect(reader.parts.findIndex(({ renumbered }) => renumbered)).toBe(
      reader.parts.findIndex(({ trades: [first] }) => first?.id === 3) - 1,
    );
    await reader.leave();
  });

  it('that comes with an id which neither the tape nor the history knows is told that they began anew', async () => {
    const bench = createFollowBench();
    bench.tape.stream(tradeAt(1, 0));
    bench.history.rows = [tradeAt(1, 0)];
    const reader = bench.follow(700);
    await bench.wait(5_000);
    expect(reader.parts.some(({ renumbered }) => renumbered)).toBe(false);
    await bench.wait(10_000);
    expect(reader.parts.filter(({ renumbered }) => renumbered)).toHaveLength(1);
    expect(idsOf(reader.parts)).toEqual([1]);
    await reader.leave();
  });

  it('that is ahead of this tape by what another one told it waits, and is told nothing twice', async () => {
    const bench = createFollowBench();
    bench.tape.stream(...trades(1, 3));
    bench.history.rows = trades(1, 5);
    const reader = bench.follow(5);
    await bench.wait(12_000);
    bench.tape.stream(...trades(4, 7));
    await bench.wait(20);
    expect(idsOf(reader.parts)).toEqual([6, 7]);
    expect(reader.parts.some(({ renumbered }) => renumbered)).toBe(false);
    await reader.leave();
  });

  it('is ended when it is slower than what is kept, and begins again after its last id without a loss', async () => {
    const bench = createFollowBench({ limits: { maxKeptTrades: 10 } });
    bench.tape.stream(tradeAt(1, 0));
    const slow = bench.follow();
    const quick = bench.follow();
    await bench.wait(20);
    slow.isPaused = true;
    for (const trade of trades(2, 40)) {
      bench.tape.stream(trade);
      await bench.wait(20);
    }
    slow.isPaused = false;
    await bench.wait(20);
    expect(slow.error).toMatchObject({ code: 'resource_exhausted', retryAfterMs: 0 });
    expect(idsOf(quick.parts)).toEqual(ids(1, 40));
    bench.history.rows = trades(1, 40);
    const last = idsOf(slow.parts).at(-1) ?? 0;
    const again = bench.follow(last);
    await bench.wait(300);
    expect([...idsOf(slow.parts), ...idsOf(again.parts)]).toEqual(ids(1, 40));
    expect(bench.reel.run.size).toBe(10);
    await Promise.all([quick.leave(), again.leave()]);
  });

  it('hears that the stream lives while nothing comes, also while the history does not answer', async () => {
    const bench = createFollowBench();
    bench.tape.stream(tradeAt(9, 0));
    const quiet = bench.follow();
    await bench.wait(9_500);
    expect(quiet.parts.length).toBeGreaterThanOrEqual(4);
    bench.history.fault = away;
    const failing = bench.follow(2);
    await bench.wait(20);
    expect(failing.error).toMatchObject({ code: 'unavailable' });
    bench.history.fault = undefined;
    const lacking = bench.follow(2);
    await bench.wait(20_000);
    expect(lacking.error).toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 });
    await quiet.leave();
  });

  it('is told that what it lacks cannot be had now where the exchange gives no history, and not that it is slow or elsewhere', async () => {
    const bench = createFollowBench();
    bench.tape.stream(tradeAt(9, 0));
    for (const code of ['resource_exhausted', 'failed_precondition'] as const) {
      bench.history.fault = new AppError(code, 'The exchange refuses us.', { retryAfterMs: 7_000 });
      const reader = bench.follow(2);
      await bench.wait(500);
      expect(reader.error).toMatchObject({
        code: 'unavailable',
        message: 'The exchange refuses us.',
        retryAfterMs: 7_000,
      });
    }
  });

  it('goes on where its tape ends and another one begins, as when the symbol is asked for again', async () => {
    const bench = createFollowBench();
    const reader = bench.follow();
    for (const trade of trades(1, 30)) {
      bench.tape.stream(trade);
      await bench.wait(100);
    }
    bench.tape.takeOver();
    bench.history.rows = trades(1, 41);
    await bench.wait(500);
    bench.tape.stream(...trades(38, 41));
    await bench.wait(1_000);
    expect(idsOf(reader.parts)).toEqual(ids(1, 41));
    expect(reader.parts.some(({ renumbered, hole }) => renumbered || hole)).toBe(false);
    await reader.leave();
  });
});

describe('silence', () => {
  it('is proven by the history alone, and only as far as it was asked long enough after', async () => {
    const bench = createFollowBench();
    const all = [tradeAt(1, 300), tradeAt(2, 1_300)];
    bench.tape.stream(...all);
    const reader = bench.follow();
    bench.history.rows = all;
    for (let i = 0; i < 50; i++) {
      await bench.wait(100);
      bench.serve();
    }
    // The second of the trade was proven for the seconds' sake; what is behind it nobody needed.
    expect(reader.parts.at(-1)?.watermarkMs).toBe(second(2));
    const proof = bench.prove(second(3));
    await bench.wait(20);
    bench.serve();
    await bench.wait(20);
    expect(await proof).toEqual({ watermarkMs: second(3), lastTradeId: 2 });
    expect(reader.parts.at(-1)?.watermarkMs).toBe(second(3));
    await reader.leave();
  });

  it('finds a trade that nobody had told, and tells it before the watermark passes it', async () => {
    const bench = createFollowBench();
    bench.tape.stream(tradeAt(1, 300));
    const reader = bench.follow();
    await bench.wait(6_000);
    bench.history.rows = [tradeAt(1, 300), tradeAt(2, 2_100)];
    const proof = bench.prove(second(3));
    await bench.wait(20);
    bench.serve();
    await bench.wait(20);
    expect(await proof).toMatchObject({ lastTradeId: 2 });
    expect(idsOf(reader.parts)).toEqual([1, 2]);
    await reader.leave();
  });

  it('is asked about once for all who want to know, and at most once a second', async () => {
    const bench = createFollowBench();
    bench.tape.stream(tradeAt(1, 300));
    bench.history.rows = [tradeAt(1, 300)];
    await bench.wait(4_000);
    while (bench.serve()) await bench.wait(10);
    let asked = 0;
    const begunMs = bench.tape.clock.now();
    const answers: Promise<unknown>[] = [];
    for (let i = 0; i < 100; i++) {
      answers.push(bench.prove(begunMs + 60_000), bench.prove(begunMs + 60_000));
      await bench.wait(50);
      if (bench.serve()) asked += 1;
    }
    await bench.wait(1_000);
    bench.serve();
    await Promise.all(answers);
    expect(asked).toBeGreaterThanOrEqual(4);
    expect(asked).toBeLessThanOrEqual(6);
  });

  it('is not proven while the history fails, which is said', async () => {
    const bench = createFollowBench();
    bench.tape.stream(tradeAt(1, 300));
    await bench.wait(6_000);
    const unanswered = bench.prove(second(5));
    await bench.wait(5_100);
    expect(await unanswered).toMatchObject({ code: 'unavailable' });
    const failed = bench.prove(second(5));
    await bench.wait(20);
    const request = bench.tape.tape.want(bench.tape.clock.monotonic());
    if (request) bench.tape.tape.pageFailed(request, away, bench.tape.clock.monotonic());
    expect(await failed).toBe(away);
  });

  it('is not proven while the exchange refuses us, which says nothing of whose the symbol is', async () => {
    const bench = createFollowBench();
    bench.tape.stream(tradeAt(1, 300));
    await bench.wait(6_000);
    const refused = bench.prove(second(5));
    await bench.wait(20);
    const request = bench.tape.tape.want(bench.tape.clock.monotonic());
    if (request)
      bench.tape.tape.pageFailed(
        request,
        new AppError('failed_precondition', 'The exchange refuses us.', { retryAfterMs: 7_000 }),
        bench.tape.clock.monotonic(),
      );
    expect(await refused).toMatchObject({ code: 'unavailable', retryAfterMs: 7_000 });
  });

  it('that was asked about before the feed came back does not stand for what was missed until then', async () => {
    const bench = createFollowBench();
    const { tape, clock } = bench.tape;
    bench.tape.stream(tradeAt(1, 300));
    const reader = bench.follow();
    tape.setFeed('broken', clock.monotonic());
    await bench.wait(6_000);
    const proof = bench.prove(second(4));
    await bench.wait(20);
    const request = tape.want(clock.monotonic());
    expect(request).toMatchObject({ purpose: 'proof' });
    tape.setFeed('up', clock.monotonic());
    if (request) tape.fromPage(request, [toTrade(tradeAt(1, 300))], clock.monotonic());
    expect(await proof).toMatchObject({ lastTradeId: 1 });
    bench.history.rows = [tradeAt(1, 300), tradeAt(2, 5_900)];
    await bench.wait(5_000);
    bench.serve();
    await bench.wait(20);
    expect(idsOf(reader.parts)).toEqual([1, 2]);
    await reader.leave();
  });

  it('of a symbol that was never traded is answered with nothing', async () => {
    const bench = createFollowBench();
    const proof = bench.prove(second(1));
    await bench.wait(5_100);
    expect(await proof).toEqual({ watermarkMs: 0, lastTradeId: undefined });
  });
});
