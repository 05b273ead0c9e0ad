import { type AllTickersStatus, type MiniTicker, StreamState } from '@tickfolio/gen/market/v1';
import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { readMessage } from '../exchange/frame.js';
import { allTickersStream } from '../exchange/ticker-array.js';
import { tickerOf } from '../kit/scripted-exchange.js';
import { defaultLimits } from '../limits.js';
import { createSocketMetrics } from '../metrics.js';
import type { StreamEvents } from '../pool/stream-events.js';
import { readDayTickers } from '../rest/day-ticker-rows.js';
import { createAllMarket } from './all-market.js';

const tickersIn = (items: readonly unknown[]): readonly MiniTicker[] => {
  const read = readMessage(JSON.stringify({ stream: allTickersStream, data: items }));
  if (read.type !== 'tickers') throw new Error(`read as ${read.type}`);
  return read.tickers;
};

const rowOf = (symbol: string, lastPrice: string, closeTime: number) => ({
  ...{ symbol, lastPrice, closeTime, openPrice: '1', highPrice: '2', lowPrice: '1', volume: '10', quoteVolume: '15' },
});

const setUp = () => {
  const clock = createManualClock(Date.parse('2026-01-27T10:00:00Z'));
  const exchange = {
    events: undefined as StreamEvents | undefined,
    wanted: false,
    replaced: 0,
    /** What it says when it is asked for all. */
    rows: [] as unknown[],
    asked: 0,
    fault: undefined as AppError | undefined,
  };
  const market = createAllMarket({
    clock,
    log: silentLogger(),
    metrics: createSocketMetrics(createMetrics('socket')),
    limits: defaultLimits,
    dayTickers: async () => {
      exchange.asked += 1;
      if (exchange.fault) throw exchange.fault;
      return readDayTickers(exchange.rows);
    },
    exchangeNowMs: () => clock.now(),
    connect: (events) => {
      exchange.events = events;
      return {
        ...{
          connections: { open: 0, wanted: 0 },
          streams: { down: 0, wanted: 0 },
          fault: undefined,
          degraded: undefined,
        },
        want: () => {
          exchange.wanted = true;
          return true;
        },
        unwant: () => {
          exchange.wanted = false;
        },
        renew: () => undefined,
        replace: () => {
          exchange.replaced += 1;
        },
        newestAgesMs: () => new Map(),
        close: async () => undefined,
      };
    },
  });
  const reader = () => {
    const prices = new Map<string, string>();
    const statuses: AllTickersStatus[] = [];
    return {
      prices,
      statuses,
      get state() {
        return statuses.at(-1)?.state;
      },
      push: (tickers: readonly MiniTicker[]) => {
        for (const { symbol, close } of tickers) prices.set(symbol, close);
      },
      report: (status: AllTickersStatus) => void statuses.push(status),
    };
  };
  const link = exchange.events?.link;
  return {
    clock,
    exchange,
    market,
    reader,
    answer: () => link?.(allTickersStream, { kind: 'answered' }),
    cut: () => link?.(allTickersStream, { kind: 'down', detail: 'cut' }),
    send: (...items: unknown[]) => exchange.events?.tickers?.(tickersIn(items), clock.now()),
  };
};

const { STREAM_STATE_PENDING, STREAM_STATE_LIVE, STREAM_STATE_BROKEN } = StreamState;

describe('the stream of all symbols', () => {
  it('begins with the first reader, is shared by all, and ends after the last of them left', async () => {
    const { clock, exchange, market, reader, answer, send } = setUp();
    expect([exchange.wanted, exchange.asked]).toEqual([false, 0]);
    const [one, two] = [reader(), reader()];
    market.open(one);
    answer();
    send(tickerOf('btcusdt', clock.now(), '5'));
    market.open(two);
    expect([exchange.wanted, two.prices.get('btcusdt')]).toEqual([true, '5']);
    market.close(one);
    await clock.advanceAsync(10_000);
    send(tickerOf('btcusdt', clock.now(), '6'));
    expect([one.prices.get('btcusdt'), two.prices.get('btcusdt')]).toEqual(['5', '6']);
    market.close(two);
    await clock.advanceAsync(defaultLimits.lingerMs);
    expect(exchange.wanted).toBe(false);
    const three = reader();
    market.open(three);
    // What was known is of before.
    expect([exchange.wanted, three.prices.size, three.state]).toEqual([true, 0, STREAM_STATE_PENDING]);
    await market.shutdown();
    expect(clock.pending).toBe(0);
  });

  it('shows at once also what has not traded for long, and never an older price over a newer one', async () => {
    const { clock, exchange, market, reader, answer, send } = setUp();
    const one = reader();
    exchange.rows = [
      rowOf('BTCUSDT', '4', clock.now() - 5),
      rowOf('QUIETUSDT', '0.5', clock.now() - 60_000),
      rowOf('NEVERUSDT', '0.00000000', 0),
      rowOf('ODDUSDT', 'x', clock.now()),
    ];
    market.open(one);
    send(tickerOf('btcusdt', clock.now(), '5'));
    answer();
    await clock.advanceAsync(0);
    expect(Object.fromEntries(one.prices)).toEqual({ btcusdt: '5', quietusdt: '0.5' });
    send(tickerOf('btcusdt', clock.now() - 1, '4.9'), tickerOf('quietusdt', clock.now() - 60_001, '0.6'));
    expect(Object.fromEntries(one.prices)).toEqual({ btcusdt: '5', quietusdt: '0.6' });
    await market.shutdown();
  });

  it('asks for all again after a cut: what changed meanwhile may not change again for hours', async () => {
    const { clock, exchange, market, reader, answer, cut, send } = setUp();
    const one = reader();
    market.open(one);
    answer();
    send(tickerOf('btcusdt', clock.now(), '5'));
    expect(one.state).toBe(STREAM_STATE_LIVE);
    cut();
    expect([one.state, one.statuses.at(-1)?.detail]).toEqual([STREAM_STATE_BROKEN, 'cut']);
    await clock.advanceAsync(1_000);
    exchange.rows = [rowOf('RAREUSDT', '7', clock.now())];
    answer();
    await clock.advanceAsync(0);
    expect([one.prices.get('rareusdt'), exchange.asked]).toEqual(['7', 2]);
    await market.shutdown();
  });

  it('asks for all again later where the exchange does not answer, as often as it allows', async () => {
    const { clock, exchange, market, reader, answer, send } = setUp();
    const one = reader();
    exchange.fault = new AppError('resource_exhausted', 'Too much.', { retryAfterMs: 50_000 });
    market.open(one);
    answer();
    for (let second = 0; second < 49; second++) {
      await clock.advanceAsync(1_000);
      send(tickerOf('btcusdt', clock.now(), '5'));
    }
    expect(exchange.asked).toBe(1);
    exchange.fault = undefined;
    exchange.rows = [rowOf('RAREUSDT', '7', clock.now())];
    await clock.advanceAsync(1_000);
    expect([one.prices.get('rareusdt'), exchange.asked]).toEqual(['7', 2]);
    await market.shutdown();
  });

  it('says that it is broken where nothing comes, and has its connection replaced, ever more rarely', async () => {
    const { clock, exchange, market, reader, answer, send } = setUp();
    const one = reader();
    market.open(one);
    answer();
    send(tickerOf('btcusdt', clock.now(), '5'));
    await clock.advanceAsync(14_000);
    expect([one.state, exchange.replaced]).toEqual([STREAM_STATE_LIVE, 0]);
    await clock.advanceAsync(2_000);
    expect([one.state, exchange.replaced]).toEqual([STREAM_STATE_BROKEN, 1]);
    await clock.advanceAsync(600_000);
    expect(exchange.replaced).toBeLessThan(7);
    send(tickerOf('btcusdt', clock.now(), '6'));
    expect(one.state).toBe(STREAM_STATE_LIVE);
    await market.shutdown();
  });

  it('leaves out what cannot be right: no figures, no time, or a time that is not yet', async () => {
    const { clock, market, reader, send } = setUp();
    const one = reader();
    market.open(one);
    send(
      tickerOf('goodusdt', clock.now()),
      { ...tickerOf('badusdt', clock.now()), c: 1.5 },
      tickerOf('earlyusdt', clock.now() + 61_000),
      { ...tickerOf('oddusdt', clock.now()), E: undefined },
      { e: 'kline' },
      null,
    );
    expect([...one.prices.keys()]).toEqual(['goodusdt']);
    await market.shutdown();
  });
});
