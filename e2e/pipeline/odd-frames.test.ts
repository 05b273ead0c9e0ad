import type { ReferenceTrade } from '@tickfolio/aggregator/kit/reference-second-stats';
import { systemClock } from '@tickfolio/lib/clock';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPath } from '../kit/price-path.js';
import { expectExact, isSettled } from '../kit/second-stats.js';

/** How many trades of each symbol are sent as they cannot be right. */
const oddTrades = 3;
/** What becomes of trades, and where: a symbol for each. */
const odd = {
  btcusdt: { as: 'zero-price', where: 'both' },
  ethusdt: { as: 'bad-ids', where: 'both' },
  solusdt: { as: 'hour-ahead', where: 'stream' },
  bnbusdt: { as: 'microseconds', where: 'both' },
  xrpusdt: { as: 'id-leap', where: 'stream' },
  dogeusdt: { as: 'twelve-decimals', where: 'both' },
  adausdt: { as: 'hour-ahead', where: 'both' },
} as const;
const symbols = Object.keys(odd) as (keyof typeof odd)[];

const halfHourMs = 1_800_000;

describe('an exchange that sends what cannot be right', () => {
  let path: Awaited<ReturnType<typeof startPath>>;
  /** Of each symbol, by the exchange's own record. */
  const altered = new Map<string, number[]>();
  let untilMs = 0;

  beforeAll(async () => {
    path = await startPath({ tradeRate: 6, symbols: 12, pastDay: false, warmUpMs: 1_000 }, symbols);
    const { sim, published, record } = path;
    await eventually(
      'seconds',
      () => symbols.every((symbol) => published.some((stat) => stat.symbol === symbol)) || undefined,
    );
    for (const symbol of symbols) {
      const next = sim.listings.get(symbol.toUpperCase())?.trades.endId ?? 0;
      altered.set(
        symbol,
        Array.from({ length: oddTrades }, (_, at) => next + at * 2),
      );
      sim.faults.add({ kind: 'alter', stream: `${symbol}@aggTrade`, ids: altered.get(symbol) ?? [], ...odd[symbol] });
      sim.faults.add({ kind: 'alter', as: 'escaped-name', stream: `${symbol}@aggTrade` });
    }
    sim.faults.add({ kind: 'alter', as: 'hour-ahead', stream: 'btcusdt@miniTicker', count: 1 });
    sim.faults.add({ kind: 'alter', as: 'microseconds', stream: 'ethusdt@miniTicker', count: 1 });
    sim.faults.add({ kind: 'alter', as: 'never-traded', stream: 'solusdt@miniTicker', count: 1 });
    const isPast = (symbol: string) =>
      (sim.listings.get(symbol.toUpperCase())?.trades.endId ?? 0) > (altered.get(symbol)?.at(-1) ?? 0) + 5;
    await eventually('all odd trades sent', () => symbols.every(isPast) || undefined);
    untilMs = Math.floor(systemClock.now() / 1_000) * 1_000;
    await eventually(
      'all seconds complete',
      () => symbols.every((symbol) => isSettled(symbol, expected(symbol), published, untilMs)) || undefined,
    );
    expect(symbols.every((symbol) => (record.get(symbol)?.length ?? 0) > 10)).toBe(true);
  });
  afterAll(() => path?.close());

  /** What a symbol's seconds are made of: its trades without those that are none. */
  const expected = (symbol: keyof typeof odd): ReferenceTrade[] => {
    const { as, where } = odd[symbol];
    const ids = altered.get(symbol) ?? [];
    return (path.record.get(symbol) ?? []).flatMap((trade) => {
      if (!ids.includes(trade.id) || where === 'stream') return [trade];
      return as === 'twelve-decimals' ? [{ ...trade, price: '0.000000000012' }] : [];
    });
  };

  it.each(symbols)('%s: every second is complete and right, to the last digit', (symbol) => {
    const { tally } = path.aggregator;
    // Ids that have no trade are not sent, so they are not counted.
    const seconds = path.published.filter((stat) => stat.symbol === symbol && stat.second + 1_000 <= untilMs);
    const ids = new Set(altered.get(symbol));
    const record = expected(symbol);
    if (record.length === path.record.get(symbol)?.length)
      expect(expectExact(symbol, record, path.published, untilMs)).toBeGreaterThan(oddTrades);
    const final = new Map(seconds.map((stat) => [stat.second, stat]));
    for (const stat of final.values()) expect(stat.complete).toBe(true);
    const first = Math.min(...final.keys());
    const trades = record.filter(({ timeMs }) => timeMs >= first && timeMs < untilMs).length;
    expect([...final.values()].reduce((sum, stat) => sum + stat.trades, 0)).toBe(trades);
    if (odd[symbol].as === 'zero-price')
      expect([...final.values()].some(({ lastTradeId }) => ids.has(lastTradeId))).toBe(false);
    expect(tally).toMatchObject({ tradesLost: 0, tradesLate: 0, tradesTooLate: 0, sequenceRestarts: 0 });
  });

  it('no price of 0 and no time of another hour was ever told', () => {
    const nowMs = systemClock.now();
    expect(path.told.length).toBeGreaterThan(symbols.length);
    for (const { price, timeMs, symbol } of path.told) {
      expect(Math.abs(nowMs - timeMs), symbol).toBeLessThan(halfHourMs);
      expect(Number(price), symbol).toBeGreaterThan(0);
    }
  });

  it('each is counted by its own name', async () => {
    const { tally } = path.aggregator;
    // Of three symbols the history says the same, of another one it says an hour ahead too.
    expect(tally.tradesVoid).toBe(4 * oddTrades);
    expect(tally.tradesDoubted).toBeGreaterThanOrEqual(2 * oddTrades);
    expect(tally).toMatchObject({ payloadsMalformed: 0, tickersUnpriced: 1 });
    const text = await path.socketMetrics.text();
    for (const line of [
      `{kind="aggTrade",why="its price is not above 0"} ${oddTrades}`,
      `{kind="aggTrade",why="the ids of its first and last trade cannot be right"} ${oddTrades}`,
      `{kind="miniTicker",why="its time lies ahead of the exchange's own clock"} 1`,
      `{kind="miniTicker",why="its time cannot be right"} 1`,
    ])
      expect(text).toContain(`implausible_total${line}`);
    expect(text).not.toMatch(/malformed_frames_total\{/);
  });

  it('the archive of a symbol goes on behind a mini-ticker of another hour, and has no price of 0', async () => {
    const archived = () =>
      path.tickers.map((text) => JSON.parse(text) as { symbol: string; message_id: string; close_price: string });
    await eventually(
      'mini-tickers',
      () => archived().filter(({ symbol }) => symbol === 'BTCUSDT').length > 3 || undefined,
    );
    for (const { message_id: id, close_price: close } of archived()) {
      expect(Math.abs(Number(id.split('-')[1]) - systemClock.now()), id).toBeLessThan(halfHourMs);
      expect(Number(close), id).toBeGreaterThan(0);
    }
  });
});
