import { createManualClock } from '@tickfolio/lib/clock';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import type { ConnectionPool } from './connection-pool.js';
import { readMessage } from './frame.js';
import { defaultLimits } from './limits.js';
import { createSocketMetrics } from './metrics.js';
import type { StreamEvents } from './stream-events.js';
import { createSubscriptions } from './subscriptions.js';
import { tradeOf, wrap } from './test-scripted-exchange.js';

/** Subscriptions over a pool that confirms at once whatever it is asked for. */
const rig = () => {
  const clock = createManualClock(1_770_000_000_000);
  const renewed: string[] = [];
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
    tradedWhilePaused: () => undefined,
    lastTradeMs: async () => undefined,
    exchangeNowMs: () => undefined,
    connect: (given) => {
      events = given;
      return pool;
    },
  });
  const details: string[] = [];
  const reader = { push: () => undefined, flush: () => undefined, over: new Promise<undefined>(() => undefined) };
  subscriptions.open('miniTicker', ['tinyusdt'], { ...reader, report: ({ detail }) => void details.push(detail) });
  confirm('tinyusdt@miniTicker');
  return {
    clock,
    follow: () => subscriptions.open('aggTrade', ['tinyusdt'], { ...reader, report: () => undefined }),
    renewed,
    details,
    lastEventMs: (name: string) => events?.lastEventMs?.(name),
    trade: (id: number, timeMs: number) => {
      const read = readMessage(wrap('tinyusdt@aggTrade', tradeOf('tinyusdt', id, { E: timeMs, T: timeMs })));
      if (read.type === 'frame') events?.frame(read.frame, clock.now(), 1, false);
    },
    ticker: (price: string) => {
      const data = { e: '24hrMiniTicker', E: clock.now(), s: 'TINYUSDT', c: price, o: price, h: price, l: price, v: '1', q: '1' };
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
