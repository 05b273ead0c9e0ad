import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { tickerAt } from '../kit/exchange.js';
import { createPastPrices } from './past-prices.js';

const hourMs = 3_600_000;
const startMs = Date.parse('2026-01-27T10:20:30Z');
const klineAt = (openTimeMs: number, open: string, stepMs: number) => ({
  ...{ openTimeMs, closeTimeMs: openTimeMs + stepMs - 1, open, high: open, low: open, close: open, volume: '1' },
  ...{ quoteVolume: '1', trades: 1, takerBuyVolume: '0', takerBuyQuoteVolume: '0', closed: true },
});

describe('prices of an hour ago', () => {
  it('are had of every symbol, also where the exchange answers nonsense about one of them', async () => {
    const clock = createManualClock(startMs);
    const asked = new Set<string>();
    const past = createPastPrices({
      klines: {
        page: async ({ symbol }) => {
          asked.add(symbol);
          if (symbol === 'badusdt')
            throw new AppError('unavailable', 'The exchange sent klines that cannot be right: a kline off the grid.');
          return { klines: [], gaps: [], serverTimeMs: clock.now(), simulated: false };
        },
      },
      board: { all: () => [], simulated: false } as never,
      byVolume: () => ['badusdt', 'btcusdt'],
      clock,
      exchangeNow: clock.now,
      log: silentLogger(),
    });
    for (let at = 0; at < 60; at++) await clock.advanceAsync(10_000);
    await past.close();
    expect([...asked]).toContain('btcusdt');
  });

  it('are asked for again a minute after the exchange was away as they were to be renewed, not a day later', async () => {
    const clock = createManualClock(startMs);
    let [skippedMs, isAway, asks] = [0, false, 0];
    const later = { ...clock, now: () => clock.now() + skippedMs, monotonic: () => clock.monotonic() + skippedMs };
    const past = createPastPrices({
      klines: {
        page: async ({ interval, startMs: from = 0, limit }) => {
          const stepMs = interval === '1m' ? 60_000 : 3_600_000;
          if (interval === '1h') asks += 1;
          if (isAway) throw new AppError('unavailable', 'The exchange is away.');
          const rows = Array.from({ length: limit }, (_, at) => klineAt(from + at * stepMs, '100', stepMs));
          return { klines: rows, gaps: [], serverTimeMs: later.now(), simulated: false };
        },
      },
      board: { all: () => [], simulated: false, fault: undefined } as never,
      byVolume: () => ['btcusdt'],
      clock: later,
      exchangeNow: later.now,
      log: silentLogger(),
    });
    await clock.advanceAsync(10_000);
    expect(asks).toBe(1);
    [skippedMs, isAway] = [24 * 3_600_000, true];
    await clock.advanceAsync(10_000);
    expect(asks).toBe(2);
    isAway = false;
    await clock.advanceAsync(75_000);
    await past.close();
    expect(asks).toBe(3);
  });

  it('are no prices of before a cut that nobody noted', async () => {
    const clock = createManualClock(startMs);
    const board = { ticker: tickerAt('btcusdt', '100', startMs), fault: undefined as string | undefined };
    const cutMs = startMs + 10 * 60_000;
    // The exchange: 100 until the cut, 200 from then on.
    const priceAt = (atMs: number) => (atMs < cutMs ? '100' : '200');
    const past = createPastPrices({
      klines: {
        page: async ({ interval, startMs: from = 0, limit }) => {
          const stepMs = interval === '1m' ? 60_000 : 3_600_000;
          const rows = Array.from({ length: limit }, (_, at) => from + at * stepMs).filter((at) => at <= clock.now());
          return {
            klines: rows.map((at) => klineAt(at, priceAt(at), stepMs)),
            ...{ gaps: [], serverTimeMs: clock.now(), simulated: false },
          };
        },
      },
      board: {
        all: () => [board.ticker],
        simulated: false,
        get fault() {
          return board.fault;
        },
      } as never,
      byVolume: () => ['btcusdt'],
      clock,
      exchangeNow: clock.now,
      log: silentLogger(),
    });
    const pass = async (minutes: number) => {
      for (let at = 0; at < minutes * 6; at++) await clock.advanceAsync(10_000);
    };
    await pass(10);
    board.fault = 'nothing was heard of the socket service for 3 s';
    await pass(30); // Nothing comes; the price doubled meanwhile.
    board.fault = undefined;
    board.ticker = tickerAt('btcusdt', '200', clock.now());
    await pass(45); // An hour ago is 15 minutes after the cut began: it was 200.
    expect([undefined, '200']).toContain(past.hourAgo('btcusdt', clock.now()));
    await past.close();
  });
});

describe('the last 24 hours of a coin that was added a moment ago', () => {
  const dayOf = (from = 0, limit = 0) =>
    Array.from({ length: limit }, (_, at) => from + at * hourMs).map((at) => klineAt(at, `${at / hourMs}`, hourMs));

  it('are asked for at once, not after everything else that is asked, and are whole', async () => {
    const clock = createManualClock(startMs);
    const asked: string[] = [];
    const past = createPastPrices({
      klines: {
        page: async ({ symbol, interval, startMs: from, limit }) => {
          asked.push(`${symbol} ${interval}`);
          return { klines: dayOf(from, limit), gaps: [], serverTimeMs: clock.now(), simulated: false };
        },
      },
      board: { all: () => [], simulated: false } as never,
      byVolume: () => Array.from({ length: 3_000 }, (_, at) => `coin${at}usdt`),
      clock,
      exchangeNow: clock.now,
      log: silentLogger(),
    });
    await clock.advanceAsync(0);
    expect(past.day('newusdt', clock.now())).toEqual([]);
    past.want(['newusdt']);
    await clock.advanceAsync(0);
    expect(asked).toEqual(['coin0usdt 1h', 'newusdt 1h']);
    const day = past.day('newusdt', clock.now());
    expect([day.length, day[0]?.atMs, day.at(-1)?.atMs]).toEqual([
      25,
      Date.parse('2026-01-26T10:00:00Z'),
      Date.parse('2026-01-27T10:00:00Z'),
    ]);
    past.want(['newusdt']);
    await clock.advanceAsync(330);
    expect(asked.filter((one) => one === 'newusdt 1h')).toHaveLength(1);
    await past.close();
  });

  it('are there within seconds while what nobody waits for has used up its share of the exchange', async () => {
    const clock = createManualClock(startMs);
    const lanes = { history: 0, audit: 0 };
    const past = createPastPrices({
      klines: {
        page: async ({ startMs: from, limit, lane = 'history' }) => {
          lanes[lane] += 1;
          if (lane === 'audit') throw new AppError('resource_exhausted', 'used up', { retryAfterMs: 60_000 });
          return { klines: dayOf(from, limit), gaps: [], serverTimeMs: clock.now(), simulated: false };
        },
      },
      board: { all: () => [], simulated: false } as never,
      byVolume: () => ['coin0usdt'],
      clock,
      exchangeNow: clock.now,
      log: silentLogger(),
    });
    await clock.advanceAsync(1_000);
    const held = Array.from({ length: 20 }, (_, at) => `held${at}usdt`);
    past.want(held);
    await clock.advanceAsync(2_000);
    expect(held.filter((symbol) => !past.isTold(symbol))).toEqual([]);
    // A portfolio of hundreds leaves the charts of others something.
    past.want(Array.from({ length: 500 }, (_, at) => `more${at}usdt`));
    await clock.advanceAsync(60_000);
    expect(lanes.history).toBeLessThan(100);
    await past.close();
  });

  it('are not asked for while nobody knows whether prices are simulated, and at once after that', async () => {
    const clock = createManualClock(startMs);
    const board = { all: () => [], simulated: undefined as boolean | undefined };
    let asks = 0;
    const past = createPastPrices({
      klines: {
        page: async ({ startMs: from, limit }) => {
          asks += 1;
          return { klines: dayOf(from, limit), gaps: [], serverTimeMs: clock.now(), simulated: true };
        },
      },
      board: board as never,
      byVolume: () => [],
      clock,
      exchangeNow: clock.now,
      log: silentLogger(),
    });
    past.want(['newusdt']);
    await clock.advanceAsync(1_000);
    expect(asks).toBe(0);
    board.simulated = true;
    await clock.advanceAsync(1_000);
    past.want(['newusdt']);
    await clock.advanceAsync(0);
    expect([asks, past.isTold('newusdt')]).toEqual([1, true]);
    await past.close();
  });
});

describe('the last 24 hours of a coin that nobody trades at the moment', () => {
  it('are drawn minutes after the exchange could not be asked, and are not taken for whole before', async () => {
    const clock = createManualClock(Date.parse('2026-01-27T10:59:30Z'));
    let isAway = true;
    const past = createPastPrices({
      klines: {
        page: async ({ startMs: from = 0, limit }) => {
          if (isAway) throw new AppError('unavailable', 'The exchange is away.');
          const rows = Array.from({ length: limit }, (_, at) => klineAt(from + at * 3_600_000, '1', 3_600_000));
          return { klines: rows, gaps: [], serverTimeMs: clock.now(), simulated: false };
        },
      },
      board: { all: () => [tickerAt('pausedusdt', '1', startMs)], simulated: false, fault: undefined } as never,
      byVolume: () => [],
      clock,
      exchangeNow: clock.now,
      log: silentLogger(),
    });
    past.want(['pausedusdt']);
    await clock.advanceAsync(60_000);
    // The hour that began meanwhile is all that is known.
    expect([past.day('pausedusdt', clock.now()).length, past.isTold('pausedusdt')]).toEqual([1, false]);
    isAway = false;
    for (let asks = 0; asks < 3; asks++) {
      past.want(['pausedusdt']);
      await clock.advanceAsync(60_000);
    }
    expect([past.day('pausedusdt', clock.now()).length, past.isTold('pausedusdt')]).toEqual([25, true]);
    await past.close();
  });
});

describe('prices of an hour ago on a computer whose clock is two hours fast', () => {
  it('are there once the exchange has told its time', async () => {
    const clock = createManualClock(startMs);
    let aheadMs = 7_200_000;
    const exchangeNow = () => clock.now() + aheadMs;
    const past = createPastPrices({
      klines: {
        page: async ({ interval, startMs: from = 0, limit }) => {
          const stepMs = interval === '1m' ? 60_000 : 3_600_000;
          const rows = Array.from({ length: limit }, (_, at) => from + at * stepMs).filter((at) => at <= clock.now());
          return {
            klines: rows.map((at) => klineAt(at, '100', stepMs)),
            ...{ gaps: [], serverTimeMs: clock.now(), simulated: false },
          };
        },
      },
      board: { all: () => [tickerAt('btcusdt', '100', clock.now())], simulated: false, fault: undefined } as never,
      byVolume: () => (aheadMs === 0 ? ['btcusdt'] : []),
      clock,
      exchangeNow,
      log: silentLogger(),
    });
    await clock.advanceAsync(2_000);
    aheadMs = 0; // The aggregator has told it.
    for (let at = 0; at < 6; at++) await clock.advanceAsync(10_000);
    expect(past.hourAgo('btcusdt', exchangeNow())).toBe('100');
    await past.close();
  });
});
