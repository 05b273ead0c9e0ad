import { createManualClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import { add, compare, formatDecimal, multiply, parseDecimal, subtract, zero } from '@tickfolio/lib/money';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { type ExchangeSim, type ExchangeSimOptions, type RecordedTrade, startExchangeSim } from '../app.js';
import { connect, type Frame } from '../kit/client.js';

let sim: ExchangeSim | undefined;
const start = async (options: ExchangeSimOptions = {}) => {
  const clock = createManualClock();
  const record: RecordedTrade[] = [];
  sim = await startExchangeSim(
    { clock, log: silentLogger() },
    { symbols: 60, recordSink: (trade) => record.push(trade), ...options },
  );
  return { sim, clock, record };
};
afterEach(async () => {
  await sim?.close();
  sim = undefined;
});

const sum = (trades: readonly RecordedTrade[], of: (trade: RecordedTrade) => ReturnType<typeof parseDecimal>) =>
  trades.reduce((total, trade) => add(total, of(trade)), zero);

describe('mini-tickers', () => {
  it('say exactly what the trades say, without a made-up past', async () => {
    const { sim, clock, record } = await start({ pastDay: false });
    const client = await connect(`${sim.url}/stream?streams=btcusdt@miniTicker/ethbtc@miniTicker`);
    let checked = 0;
    for (let second = 0; second < 30; second++) {
      const from = client.frames.length;
      const marks: { readonly at: number; readonly trades: number }[] = [];
      for (let turn = 0; turn < 10; turn++) {
        clock.advance(100);
        marks.push({ at: clock.now(), trades: record.length });
      }
      await client.frame((f) => f.stream === 'btcusdt@miniTicker', { from }).catch(() => undefined);
      for (const { data } of client.frames.slice(from)) {
        const known = record
          .slice(0, marks.find(({ at }) => at === data.E)?.trades)
          .filter(({ symbol }) => symbol === data.s);
        const prices = known.map(({ price }) => parseDecimal(price));
        const sorted = prices.toSorted(compare);
        expect(data.o).toBe(known[0]?.price);
        expect(data.c).toBe(known.at(-1)?.price);
        expect([data.l, data.h].map((text) => formatDecimal(parseDecimal(text)))).toEqual(
          [sorted[0], sorted.at(-1)].map((price) => formatDecimal(price ?? zero)),
        );
        expect(formatDecimal(parseDecimal(data.v))).toBe(formatDecimal(sum(known, (t) => parseDecimal(t.quantity))));
        expect(formatDecimal(parseDecimal(data.q))).toBe(
          formatDecimal(sum(known, (t) => multiply(parseDecimal(t.price), parseDecimal(t.quantity)))),
        );
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(25);
  });

  it('begin with a yesterday, and grow by exactly the trades between two of them', async () => {
    const { sim, clock, record } = await start();
    const client = await connect(`${sim.url}/ws/btcusdt@miniTicker`);
    const marks = new Map<number, number>();
    for (let turn = 0; turn < 300; turn++) {
      clock.advance(100);
      marks.set(clock.now(), record.length);
    }
    const first = await client.frame(() => true);
    expect(Number(first.q)).toBeGreaterThan(1_000_000);
    for (const text of [first.o, first.h, first.l, first.c]) expect(Number(text)).toBeGreaterThan(40_000);
    // Within one minute nothing leaves the window.
    const later: Frame = await until(() =>
      client.frames.findLast(
        (f) => f.E > first.E + 15_000 && Math.floor(f.E / 60_000) === Math.floor(first.E / 60_000),
      ),
    );
    const between = record.slice(marks.get(first.E), marks.get(later.E)).filter(({ symbol }) => symbol === 'BTCUSDT');
    expect(between.length).toBeGreaterThan(20);
    const grown = subtract(parseDecimal(later.v), parseDecimal(first.v));
    expect(formatDecimal(grown)).toBe(formatDecimal(sum(between, (t) => parseDecimal(t.quantity))));
  });

  it('come together on !miniTicker@arr: only what changed, the same as on their own streams, with differing E', async () => {
    const { sim, clock, record } = await start();
    const all = await connect(`${sim.url}/stream?streams=!miniTicker@arr`);
    const own = await connect(`${sim.url}/ws/btcusdt@miniTicker/ethusdt@miniTicker`);
    clock.advance(10_000);
    const arrays = await until(() => all.frames.length >= 10 && all.frames);
    expect(arrays).toHaveLength(10);
    const items = arrays.flatMap(({ data }) => data);
    await until(() => own.frames.length >= 10);
    for (const frame of own.frames) expect(items).toContainEqual(frame);
    for (const { data } of arrays) expect(new Set(data.map((item: Frame) => item.s)).size).toBe(data.length);
    const second = arrays[5]?.data ?? [];
    expect(second.length).toBeLessThan(60);
    for (const item of second) {
      const fresh = record.some(
        ({ symbol, eventMs }) => symbol === item.s && eventMs > item.E - 1_000 - 20 && eventMs <= item.E,
      );
      expect(fresh, `${item.s} changed`).toBe(true);
    }
    expect(new Set(items.map((item: Frame) => item.E)).size).toBeGreaterThan(20);
  });
});
