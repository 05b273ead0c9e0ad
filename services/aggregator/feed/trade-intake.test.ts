import { afterEach, describe, expect, it } from 'vitest';
import { createMarketBench, type MarketBench } from '../kit/feed.js';
import type { ReferenceTrade } from '../kit/reference-second-stats.js';
import { tradePayload } from '../kit/socket.js';
import { startMs, toTrade, tradeAt } from '../kit/tape.js';

let bench: MarketBench | undefined;
afterEach(() => {
  bench?.close();
  bench = undefined;
});

/** Two symbols that trade all the time; the history knows what `record` holds. */
const start = async (offMs = 0) => {
  const record = new Map<string, ReferenceTrade[]>();
  bench = await createMarketBench(
    startMs,
    new Set(['btcusdt', 'ethusdt']),
    (clock) =>
      async (symbol, { fromId, limit }) => {
        const known = (record.get(symbol) ?? []).filter(
          ({ id, timeMs }) => id >= (fromId ?? 0) && timeMs <= clock.now() + offMs,
        );
        return (fromId === undefined ? known.slice(-limit) : known.slice(0, limit)).map(toTrade);
      },
  );
  const { clock, push } = bench;
  const kept = (symbol: string, trade: ReferenceTrade) =>
    void record.set(symbol, [...(record.get(symbol) ?? []), trade]);
  const trade = (symbol: string, id: number, change: (payload: string) => string = (payload) => payload) => {
    const made = tradeAt(id, clock.now() - startMs + offMs, `${id}.00000000`);
    kept(symbol, made);
    push(change(tradePayload(symbol, made)), clock.now());
  };
  /** Plays so many trades of each symbol, the odd ones changed on their way. */
  const play = async (ids: number, odd: ReadonlyMap<number, (payload: string) => string> = new Map()) => {
    for (let id = 1; id <= ids; id++) {
      trade('ethusdt', id);
      trade('btcusdt', id, odd.get(id));
      await clock.advanceAsync(100);
    }
    await clock.advanceAsync(3_000);
  };
  return { ...bench, play };
};
const secondsOf = ({ published }: MarketBench, symbol: string) => published.filter((stat) => stat.symbol === symbol);
const withTime = (name: 'T' | 'E', change: (timeMs: number) => number) => (payload: string) =>
  payload.replace(new RegExp(`"${name}":(\\d+)`), (_all, digits: string) => `"${name}":${change(Number(digits))}`);
const both = (change: (timeMs: number) => number) => (payload: string) =>
  withTime('T', change)(withTime('E', change)(payload));

describe.each([
  ['on a computer whose clock is right', 0],
  ['on one that is two hours ahead, or playing a recording', -7_200_000],
  ['on one that is two hours behind', 7_200_000],
])('%s', (_where, offMs) => {
  it.each([
    ['a trade time in microseconds', withTime('T', (ms) => ms * 1_000)],
    ['both times in microseconds', both((ms) => ms * 1_000)],
    ['a trade time an hour ahead', withTime('T', (ms) => ms + 3_600_000)],
    ['a trade time four seconds ahead', withTime('T', (ms) => ms + 4_000)],
    ['both times an hour ahead', both((ms) => ms + 3_600_000)],
    ['both times an hour back', both((ms) => ms - 3_600_000)],
    ['both times of 1970', both(() => 0)],
  ])(
    'one trade with %s stops no second, shows no such time, and is counted as history has it',
    async (_what, change) => {
      const run = await start(offMs);
      await run.play(50, new Map([[15, change]]));
      for (const symbol of ['btcusdt', 'ethusdt']) {
        const seconds = secondsOf(run, symbol);
        expect(seconds.every(({ complete, revision }) => complete && revision === 0)).toBe(true);
        expect(seconds.length).toBeGreaterThanOrEqual(4);
        expect(seconds.every(({ trades }) => trades === 10)).toBe(true);
      }
      const nowMs = run.clock.now() + offMs;
      expect(run.told.every(({ timeMs }) => timeMs > nowMs - 60_000 && timeMs <= nowMs)).toBe(true);
      // Where the local clock is behind, the very first frame seems to be ahead: the second one bears it out.
      expect(run.tally.tradesDoubted).toBe(offMs > 0 ? 2 : 1);
      expect(run.tally).toMatchObject({
        tradesLate: 0,
        tradesTooLate: 0,
        tradesLost: 0,
        payloadsMalformed: 0,
        sequenceRestarts: 0,
      });
    },
  );
});

describe('one coin whose stream tells the time an hour late, all the time', () => {
  const hourBack = both((ms) => ms - 3_600_000);
  const minutes = 3;
  it.each([
    ['from the first trade on', 1],
    ['from the fifteenth on', 15],
  ])('has prices of now and no old ones, %s', async (_when, from) => {
    const run = await start();
    const ids = minutes * 600;
    const odd = new Map(
      Array.from({ length: ids }, (_, at) => [at + 1, hourBack] as const).filter(([id]) => id >= from),
    );
    await run.play(ids, odd);
    const prices = run.told.filter(({ symbol }) => symbol === 'btcusdt');
    const seconds = secondsOf(run, 'btcusdt');
    for (const { timeMs } of prices) expect(timeMs).toBeGreaterThan(startMs - 60_000);
    for (const { second } of seconds) expect(second).toBeGreaterThan(startMs - 60_000);
    // What was heard last is never as old as a minute, when it counts as stale.
    const heard = [...prices, ...seconds.map(({ lastTradeTime, atMs }) => ({ timeMs: lastTradeTime, atMs }))].sort(
      (a, b) => a.atMs - b.atMs,
    );
    expect(heard.at(0)?.atMs).toBeLessThan(startMs + 10_000);
    expect(heard.at(-1)?.timeMs).toBeGreaterThan(run.clock.now() - 60_000);
    heard.reduce((before, next) => {
      expect(next.atMs - before.timeMs).toBeLessThan(60_000);
      return next;
    });
    expect(run.tally.sequenceRestarts).toBe(0);
    expect(run.tally.tradesDoubted).toBeGreaterThan(ids / 2);
    // The other coin has all its seconds.
    expect(secondsOf(run, 'ethusdt').every(({ trades, complete }) => trades === 10 && complete)).toBe(true);
  });
});

describe('a trade of price 0', () => {
  it('drops no price to 0: it is left out, and its second has all the others', async () => {
    const run = await start();
    await run.play(40, new Map([[15, (payload: string) => payload.replace('"p":"15.00000000"', '"p":"0.00000000"')]]));
    const seconds = secondsOf(run, 'btcusdt');
    expect(seconds.find(({ trades }) => trades === 9)).toMatchObject({ low: '11', complete: true, revision: 0 });
    expect(run.told.some(({ price }) => price === '0')).toBe(false);
    expect(run.tally).toMatchObject({ tradesVoid: 1, tradesLost: 0, gapsFound: 0, payloadsMalformed: 0 });
  });
});

describe('a coin that costs 0.000000000012', () => {
  it('is shown with all its digits', async () => {
    const run = await start();
    const tiny = (payload: string) => payload.replace(/"p":"[\d.]+"/, '"p":"0.000000000012"');
    await run.play(30, new Map(Array.from({ length: 30 }, (_, at) => [at + 1, tiny])));
    expect(secondsOf(run, 'btcusdt')[0]).toMatchObject({ close: '0.000000000012', quoteVolume: '0.00000000012' });
    expect(run.tally).toMatchObject({ payloadsMalformed: 0, tradesVoid: 0 });
  });
});
