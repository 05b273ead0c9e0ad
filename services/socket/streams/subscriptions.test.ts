import { createManualClock } from '@tickfolio/lib/clock';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { readMessage } from '../exchange/frame.js';
import { tradeOf, wrap } from '../kit/scripted-exchange.js';
import { defaultLimits } from '../limits.js';
import { createSocketMetrics } from '../metrics.js';
import type { ConnectionPool } from '../pool/connection-pool.js';
import type { StreamEvents } from '../pool/stream-events.js';
import { createSubscriptions } from './subscriptions.js';

/** Subscriptions over a pool that confirms at once whatever it is asked for. */
const rig = () => {
  const clock = createManualClock(1_770_000_000_000);
  const renewed: string[] = [];
  const doubts: number[] = [];
  let events: StreamEvents | undefined;
  const confirm = (name: string) => events?.link(name, { kind: 'answered' });
  const pool: ConnectionPool = {
    want: () => true,
    unwant: () => undefined,
    renew: (name) => {
      renewed.push(name);
      confirm(name);
    },
    replace: (name) => void renewed.push(name),
    connections: { open: 1, wanted: 1 },
    streams: { down: 0, wanted: 1 },
    fault: undefined,
    degraded: undefined,
    newestAgesMs: () => new Map(),
    close: async () => undefined,
  };
  const subscriptions = createSubscriptions({
    clock,
    log: silentLogger(),
    metrics: createSocketMetrics(createMetrics('socket')),
    limits: defaultLimits,
    listing: () => 'TRADING',
    listDoubted: () => void doubts.push(clock.monotonic()),
    lastTradeMs: async () => undefined,
    exchangeNowMs: () => undefined,
    connect: (given) => {
      events = given;
      return pool;
    },
  });
  const tradeOfSymbol = (symbol: string, id: number, timeMs: number) => {
    const read = readMessage(wrap(`${symbol}@aggTrade`, tradeOf(symbol, id, { E: timeMs, T: timeMs })));
    if (read.type === 'frame') events?.frame(read.frame, clock.now(), 1, false);
  };
  const details: string[] = [];
  const reader = { push: () => undefined, flush: () => undefined, over: new Promise<undefined>(() => undefined) };
  subscriptions.open('miniTicker', ['tinyusdt'], { ...reader, report: ({ detail }) => void details.push(detail) });
  confirm('tinyusdt@miniTicker');
  return {
    clock,
    follow: () => subscriptions.open('aggTrade', ['tinyusdt'], { ...reader, report: () => undefined }),
    renewed,
    doubts,
    details,
    lastEventMs: (name: string) => events?.lastEventMs?.(name),
    confirm,
    open: (symbols: readonly string[]) =>
      subscriptions.open('aggTrade', symbols, { ...reader, report: () => undefined }),
    trade: (id: number, timeMs: number) => tradeOfSymbol('tinyusdt', id, timeMs),
    tradeOfSymbol,
    ticker: (price: string) => {
      const data = {
        e: '24hrMiniTicker',
        E: clock.now(),
        s: 'TINYUSDT',
        c: price,
        o: price,
        h: price,
        l: price,
        v: '1',
        q: '1',
      };
      const read = readMessage(JSON.stringify({ stream: 'tinyusdt@miniTicker', data }));
      if (read.type === 'frame') events?.frame(read.frame, clock.now(), 1, false);
    },
  };
};

describe('subscriptions', () => {
  it('leave a stream alone whose frames all come but cannot be used, and say why they cannot', () => {
    const { clock, renewed, details, ticker } = rig();
    for (let second = 0; second < 180; second++) {
      clock.advance(1_000);
      ticker('0.0000000000000000000012'); // More decimals than are taken.
    }
    expect(renewed).toEqual([]);
    expect(details.at(-1)).toMatch(/nothing of what comes can be used/);
  });

  describe('have the list of the exchange read', () => {
    /**
     * Some minutes in which it is traded every so many seconds; then it is not. @returns when the list was doubted
     * since, in seconds
     */
    const afterTrades = (everySeconds: number, silentSeconds: number, firstSeconds = 120) => {
      const { clock, follow, confirm, doubts, trade } = rig();
      follow();
      confirm('tinyusdt@aggTrade');
      let lastMs = 0;
      for (let second = 0; second < firstSeconds; second++) {
        clock.advance(1_000);
        if (second % everySeconds > 0) continue;
        trade(second + 1, clock.now());
        lastMs = clock.monotonic();
      }
      expect(doubts).toEqual([]);
      clock.advance(lastMs + silentSeconds * 1_000 - clock.monotonic());
      return doubts.map((atMs) => Math.round((atMs - lastMs) / 1_000));
    };
    it('within a minute after a coin that was traded steadily is not traded any more, and seldom again while that goes on', () => {
      const [first = 0, ...more] = afterTrades(1, 600);
      expect(first).toBeLessThanOrEqual(25);
      expect(more.length).toBeLessThanOrEqual(3);
    });
    it('not for a pause that is usual for the coin, nor for one of which nothing is known', () => {
      expect(afterTrades(15, 28, 900)).toEqual([]);
      expect(afterTrades(15, 34, 900)).toHaveLength(1);
      expect(afterTrades(1, 600, 20)).toEqual([]);
    });
    it('at most once a minute, however many coins are silent one after the other', () => {
      const { clock, open, confirm, doubts, tradeOfSymbol } = rig();
      const symbols = Array.from({ length: 20 }, (_, at) => `coin${at}usdt`);
      open(symbols);
      for (const symbol of symbols) confirm(`${symbol}@aggTrade`);
      for (let second = 1; second <= 300; second++) {
        clock.advance(1_000);
        for (const [at, symbol] of symbols.entries())
          if (second < 60 + at * 10) tradeOfSymbol(symbol, second, clock.now());
      }
      expect(doubts.length).toBeGreaterThan(2);
      expect(doubts.slice(1).every((atMs, at) => atMs - (doubts[at] ?? 0) >= 60_000)).toBe(true);
    });
  });

  it('renew a stream that was confirmed and never brings anything', () => {
    const { clock, renewed } = rig();
    for (let second = 0; second < 180; second++) clock.advance(1_000);
    expect(renewed.length).toBeGreaterThan(0);
    expect(renewed.length).toBeLessThan(5);
  });

  it('hold a stream’s silence against its last frame whose time can be right, not against one that an hour ahead of all was sent with', () => {
    const { clock, follow, ticker, trade, lastEventMs } = rig();
    follow();
    for (let second = 0; second < 5; second++) {
      clock.advance(1_000);
      ticker('1.5');
    }
    const rightMs = clock.now();
    trade(1, rightMs);
    clock.advance(1_000);
    trade(2, clock.now() + 3_600_000);
    expect(lastEventMs('tinyusdt@aggTrade')).toBe(rightMs);
  });
});
