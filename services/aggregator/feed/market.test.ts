import { describe, expect, it } from 'vitest';
import { createMarketBench } from '../kit/feed.js';
import { type ReferenceTrade, referenceSecondStats } from '../kit/reference-second-stats.js';
import { tradePayload } from '../kit/socket.js';
import { startMs, toTrade } from '../kit/tape.js';

/** A symbol's trades, and how much later than they happened they arrive. */
interface Line {
  readonly symbol: string;
  readonly everyMs: number;
  readonly delayMs: (timeMs: number) => number;
}

const played = async (lines: readonly Line[], forMs: number, hasHistory: boolean) => {
  const records = new Map<string, ReferenceTrade[]>();
  const arrivals: { atMs: number; symbol: string; trade: ReferenceTrade }[] = [];
  for (const { symbol, everyMs, delayMs } of lines) {
    const record: ReferenceTrade[] = [];
    records.set(symbol, record);
    let lastMs = 0;
    for (let ms = 0; ms < forMs; ms += everyMs) {
      const trade = {
        id: 100 + record.length,
        price: `${1 + (ms % 7)}.50000000`,
        quantity: '1.00000000',
        timeMs: startMs + ms,
      };
      record.push(trade);
      lastMs = Math.max(lastMs, ms + delayMs(ms));
      arrivals.push({ atMs: startMs + lastMs, symbol, trade });
    }
  }
  arrivals.sort((a, b) => a.atMs - b.atMs);
  const bench = await createMarketBench(
    startMs - 50,
    new Set(records.keys()),
    (clock) =>
      async (symbol, { fromId, limit }) => {
        if (!hasHistory || fromId === undefined) return [];
        const record = records.get(symbol) ?? [];
        return record
          .filter(({ id, timeMs }) => id >= fromId && timeMs <= clock.now())
          .slice(0, limit)
          .map(toTrade);
      },
  );
  for (const { atMs, symbol, trade } of arrivals) {
    if (atMs > bench.clock.now()) await bench.clock.advanceAsync(atMs - bench.clock.now());
    bench.push(tradePayload(symbol, trade), atMs);
  }
  await bench.clock.advanceAsync(5_000);
  bench.close();
  return { ...bench, records };
};

const expectFinal = ({ published, records }: Awaited<ReturnType<typeof played>>, symbol: string) => {
  const expected = new Map(referenceSecondStats(symbol, records.get(symbol) ?? []).map((stat) => [stat.second, stat]));
  const complete = new Set<number>();
  for (const { atMs, revision, complete: isComplete, ...stat } of published) {
    if (stat.symbol !== symbol) continue;
    expect(complete.has(stat.second), `second ${stat.second} was complete and changed`).toBe(false);
    if (!isComplete) continue;
    complete.add(stat.second);
    expect(stat).toEqual(expected.get(stat.second));
  }
  return complete.size;
};

const onTime = { symbol: 'btcusdt', everyMs: 7, delayMs: () => 20 };

describe('two connections of which one lags', () => {
  it.each([
    ['by half a second all the time', () => 500],
    ['by half a second now and then', (ms: number) => (ms % 4_000 > 2_600 ? 500 : 20)],
    ['by four seconds once', (ms: number) => (ms > 5_000 && ms < 9_000 ? 9_000 - ms : 20)],
  ])('%s: no complete second changes, and all are right', async (_how, delayMs) => {
    const run = await played([onTime, { symbol: 'ethusdt', everyMs: 90, delayMs }], 20_000, true);
    // The first second is joined in its middle, the last is proven by history.
    expect(expectFinal(run, 'btcusdt')).toBe(19);
    expect(expectFinal(run, 'ethusdt')).toBe(19);
    expect(run.tally.tradesLate).toBe(0);
  });

  it('without a history besides, the same holds; what is in doubt for 2 s is published as incomplete first', async () => {
    const run = await played([onTime, { symbol: 'ethusdt', everyMs: 2_500, delayMs: () => 500 }], 20_000, false);
    expectFinal(run, 'ethusdt');
    expect(run.tally.tradesLate).toBe(0);
    expect(run.published.some(({ symbol, complete }) => symbol === 'ethusdt' && !complete)).toBe(true);
  });

  it('a quiet symbol on time has its price told at once, and its seconds published once, as complete', async () => {
    const run = await played([onTime, { symbol: 'ethusdt', everyMs: 3_300, delayMs: () => 20 }], 20_000, true);
    const delays = run.told
      .filter(({ symbol }) => symbol === 'ethusdt')
      .map(({ atMs, timeMs }) => atMs - (timeMs - (timeMs % 1_000)) - 1_000);
    expect(delays.length).toBe(7);
    // 20 ms on the way, which the feed's clock is behind, 10 ms of lateness; a second's end is looked for to the
    // millisecond.
    expect(Math.max(...delays)).toBeLessThanOrEqual(20 + 10 + 2);
    expect(
      run.published
        .filter(({ symbol }) => symbol === 'ethusdt')
        .every(({ complete, revision }) => complete && revision === 0),
    ).toBe(true);
  });
});

describe('a busy symbol whose feed was away for 80,000 trades', () => {
  it('has its running second within 3 s of the return, and a price each second, while history answers every 200 ms', async () => {
    const stepMs = 10;
    const tradeOf = (id: number) => ({
      id,
      price: '1.50000000',
      quantity: '1.00000000',
      timeMs: startMs + id * stepMs,
    });
    const bench = await createMarketBench(
      startMs - 50,
      new Set(['btcusdt']),
      (clock) =>
        async (_symbol, { fromId, limit }) => {
          await new Promise<void>((resolve) => clock.after(200, resolve));
          const newest = Math.floor((clock.now() - startMs) / stepMs);
          const from = fromId ?? newest;
          return Array.from({ length: Math.max(0, Math.min(limit, newest - from + 1)) }, (_, i) =>
            toTrade(tradeOf(from + i)),
          );
        },
    );
    const { clock } = bench;
    const play = async (forMs: number) => {
      for (const endMs = clock.now() + forMs; clock.now() < endMs; ) {
        await clock.advanceAsync(5 * stepMs);
        const newest = Math.floor((clock.now() - startMs) / stepMs);
        for (let id = newest - 4; id <= newest; id++)
          if (id > 0) bench.push(tradePayload('btcusdt', tradeOf(id)), clock.now());
      }
    };
    await play(3_000);
    clock.advance(800_000);
    const backMs = clock.now();
    const before = bench.told.length;
    await play(6_000);
    const running = bench.published.filter(({ second }) => second >= backMs - (backMs % 1_000) + 1_000);
    expect(running[0]?.atMs).toBeLessThanOrEqual(backMs + 3_100);
    expect(running.length).toBeGreaterThanOrEqual(4);
    const shown = [...bench.told.slice(before), ...running].map(({ atMs }) => atMs).sort((a, b) => a - b);
    expect(Math.max(...shown.map((atMs, i) => atMs - (shown[i - 1] ?? backMs)))).toBeLessThanOrEqual(1_100);
    expect(bench.tally.tradesBackfilled).toBeLessThan(40_000);
    bench.close();
  });
});
